import assert from "node:assert/strict";
import { AppError } from "../core/mod.ts";
import { editedConfig } from "./edit.ts";

const EDITS = { "manager.address": "wss://m.example:9443", "manager.ca_fingerprint": "ab" };
const MANAGER = "manager:\n  address: wss://m.example:9443\n  ca_fingerprint: ab\n";

Deno.test("a file without a manager gets one, and one without anything too", () => {
  assert.equal(editedConfig("", EDITS), MANAGER);
  assert.equal(editedConfig("manager:\nagent: {}\n", EDITS), `agent: {}\n${MANAGER}`);
  assert.equal(editedConfig("# nothing yet\n", EDITS), `# nothing yet\n\n${MANAGER}`);
});

Deno.test("what else is in the file stays, comments and order included", () => {
  const text = `# our hosts
agent:
  id: web-1 # as in the inventory

manager:
  # the old one
  address: old.example:1
  token_file: /t
processes:
  - {id: a, command: [/bin/true]}
`;
  assert.equal(
    editedConfig(text, { ...EDITS, "manager.token_file": null }),
    text.replace("old.example:1", "wss://m.example:9443").replace("  token_file: /t\n", "  ca_fingerprint: ab\n"),
  );
});

Deno.test("what is no config cannot be edited, and says why", () => {
  for (const text of ["a: [", "- a\n", "manager: 5\n", "just text\n"]) {
    assert.throws(
      () => editedConfig(text, EDITS),
      (error) => error instanceof AppError && error.code === "invalid_config",
    );
  }
});
