import assert from "node:assert/strict";
import { policyRows } from "./policy_rows.ts";

const FACTS = { hostname: "h", os: "linux", arch: "x86_64", version: "1" };

Deno.test("a key of a policy has the lines that would say something else", () => {
  const rows = policyRows({ ...FACTS, policy: { terminal: "off", files: "read" } });
  const row = (key: string) => rows.find((each) => each.key === key);
  assert.deepEqual(row("terminal"), {
    key: "terminal",
    word: "off",
    choices: [{ word: "on", lines: "policy:\n  terminal: on" }],
  });
  assert.deepEqual(row("files")?.choices.map(({ word }) => word), ["off", "write"]);
});

Deno.test("what a host does not say is not taken for off", () => {
  assert.deepEqual(new Set(policyRows(FACTS).map(({ word }) => word)), new Set([null]));
  assert.equal(policyRows(undefined).every(({ choices }) => choices.length >= 2), true);
});
