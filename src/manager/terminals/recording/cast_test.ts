import assert from "node:assert/strict";
import fc from "fast-check";
import { CastEvents, castHead } from "./cast.ts";

const HEAD = {
  cols: 80,
  rows: 24,
  startedMs: 1_700_000_000_999,
  title: 'ada@"web-1"\n',
  farhand: { hostId: "h", host: "web-1", terminalId: "t", actor: "ada" },
};
const newEvents = (position = 0) => new CastEvents({ position, cols: 80, rows: 24 });

function eventsOf(lines: readonly string[]): [number, string, string][] {
  return lines.map((line) => {
    assert.ok(line.endsWith("\n") && line.indexOf("\n") === line.length - 1, JSON.stringify(line));
    return JSON.parse(line);
  });
}

function outputOf(lines: readonly string[]): string {
  return eventsOf(lines).filter(([, code]) => code === "o").map(([, , text]) => text).join("");
}

const markersOf = (lines: readonly string[]) =>
  eventsOf(lines).filter(([, code]) => code === "m").map(([, , text]) => text);

Deno.test("the head is one line that says what a player needs, and where it is from", () => {
  const line = castHead(HEAD);
  assert.equal(line.indexOf("\n"), line.length - 1);
  const { title, farhand } = HEAD;
  assert.deepEqual(JSON.parse(line), {
    ...{ version: 2, width: 80, height: 24, timestamp: 1_700_000_000, title, farhand },
  });
});

/** Bytes that are often text, and often not. */
const anyBytes = fc.array(
  fc.oneof(
    fc.string({ unit: "grapheme" }).map((text) => new TextEncoder().encode(text)),
    fc.uint8Array({ maxLength: 6 }),
  ),
  { maxLength: 12 },
).map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

Deno.test("however the output is cut, what is told in it is what was shown", () => {
  fc.assert(fc.property(anyBytes, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (bytes, sizes) => {
    const events = newEvents();
    const lines: string[] = [];
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      const end = at + (sizes[turn % sizes.length] ?? 1);
      lines.push(...events.output(turn, at, bytes.slice(at, end)));
      at = Math.min(end, bytes.length);
    }
    lines.push(...events.end(99, null));
    assert.equal(outputOf(lines), new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
    assert.deepEqual(markersOf(lines), []);
    assert.equal(events.position, bytes.length);
  }));
});

Deno.test("whoever attaches again, or besides, from wherever: each byte is told once and what never came is marked", () => {
  const pieces = fc.array(fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 12 })), { maxLength: 30 });
  fc.assert(fc.property(pieces, (all) => {
    // A letter for each position, so that what is told says where it stood.
    const letter = (at: number) => 97 + at % 26;
    const events = newEvents();
    const lines: string[] = [];
    const expected: string[] = [];
    let missing = 0;
    let told = 0;
    for (const [from, length] of all) {
      lines.push(...events.output(0, from, Uint8Array.from({ length }, (_, index) => letter(from + index))));
      if (length === 0 || from + length <= told) continue;
      if (from > told && expected.length > 0) missing += from - told;
      for (let at = Math.max(from, told); at < from + length; at++) expected.push(String.fromCharCode(letter(at)));
      told = from + length;
    }
    assert.equal(outputOf(lines), expected.join(""));
    const marked = markersOf(lines).reduce((sum, text) => sum + Number.parseInt(text), 0);
    assert.equal(marked, missing);
  }));
});

Deno.test("a character that a gap or the end cuts in two is told as one that cannot be read", () => {
  const [first = 0, ...rest] = new TextEncoder().encode("é");
  const events = newEvents();
  const lines = [
    ...events.output(0, 0, Uint8Array.of(65, first)),
    ...events.output(1, 10, Uint8Array.of(...rest, 66, first)),
    ...events.end(2, "enough"),
  ];
  assert.equal(outputOf(lines), "A\ufffd\ufffdB\ufffd");
  assert.deepEqual(markersOf(lines), ["8 bytes are missing here", "enough"]);
});

Deno.test("what was recorded before, or shown before the recording began, is neither told again nor missing", () => {
  const events = newEvents(5);
  assert.deepEqual(events.output(0, 0, new Uint8Array(5)), []);
  assert.equal(events.hasBegun, false);
  const lines = events.output(0, 9, Uint8Array.of(65));
  assert.deepEqual(eventsOf(lines), [[0, "o", "A"]]);
});

Deno.test("a size is told when it is another one, and times are seconds", () => {
  const events = newEvents();
  const lines = [
    ...events.resize(10, 80, 24),
    ...events.resize(1_234.5678, 100, 30),
    ...events.resize(2_000, 100, 30),
    ...events.resize(3_000, 80, 24),
  ];
  assert.deepEqual(eventsOf(lines), [[1.234568, "r", "100x30"], [3, "r", "80x24"]]);
});
