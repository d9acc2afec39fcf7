import assert from "node:assert/strict";
import fc from "fast-check";
import { commandFor, commandOf, INTERPRETERS, joinCommand, splitCommand } from "./command_line.ts";

const words = (text: string) => {
  const split = splitCommand(text);
  return "argv" in split ? split.argv : split.problem;
};

Deno.test("a command is split at spaces outside quotes, and quotes are taken away", () => {
  assert.deepEqual(words("ls -l /tmp"), ["ls", "-l", "/tmp"]);
  assert.deepEqual(words("  echo  'a  b' \"c d\"e ''  "), ["echo", "a  b", "c de", ""]);
  assert.deepEqual(words(`say "a \\"b\\" \\\\" it\\'s a\\ b`), ["say", 'a "b" \\', "it's", "a b"]);
});

Deno.test("Windows' paths need no care", () => {
  assert.deepEqual(words("C:\\Windows\\System32\\net.exe start"), ["C:\\Windows\\System32\\net.exe", "start"]);
  assert.deepEqual(words('"C:\\Program Files\\x.exe" \\\\server\\share'), [
    "C:\\Program Files\\x.exe",
    "\\\\server\\share",
  ]);
});

Deno.test("what is no command says why", () => {
  assert.equal(words("  "), "empty");
  assert.equal(words("echo 'a"), "open_quote");
  assert.equal(words('echo "a\\"'), "open_quote");
  assert.equal(words("a ".repeat(1_001)), "too_many");
});

Deno.test("any words that are joined are split into the same words", () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: "grapheme" }), { minLength: 1, maxLength: 20 }), (argv) => {
    assert.deepEqual(words(joinCommand(argv)), argv);
  }));
});

Deno.test("any text is split or has a problem", () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom("a", " ", "'", '"', "\\", "\n") }), (text) => {
    const split = splitCommand(text);
    if (!("argv" in split)) return;
    assert.deepEqual(words(joinCommand(split.argv)), split.argv);
  }));
});

Deno.test("what was run can be had back as it was typed", () => {
  for (const interpreter of INTERPRETERS.filter((each) => each !== "program")) {
    const made = commandFor(interpreter, "df -h | grep '/'");
    assert.ok("argv" in made);
    assert.deepEqual(commandOf(made.argv), { interpreter, text: "df -h | grep '/'" });
  }
  assert.deepEqual(commandOf(["/bin/sh", "-c"]), { interpreter: "program", text: "/bin/sh -c" });
  assert.deepEqual(commandFor("sh", " "), { problem: "empty" });
});
