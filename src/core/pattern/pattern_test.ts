import assert from "node:assert/strict";
import * as fc from "fast-check";
import { contains } from "./char_set.ts";
import { parsePattern } from "./parser.ts";
import { Pattern } from "./pattern.ts";
import type { PatternNode } from "./syntax.ts";

const regex = (text: string, ignoreCase = false) => new Pattern(text, { isRegex: true, ignoreCase });
const plain = (text: string, ignoreCase = false) => new Pattern(text, { isRegex: false, ignoreCase });

/** Patterns by their texts, with these assertions in them. */
function patternTexts(assertions: readonly string[]): fc.Arbitrary<string> {
  const atoms = ["a", "b", "B", "_", "-", " ", "é", "É", "日", "😀", "\\.", "0"];
  const sets = [".", "[ab]", "[^a]", "[a-c_é]", "[^日-本]", "\\w", "\\W", "\\d", "\\s", "\\S"];
  const quantifiers = ["", "", "", "*", "+", "?", "*?", "{2}", "{1,2}", "{0,3}", "{2,}"];
  return fc.letrec((tie) => ({
    atom: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...atoms) },
      { weight: 3, arbitrary: fc.constantFrom(...sets) },
      { weight: 2, arbitrary: fc.constantFrom(...assertions) },
      { weight: 2, arbitrary: tie("choice").map((inner) => `(?:${inner})`) },
    ),
    repeated: fc.tuple(tie("atom"), fc.constantFrom(...quantifiers))
      .map(([atom, quantifier]) => assertions.includes(String(atom)) ? String(atom) : `${atom}${quantifier}`),
    sequence: fc.array(tie("repeated"), { maxLength: 4 }).map((parts) => parts.join("")),
    choice: fc.array(tie("sequence"), { minLength: 1, maxLength: 3 }).map((options) => options.join("|")),
  })).choice.map(String).filter(isSmall);
}

function isSmall(text: string): boolean {
  try {
    regex(text);
    return true;
  } catch {
    return false; // what is too large has a test of its own
  }
}

const patternText = patternTexts(["^", "$", "\\b", "\\B"]);
/** The runtime's own matcher makes mistakes with ^ and \B in the middle of a pattern. */
const plainerText = fc.tuple(fc.constantFrom("", "^"), patternTexts(["\\b"]), fc.constantFrom("", "$"))
  .map(([start, middle, end]) => `${start}(?:${middle})${end}`);

const letters = fc.constantFrom(..."aabbBcé É日本😀_-. 0\t\r\ufffd\ufeffx");
const lineText = fc.array(letters, { maxLength: 12 }).map((all) => all.join(""));

Deno.test("a pattern matches where the runtime's own does", () => {
  fc.assert(
    fc.property(plainerText, lineText, fc.boolean(), (pattern, line, ignoreCase) => {
      const expected = new RegExp(pattern, ignoreCase ? "sui" : "su").test(line);
      assert.equal(regex(pattern, ignoreCase).test(line), expected);
    }),
    { numRuns: 700 },
  );
});

/** Where a match of the node can end that begins there: the meaning of patterns, as slow as can be. */
function endsFrom(node: PatternNode, line: readonly string[], at: number): Set<number> {
  const isWord = (index: number) => /^[A-Za-z0-9_]$/.test(line[index] ?? "");
  const isBetween = isWord(at - 1) !== isWord(at);
  const all = (starts: Set<number>, part: PatternNode) =>
    new Set([...starts].flatMap((from) => [...endsFrom(part, line, from)]));
  switch (node.kind) {
    case "set":
      return new Set(at < line.length && contains(node.set, line[at]?.codePointAt(0) ?? 0) ? [at + 1] : []);
    case "assert": {
      const holds = { start: at === 0, end: at === line.length, word: isBetween, notWord: !isBetween };
      return new Set(holds[node.what] ? [at] : []);
    }
    case "sequence":
      return node.parts.reduce(all, new Set([at]));
    case "choice":
      return new Set(node.options.flatMap((option) => [...endsFrom(option, line, at)]));
    case "repeat": {
      let ends = new Set([at]);
      for (let count = 0; count < node.min; count++) ends = all(ends, node.part);
      for (let count = node.min, size = -1; count < node.max && ends.size > size; count++) {
        size = ends.size;
        ends = new Set([...ends, ...all(ends, node.part)]);
      }
      return ends;
    }
  }
}

