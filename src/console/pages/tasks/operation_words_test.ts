import assert from "node:assert/strict";
import fc from "fast-check";
import { wordsOfOperation } from "./operation_words.ts";

const exec = (body: unknown) => wordsOfOperation({ method: "POST", path: "/v1/exec", body });
const actions = (body: unknown) => wordsOfOperation({ method: "POST", path: "/v1/processes/actions", body });

Deno.test("a command is shown as it was typed, and a script as its text", () => {
  assert.deepEqual(exec({ argv: ["ls", "a b"] }), { kind: "command", text: "ls 'a b'", action: "", isScript: false });
  assert.deepEqual(exec({ argv: ["/bin/sh", "-c", "df | wc"] }).text, "df | wc");
  assert.ok(exec({ argv: ["/bin/sh", "-c", "df | wc"] }).isScript);
});

Deno.test("an action on processes says which", () => {
  assert.deepEqual(actions({ action: "stop", select: { ids: ["a", "b"] } }).text, "a, b");
  assert.deepEqual(actions({ action: "stop", select: { all: true } }).text, "*");
  assert.deepEqual(actions({ action: "stop", select: { labels: { app: "shop" } } }).text, "app=shop");
});

Deno.test("anything else is a request, whatever its body is", () => {
  assert.equal(exec({ argv: [] }).text, "POST /v1/exec");
  fc.assert(fc.property(fc.jsonValue(), (body) => {
    exec(body);
    actions(body);
    actions({ action: "stop", select: body });
  }));
});
