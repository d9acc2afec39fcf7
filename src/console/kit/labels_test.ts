import assert from "node:assert/strict";
import * as fc from "fast-check";
import { labelKeysOf, labelsOf } from "./labels.ts";

Deno.test("labels are read from one line, blanks mean nothing", () => {
  assert.deepEqual(labelsOf(" env=prod , team = web,\nempty="), {
    labels: { env: "prod", team: "web", empty: "" },
    wrong: null,
  });
  assert.deepEqual(labelsOf(""), { labels: {}, wrong: null });
});

Deno.test("what is no label is named", () => {
  for (const part of ["env", "=prod", "-env=1", "e nv=1", `k=${"x".repeat(201)}`]) {
    assert.deepEqual(labelsOf(`a=b,${part}`), { labels: null, wrong: part });
  }
  assert.deepEqual(labelKeysOf("env, !no"), { keys: ["env", "!no"], wrong: "!no" });
});

Deno.test("no text makes reading throw, and a prototype's name is a label like others", () => {
  fc.assert(fc.property(fc.string(), (text) => void [labelsOf(text), labelKeysOf(text)]));
  assert.deepEqual(labelsOf("constructor=1").labels, { constructor: "1" });
});
