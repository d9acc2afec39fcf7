import assert from "node:assert/strict";
import fc from "fast-check";
import { LineBook, type NewLine } from "./line_book.ts";
import { type LinePattern, linePattern } from "./line_pattern.ts";

const line = (text: string, more: Partial<NewLine> = {}): NewLine => ({ source: "app", file: "stdout", text, ...more });
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => line(`n${from + index}`));

function pattern(text: string): LinePattern {
  const made = linePattern(text, { isRegex: false, isCaseSensitive: true });
  if (typeof made === "string") throw new Error(made);
  return made;
}

function textsOf(book: LineBook): string[] {
  return book.rows(book.firstRow, book.endRow).map(({ line, start, end }) => line.plain.text.slice(start, end));
}

Deno.test("it holds the newest lines, and rows keep their numbers while older ones go", () => {
  const book = new LineBook({ maxLines: 3, maxChars: 1_000 });
  book.append(numbered(0, 3));
  assert.deepEqual(book.rows(2, 3).map((row) => row.line.text), ["n2"]);
  book.append(numbered(3, 5));
  assert.deepEqual([book.size, book.dropped, book.firstRow, book.endRow], [3, 2, 2, 5]);
  assert.deepEqual(book.rows(2, 3).map((row) => row.line.text), ["n2"]);
  assert.deepEqual(textsOf(book), ["n2", "n3", "n4"]);
});

Deno.test("it holds no more characters than it may", () => {
  const book = new LineBook({ maxLines: 100, maxChars: 10 });
  book.append([line("12345"), line("12345"), line("123")]);
  assert.deepEqual(textsOf(book), ["12345", "123"]);
});

Deno.test("a line that is longer than what is shown is cut and says so", () => {
  const book = new LineBook({ maxLines: 10, maxChars: 10_000_000 });
  book.append([line("x".repeat(1_000_000))]);
  const [row] = book.rows(0, 1);
  assert.equal(row?.line.isCut, true);
  assert.ok((row?.line.text.length ?? Infinity) < 20_000);
});

Deno.test("the filter leaves what fits it, of what was there and of what comes", () => {
  const book = new LineBook({ maxLines: 100, maxChars: 10_000 });
  book.append([line("ERROR a"), line("INFO b"), line("plain")]);
  book.setFilter({ pattern: null, minLevel: "warn" });
  book.append([line("WARN c"), line("    at stack"), line("INFO d"), line("    more of d")]);
  assert.deepEqual(textsOf(book), ["ERROR a", "WARN c", "    at stack"]);
  book.setFilter({ pattern: pattern("d"), minLevel: null });
  assert.deepEqual(textsOf(book), ["INFO d", "    more of d"]);
  assert.equal(book.size, 7);
});

Deno.test("what is said about the log passes every filter", () => {
  const book = new LineBook({ maxLines: 100, maxChars: 10_000 });
  book.setFilter({ pattern: pattern("zzz"), minLevel: "error" });
  book.append([line("a"), line("lost", { isNotice: true })]);
  assert.deepEqual(textsOf(book), ["lost"]);
});

Deno.test("a filter that takes too long is given up, and says so", () => {
  let now = 0;
  const book = new LineBook({ maxLines: 10_000, maxChars: 1e6, budgetMs: 100, now: () => now });
  book.append(numbered(0, 3_000));
  book.setFilter({
    pattern: {
      matches: () => {
        now += 1;
        return false;
      },
      finds: () => [],
    },
    minLevel: null,
  });
  assert.equal(book.isTooSlow, true);
  assert.equal(book.shownSize, 3_000);
});

Deno.test("wrapped lines take several rows, and each row knows its part", () => {
  const book = new LineBook({ maxLines: 10, maxChars: 1_000 });
  book.setColumns(3);
  book.append([line("abcdefgh"), line("x")]);
  assert.deepEqual(textsOf(book), ["abc", "def", "gh", "x"]);
  assert.deepEqual(book.rows(1, 4).map(({ isFirst }) => isFirst), [false, false, true]);
  book.setColumns(null);
  assert.deepEqual(textsOf(book), ["abcdefgh", "x"]);
});

Deno.test("clearing leaves nothing, and what comes then goes on counting", () => {
  const book = new LineBook({ maxLines: 10, maxChars: 1_000 });
  book.append(numbered(0, 4));
  book.clear();
  assert.deepEqual([book.size, book.shownSize, book.firstRow, book.endRow], [0, 0, 4, 4]);
  book.append(numbered(4, 6));
  assert.deepEqual(textsOf(book), ["n4", "n5"]);
});

