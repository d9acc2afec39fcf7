import assert from "node:assert/strict";
import fc from "fast-check";
import { segmentsOf } from "./segments.ts";

Deno.test("a row is cut where its colour changes and where something was found", () => {
  const line = { text: "abcdefgh", runs: [{ start: 2, end: 6, className: "ansi-1" }] };
  assert.deepEqual(segmentsOf(line, 1, 8, [[4, 7]]), [
    { text: "b", className: "", isFound: false },
    { text: "cd", className: "ansi-1", isFound: false },
    { text: "ef", className: "ansi-1", isFound: true },
    { text: "g", className: "", isFound: true },
    { text: "h", className: "", isFound: false },
  ]);
  assert.deepEqual(segmentsOf({ text: "", runs: [] }, 0, 0, []), []);
});

Deno.test("each character of a row is in one segment, with its own colour and find", () => {
  const range = fc.tuple(fc.nat({ max: 20 }), fc.integer({ min: 1, max: 5 }));
  const ranges = fc.array(range, { maxLength: 5 }).map((list) => {
    let at = 0;
    return list.map(([skip, length]) => {
      const start = at + skip % 4;
      at = start + length;
      return [start, at] as const;
    });
  });
  fc.assert(fc.property(ranges, ranges, fc.nat({ max: 30 }), fc.nat({ max: 30 }), (colours, finds, a, b) => {
    const text = "abcdefghijklmnopqrstuvwxyz0123456789";
    const runs = colours.map(([start, end]) => ({ start, end, className: `c${start}` }));
    const [start, end] = [Math.min(a, b), Math.max(a, b)];
    let at = start;
    for (const segment of segmentsOf({ text, runs }, start, end, finds)) {
      for (const character of segment.text) {
        assert.equal(character, text[at]);
        assert.equal(segment.className, runs.find((run) => run.start <= at && at < run.end)?.className ?? "");
        assert.equal(segment.isFound, finds.some(([from, to]) => from <= at && at < to));
        at += 1;
      }
    }
    assert.equal(at, end);
  }));
});
