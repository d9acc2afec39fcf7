import assert from "node:assert/strict";
import { command, durationOption } from "./command.ts";

Deno.test("a time limit is a duration of at most an hour", () => {
  assert.equal(durationOption("1m30s").ms, 90_000);
  assert.equal(durationOption("1h").ms, 3_600_000);
  for (const text of ["", "30", "abc", "-1s", "1h1ms", "30d"]) {
    assert.throws(() => durationOption(text), { code: "invalid_input", message: new RegExp(`got "${text}"$`) }, text);
  }
});

Deno.test("a command's help ends with its examples", () => {
  let help = "";
  const built = command("greet", "say hello", ["greet", "greet --twice"]);
  built.configureOutput({ writeOut: (text) => void (help += text) }).outputHelp();
  assert.match(help, /say hello[^]*\n\nExamples:\n {2}\$ greet\n {2}\$ greet --twice\n$/);
});
