import assert from "node:assert/strict";
import { joinCommands } from "./join_commands.ts";

Deno.test("a join command has the address and the fingerprint, and the secret in no program's arguments", () => {
  const commands = joinCommands("https://10.0.0.5:9443", "sha256:abcd", "fhj_secret");
  assert.equal(
    commands.linux,
    "printf %s fhj_secret | sudo agent join https://10.0.0.5:9443 --ca-fingerprint sha256:abcd --token-file -",
  );
  for (const command of Object.values(commands)) assert.doesNotMatch(command.split("|")[1] ?? "", /fhj_secret/);
  assert.doesNotMatch(joinCommands("https://m", undefined, "s").windows ?? "", /fingerprint/);
});
