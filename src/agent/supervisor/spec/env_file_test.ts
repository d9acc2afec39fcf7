import assert from "node:assert/strict";
import fc from "fast-check";
import { AppError } from "../../../core/mod.ts";
import { parseEnvFile } from "./env_file.ts";

const parse = (text: string) => parseEnvFile(text, "/etc/default/shop");

const GOOD: readonly (readonly [what: string, text: string, variables: Record<string, string>])[] = [
  ["plain values, with spaces around and in them", "A=1\n  B=two words  \nC=\n", { A: "1", B: "two words", C: "" }],
  ["comments, empty lines and export", "# a\n\n \t\nexport A=1 # why\n  # b\nB=a#b\nC=#\nD= # x", {
    A: "1",
    B: "a#b",
    C: "",
    D: "",
  }],
  ["Windows' line ends and a byte order mark", "\ufeffA=1\r\nB='2'\r\n", { A: "1", B: "2" }],
  ["single quotes: all as it stands", "A='a \\n \"$B\" #'\nB='' # none\n", { A: 'a \\n "$B" #', B: "" }],
  ["double quotes: escapes, and nothing expanded", 'A="a \\"b\\" \\\\ \\$C \\` $D ${E} \\n\\t\\x"  # end\n', {
    A: 'a "b" \\ $C ` $D ${E} \n\t\\x',
  }],
  ["an = in a value, and a quote within one", "A=b=c\nB=it's\n", { A: "b=c", B: "it's" }],
  ["the later of two", "A=1\nA=2\n", { A: "2" }],
  ["names like those of every object", "constructor=1\n", { constructor: "1" }],
  ["nothing", "", {}],
];

for (const [what, text, expected] of GOOD) {
  Deno.test(`an environment file: ${what}`, () => assert.deepEqual(parse(text), expected));
}

for (
  const [text, expected] of [
    ["A=1\nhunter2\n", "line 2: it must be NAME=value"],
    ["\n\n2A=hunter2", "line 3: it must begin with a name"],
    ["A = hunter2", "line 1: it must begin with a name"],
    ["=hunter2", "line 1: it must begin with a name"],
    ["export A", "line 1: it must be NAME=value"],
    ["__proto__=hunter2", "line 1: it must begin with a name"],
    ["A='hunter2\nB=1", "line 1: a value that begins with a quote must end with it"],
    ['A="hunter2\\"', "line 1: a value that begins with a quote must end with it"],
    ['A="hunter2"x', "line 1: a value that begins with a quote must end with it"],
    ["A=hunter2\0", "line 1: a value must not contain a NUL character"],
  ] as const
) {
  Deno.test(`an environment file with ${JSON.stringify(text)} is refused by its line alone`, () => {
    assert.throws(() => parse(text), (error) => {
      assert(error instanceof AppError && error.code === "invalid_config");
      assert(error.message.startsWith(`Cannot read environment file /etc/default/shop: ${expected}`), error.message);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    });
  });
}

const NAME = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,9}$/).filter((name) => name !== "__proto__");
/** Any text of one line. */
const VALUE = fc.string({ unit: "binary", maxLength: 20 }).map((text) => text.replace(/[\r\n\0]/g, " "));

Deno.test("any text that is quoted comes back as it was", () => {
  fc.assert(fc.property(fc.dictionary(NAME, VALUE, { maxKeys: 6 }), fc.boolean(), (variables, single) => {
    const lines = Object.entries(variables).map(([name, value]) => {
      const isSingle = single && !value.includes("'");
      return `${name}=${isSingle ? `'${value}'` : `"${value.replace(/["\\$`]/g, "\\$&")}"`}`;
    });
    assert.deepEqual(parse(lines.join("\n")), { ...variables });
  }));
});

const REFUSALS = [
  ": it must be NAME=value",
  ": it must begin with a name of letters, digits and underscores, and an = right after it",
  ": a value must not contain a NUL character",
  ": a value that begins with a quote must end with it",
];

Deno.test("whatever the text is, it is read or refused, and never repeated", () => {
  const piece = fc.oneof(
    fc.constantFrom("A=", "'", '"', "\\", "#", "\n", "\r\n", "export ", "=", " ", "\0", "B"),
    VALUE,
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
    try {
      for (const [name, value] of Object.entries(parse(pieces.join("")))) {
        assert.match(name, /^[A-Za-z_]\w*$/);
        assert(!value.includes("\0"));
      }
    } catch (error) {
      assert(error instanceof AppError, String(error));
      assert(REFUSALS.some((end) => error.message.endsWith(end)), error.message);
    }
  }));
});