Deno.test("a pattern matches where it should by its meaning, assertions in any place", () => {
  fc.assert(
    fc.property(patternText, lineText, (text, line) => {
      const characters = [...line];
      const node = parsePattern(text, false);
      const expected = [...characters, ""].some((_, at) => endsFrom(node, characters, at).size > 0);
      assert.equal(regex(text).test(line), expected);
    }),
    { numRuns: 700 },
  );
});

Deno.test("what is shown as matching begins where the runtime's first match begins, and is no shorter", () => {
  fc.assert(
    fc.property(plainerText, lineText, (pattern, line) => {
      const spans = regex(pattern).spans(line, 100);
      const own = [...line.matchAll(new RegExp(pattern, "gsu"))].filter(([text]) => text !== "");
      if (own.length > 0) assert.ok(spans.length > 0);
      let done = 0;
      for (const [from, to] of spans) {
        assert.ok(from >= done && to > from && to <= line.length);
        done = to;
      }
      const [first] = spans;
      const known = own[0];
      // One that may be empty hides a longer one from the runtime.
      if (first === undefined || known === undefined || new RegExp(pattern, "su").exec(line)?.[0] === "") return;
      assert.ok(first[0] <= known.index);
      if (first[0] === known.index) assert.ok(first[1] >= known.index + known[0].length);
    }),
    { numRuns: 700 },
  );
});

Deno.test("what a pattern may have in it, and what it may not", () => {
  const cases: readonly (readonly [pattern: string, line: string, expected: boolean])[] = [
    ['{"level":"error"}', 'x {"level":"error"} y', true],
    ["[[:digit:]]+ ms", "took 12 ms", true],
    ["[^[:space:]]", "  ", false],
    ["[]a]", "]", true],
    ["[a\\]]", "]", true],
    ["[a-]", "-", true],
    ["(?i)ERROR", "an error", true],
    ["(?<year>\\d{4})", "in 2026", true],
    ["\\x41\\u0042\\u{43}", "ABC", true],
    ["a{,3}", "a{,3}", true],
    ["a{0}b", "b", true],
    ["(a*)*$", "aaab", true],
    ["\\/var\\/log", "/var/log", true],
    ["^$", "", true],
    ["x||y", "", true],
    [".", "\r", true],
  ];
  for (const [pattern, line, expected] of cases) assert.equal(regex(pattern).test(line), expected, pattern);
  const bad: readonly (readonly [pattern: string, message: RegExp])[] = [
    ["(a)\\1", /backreferences/],
    ["a(?=b)", /lookahead/],
    ["(?<!a)b", /lookbehind/],
    ["(?#a)", /of groups/],
    ["a)", /has no \(/],
    ["(a", /a \) is missing/],
    ["[a", /a \] is missing/],
    ["[z-a]", /range/],
    ["[[:nothing:]]", /no class/],
    ["*a", /nothing before/],
    ["a|+", /nothing before/],
    ["\\q", /means nothing/],
    ["a{3,2}", /smaller one first/],
    ["a{5000}", /numbers up to/],
    ["(a{100}){100}", /too large/],
    ["\\u{110000}", /no such character/],
    ["a\\", /too early/],
    ["(".repeat(500), /too many groups/],
  ];
  for (const [pattern, message] of bad) {
    assert.throws(() => regex(pattern), (error: Error & { code?: string }) => {
      assert.match(error.message, message);
      return error.code === "invalid_input";
    });
  }
});

Deno.test("a plain text is found as it stands, with or without its case", () => {
  assert.equal(plain("a.b").test("axb"), false);
  assert.equal(plain("a.b").test("x a.b"), true);
  assert.equal(plain("Straße", true).test("eine STRASSE, STRAßE"), true);
  assert.equal(plain("ΣΊΣΥΦΟΣ", true).test("σίσυφος"), true);
  assert.deepEqual(plain("ab", true).spans("xAB😀ab", 9), [[1, 3], [5, 7]]);
  assert.throws(() => plain("a\nb"), { code: "invalid_input" });
});

Deno.test("no reader of a pattern throws anything but what was foreseen", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 30 }), fc.boolean(), (text, isRegex) => {
      try {
        new Pattern(text, { isRegex, ignoreCase: true }).test(text);
      } catch (error) {
        assert.equal((error as { code?: string }).code, "invalid_input");
      }
    }),
    { numRuns: 700 },
  );
});

const CATASTROPHES = ["(a|a)*b", "(a+)+b", "(a|aa)+$", "(.*a){20}b", "(?:a?){50}a{50}b", "(x.*z)?$", ".*.*.*.*=c"];

