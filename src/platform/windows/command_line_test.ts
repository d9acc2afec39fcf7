import assert from "node:assert/strict";
import fc from "fast-check";
import { batchCommandLine, commandLine, isBatchFile } from "./command_line.ts";

/** What CommandLineToArgvW makes of a command line, by its documentation. */
function argvOf(line: string): string[] {
  const end = line.startsWith('"') ? line.indexOf('"', 1) : -1;
  const argv = [line.slice(1, end)];
  let [arg, at] = ["", end + 1];
  let [quoted, has] = [false, false];
  for (; at < line.length; at++) {
    const slashes = /^\\*/.exec(line.slice(at))?.[0].length ?? 0;
    const character = line[at + slashes];
    if (slashes > 0 && character === '"') {
      [arg, has] = [arg + "\\".repeat(slashes >> 1) + (slashes % 2 === 1 ? '"' : ""), true];
      at += slashes - (slashes % 2 === 1 ? 0 : 1);
    } else if (slashes > 0) {
      [arg, has] = [arg + "\\".repeat(slashes), true];
      at += slashes - 1;
    } else if (character === '"') {
      if (quoted && line[at + 1] === '"') [arg, at] = [arg + '"', at + 1];
      else [quoted, has] = [!quoted, true];
    } else if (!quoted && (character === " " || character === "\t")) {
      if (has) argv.push(arg);
      [arg, has] = ["", false];
    } else [arg, has] = [arg + character, true];
  }
  return has ? [...argv, arg] : argv;
}

Deno.test("arguments are quoted only where they must be", () => {
  const line = commandLine("C:\\a b\\x.exe", ["plain", "", "a b", 'q"q', "C:\\dir\\", "C:\\a b\\", 'x\\"']);
  assert.equal(line, '"C:\\a b\\x.exe" plain "" "a b" "q\\"q" C:\\dir\\ "C:\\a b\\\\" "x\\\\\\""');
});

Deno.test("a program gets back any arguments as they were", () => {
  const hard = fc.string({ unit: fc.constantFrom("\\", '"', " ", "\t", "a", "%", "&", "\n", "ü", "😀") });
  const anything = fc.oneof(hard, fc.string({ unit: "binary" }).filter((text) => !text.includes("\0")));
  fc.assert(fc.property(fc.array(anything, { maxLength: 6 }), (args) => {
    assert.deepEqual(argvOf(commandLine("C:\\Program Files\\x.exe", args)), ["C:\\Program Files\\x.exe", ...args]);
  }));
});

Deno.test("what no command line can hold is refused, and arguments are not told, as they may be secrets", () => {
  const invalid = (message: RegExp) => ({ name: "AppError", code: "invalid_input", message });
  assert.throws(() => commandLine("x.exe", ["a", "secret\0"]), invalid(/^(?!.*secret).*its argument 2 has a zero/));
  assert.throws(() => commandLine("x\0.exe", []), invalid(/x\\0\.exe: its name has a zero character/));
  assert.throws(() => commandLine('x".exe', []), invalid(/has a quote/));
  assert.throws(() => commandLine("x.exe", ["y".repeat(32_760)]), invalid(/pass long values in a file/));
  assert.equal(commandLine("x.exe", ["y".repeat(32_758)]).length, 32_766);
});

Deno.test("batch files are known by their names, whatever Windows takes off their ends", () => {
  for (const name of ["a.bat", "a.CMD", "C:\\x.y\\a.Bat", "a.bat. .", "a.cmd "]) assert.equal(isBatchFile(name), true);
  for (const name of ["a.exe", "bat", "a.bat.exe", "a.bat\\b", "acmd"]) assert.equal(isBatchFile(name), false);
});

Deno.test("arguments of a batch file are quoted, so that nothing in them is a command", () => {
  assert.equal(
    batchCommandLine("C:\\windows\\system32\\cmd.exe", "C:\\a b\\run.cmd", ["a&b", "", "c\\", "^|<>()!"]),
    '"C:\\windows\\system32\\cmd.exe" /e:on /v:off /d /s /c ""C:\\a b\\run.cmd" "a&b" "" "c\\\\" "^|<>()!""',
  );
});

Deno.test("what cmd.exe would read a meaning into is refused, and nothing else", () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: "binary" })), (args) => {
    const unsafe = args.some((arg) => /["%\r\n\0]/.test(arg));
    const make = () => batchCommandLine("cmd.exe", "run.cmd", args);
    if (unsafe) assert.throws(make, { code: "invalid_input" });
    else assert.equal(make().split('"').length, 2 + 2 + 2 * (args.length + 1) + 1);
  }));
  for (const name of ["a%b.cmd", 'a".cmd']) {
    assert.throws(() => batchCommandLine("cmd.exe", name, []), { message: /misreads its name/ });
  }
});