type Step =
  | { readonly do: "append"; readonly count: number }
  | { readonly do: "columns"; readonly columns: number | null }
  | { readonly do: "filter"; readonly text: string | null };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("append" as const), count: fc.nat({ max: 40 }) }),
  fc.record({ do: fc.constant("columns" as const), columns: fc.constantFrom(null, 2, 3, 7) }),
  fc.record({ do: fc.constant("filter" as const), text: fc.constantFrom(null, "1", "7", "n") }),
);

Deno.test("whatever happens to it, it shows what a simple list would", () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 30 }), fc.integer({ min: 1, max: 60 }), (steps, maxLines) => {
    const book = new LineBook({ maxLines, maxChars: 1e6 });
    let [lines, columns, wanted]: [string[], number | null, string | null] = [[], null, null];
    let next = 0;
    for (const each of steps) {
      if (each.do === "append") {
        const texts = Array.from({ length: each.count }, () => `n${next++} of it`);
        book.append(texts.map((text) => line(text)));
        lines = [...lines, ...texts].slice(-maxLines);
      } else if (each.do === "columns") book.setColumns(columns = each.columns);
      else {
        wanted = each.text;
        book.setFilter({ pattern: wanted === null ? null : pattern(wanted), minLevel: null });
      }
      const shown = lines.filter((text) => wanted === null || text.includes(wanted));
      const rows = shown.flatMap((text) =>
        columns === null ? [text] : text.match(new RegExp(`.{1,${columns}}`, "g")) ?? []
      );
      assert.deepEqual(textsOf(book), rows);
      assert.equal(book.endRow - book.firstRow, rows.length);
      assert.deepEqual([...book.shownLines()].map(({ text }) => text), shown);
      for (const { seq } of book.shownLines()) {
        const row = book.rowOf(seq);
        assert.equal(book.rows(row ?? -1, (row ?? -1) + 1)[0]?.line.seq, seq);
      }
    }
  }));
});

Deno.test("what is in a row is found again when lines are broken otherwise, left out or gone", () => {
  const book = new LineBook({ maxLines: 3, maxChars: 10_000 });
  book.setColumns(10);
  book.append([line("a".repeat(25)), line("b".repeat(25)), line("c".repeat(25))]);
  const place = book.placeOf(4);
  assert.deepEqual(place, { seq: 1, start: 10 });
  if (place === null) return;
  const before = book.numbering;
  book.setColumns(5);
  assert.notEqual(book.numbering, before);
  assert.deepEqual(book.placeOf(book.rowOfPlace(place)), { seq: 1, start: 10 });
  book.setColumns(null);
  assert.deepEqual(book.placeOf(book.rowOfPlace(place)), { seq: 1, start: 0 });
  book.setFilter({ pattern: pattern("c"), minLevel: null });
  assert.deepEqual(book.placeOf(book.rowOfPlace(place)), { seq: 2, start: 0 }, "the one that follows");
  book.setFilter({ pattern: pattern("a"), minLevel: null });
  assert.equal(book.rowOfPlace(place), book.endRow, "none follows");
  assert.equal(book.placeOf(book.endRow), null);
});

Deno.test("rows keep their numbers until the columns or the filter are others", () => {
  const book = new LineBook({ maxLines: 2, maxChars: 10_000 });
  book.append(numbered(0, 5));
  book.setColumns(null);
  assert.equal(book.numbering, 0);
  book.setColumns(40);
  assert.equal(book.numbering, 1);
});

Deno.test("a place shows the character with which it began, whatever the columns", () => {
  const columns = fc.integer({ min: 1, max: 30 });
  const texts = fc.array(fc.string({ maxLength: 60 }), { minLength: 1, maxLength: 8 });
  fc.assert(fc.property(texts, columns, columns, fc.nat(200), (all, first, second, pick) => {
    const book = new LineBook({ maxLines: 100, maxChars: 10_000 });
    book.setColumns(first);
    book.append(all.map((text) => line(text)));
    const place = book.placeOf(pick % book.endRow);
    assert.ok(place !== null);
    book.setColumns(second);
    const [row] = book.rows(book.rowOfPlace(place), book.rowOfPlace(place) + 1);
    assert.ok(row !== undefined && row.line.seq === place.seq);
    assert.ok(
      row.start <= place.start && (place.start < row.end || row.start === row.end || row.end === row.line.text.length),
    );
  }));
});