Deno.test("patterns that would keep a backtracking matcher busy for ever take time in proportion to the line", () => {
  for (const text of CATASTROPHES) {
    const pattern = regex(text);
    const line = "a".repeat(50_000) + "!";
    const bytes = new TextEncoder().encode(line + "\n");
    // It ends, which is what a backtracking matcher would not do in a lifetime.
    assert.equal(pattern.test(line), text.startsWith("(x"), text);
    const found = [...pattern.lineFinder().find(bytes, 0, bytes.length)].filter((at) => at !== undefined);
    assert.equal(found.length > 0, text.startsWith("(x"), text);
    pattern.spans(line, 10);
  }
});

Deno.test("a pattern that needs a new state for each character gives others their turn, in bounded memory", () => {
  const pattern = regex("(?:a|b)*a(?:a|b){600}c");
  let seed = 7;
  const letters = Array.from(
    { length: 20_000 },
    () => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) & 65_536 ? "a" : "b",
  );
  let pauses = 0;
  const testing = pattern.testInParts(letters.join(""));
  for (let step = testing.next(); step.done !== true; step = testing.next()) pauses++;
  assert.ok(pauses > 50, `only ${pauses} pauses`);
  const bytes = new TextEncoder().encode(letters.join(""));
  const found = [...pattern.lineFinder().find(bytes, 0, bytes.length)];
  assert.ok(found.length > 50 && found.every((at) => at === undefined));
});

/** Lines of any bytes, as a program may write them. */
const anyLine: fc.Arbitrary<Uint8Array> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: letters.map((letter) => new TextEncoder().encode(letter)) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 3 }) },
  ),
  { maxLength: 10 },
).map((parts) => Uint8Array.from(parts.flatMap((part) => [...part]).filter((byte) => byte !== 10)));

function linesOf(bytes: Uint8Array): { from: number; to: number }[] {
  const lines: { from: number; to: number }[] = [];
  for (let from = 0; from < bytes.length;) {
    const feed = bytes.indexOf(10, from);
    const to = feed < 0 ? bytes.length : feed;
    lines.push({ from, to });
    from = to + 1;
  }
  return lines;
}

const textOf = (bytes: Uint8Array) =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(
    bytes.at(-1) === 13 ? bytes.subarray(0, bytes.length - 1) : bytes,
  );

Deno.test("lines are found in bytes as they are in the decoded text, damaged ones and those that end with CR too", () => {
  const patterns = fc.oneof(
    patternText.map((text) => ({ text, isRegex: true })),
    fc.array(letters, { minLength: 1, maxLength: 3 }).map((all) => ({ text: all.join(""), isRegex: false })),
  );
  fc.assert(
    fc.property(
      patterns,
      fc.array(anyLine, { maxLength: 8 }),
      fc.boolean(),
      fc.boolean(),
      (of, all, isOpen, ignoreCase) => {
        const pattern = new Pattern(of.text, { isRegex: of.isRegex, ignoreCase });
        const bytes = Uint8Array.from(
          all.flatMap((line, index) => isOpen && index === all.length - 1 ? [...line] : [...line, 10]),
        );
        const found = [...pattern.lineFinder().find(bytes, 0, bytes.length)].filter((at) => at !== undefined);
        const lines = linesOf(bytes);
        const matching = lines.filter(({ from, to }) => {
          const isFound = found.some((at) => at >= from && at <= to);
          const text = textOf(bytes.subarray(from, to));
          return isFound && (!pattern.mustConfirm(bytes, from, to) || pattern.test(text));
        });
        const expected = lines.filter(({ from, to }) => pattern.test(textOf(bytes.subarray(from, to))));
        assert.deepEqual(matching, expected);
        assert.equal(
          new Set(found.map((at) => lines.findIndex(({ from, to }) => at >= from && at <= to))).size,
          found.length,
        );
      },
    ),
    { numRuns: 1_500 },
  );
});

Deno.test("a line that comes in any parts is found as a whole one is", () => {
  fc.assert(
    fc.property(patternText, anyLine, fc.nat({ max: 9 }), (text, line, cut) => {
      const pattern = regex(text);
      const finder = pattern.lineFinder();
      finder.beginLine();
      const middle = Math.min(line.length, cut);
      for (const [from, to] of [[0, middle], [middle, line.length]] as const) {
        for (const _ of finder.addToLine(line, from, to));
      }
      const isFound = finder.endLine();
      const whole = [...pattern.lineFinder().find(Uint8Array.from([...line, 10]), 0, line.length + 1)];
      assert.equal(isFound, whole.length > 0);
    }),
    { numRuns: 700 },
  );
});
