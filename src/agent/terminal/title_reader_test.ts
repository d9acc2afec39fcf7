import assert from "node:assert/strict";
import fc from "fast-check";
import { cut } from "../../../tests/helpers/tunnel_pair.ts";
import { TitleReader } from "./title_reader.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function titles(chunks: readonly Uint8Array[]): string[] {
  const reader = new TitleReader();
  return chunks.map((chunk) => reader.read(chunk)).filter((title) => title !== null);
}

Deno.test("titles are found by both commands and both ends, and the last one counts", () => {
  assert.deepEqual(titles([bytes("a\x1b]0;one\x07b")]), ["one"]);
  assert.deepEqual(titles([bytes("\x1b]2;zwei ü\x1b\\")]), ["zwei ü"]);
  assert.deepEqual(titles([bytes("\x1b]0;one\x07\x1b]2;two\x07")]), ["two"]);
  assert.deepEqual(titles([bytes("\x1b]0;\x07")]), [""]);
});

Deno.test("what is no title is none: other commands, one that is broken off, one within another", () => {
  for (
    const text of [
      "\x1b]1;icon\x07",
      "\x1b]52;c;AAAA\x07",
      "\x1b]0one\x07",
      "\x1b[0;1mred\x07",
      "\x1b]0;one\ntwo\x07",
      "\x1b]0;one\x1b[A\x07",
      "]0;one\x07",
    ]
  ) {
    assert.deepEqual(titles([bytes(text)]), [], JSON.stringify(text));
  }
  assert.deepEqual(titles([bytes("\x1b]0;one\x1b]0;two\x07")]), ["two"]);
  assert.deepEqual(titles([bytes("\x1b\x1b]0;one\x07")]), ["one"]);
});

Deno.test("a title is cut, and has nothing in it that a terminal or a page acts on", () => {
  const [long = ""] = titles([bytes(`\x1b]0;${"x".repeat(100_000)}\x07`)]);
  assert.ok(long.length <= 200 && long.startsWith("xxx"));
  assert.deepEqual(titles([bytes("\x1b]0;a\u202eb\u0085c\x07")]), ["a b c"]);
  assert.equal(titles([new Uint8Array([0x1b, 0x5d, 0x30, 0x3b, 0xff, 0xfe, 7])]).length, 1);
});

Deno.test("it does not matter how the output was cut, nor what is in it", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("\x1b", "]", "0", "2", ";", "a", "\x07", "\\", "\n"), { maxLength: 60 }),
      sizes,
      (
        letters,
        parts,
      ) => {
        const all = bytes(letters.join(""));
        assert.equal(titles(cut(all, parts)).at(-1), titles([all]).at(-1));
      },
    ),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (any) => void titles([any])));
});
