import assert from "node:assert/strict";
import * as fc from "fast-check";
import { inOrder, type Match, withContext } from "./results.ts";

function matchOf(at: number, more: Partial<Match> = {}): Match {
  return { type: "match", process: "P", processId: "p", file: "stdout", at, text: `line ${at}`, timeMs: at, ...more };
}

/** Lines of ten bytes. */
const lineText = (line: number) => `line ${String(line).padStart(4)}`;
const placeOf = (line: number) => ({ at: line * 10, text: lineText(line) });

/** A match with what stands beside it in a log of so many lines. */
function inLog(line: number, before: number, after: number, lines: number): Match {
  const places = (from: number, to: number) =>
    Array.from({ length: Math.max(0, to - from) }, (_, index) => placeOf(from + index));
  return {
    ...matchOf(line),
    ...placeOf(line),
    before: places(Math.max(0, line - before), line),
    after: places(line + 1, Math.min(lines, line + after + 1)),
  };
}

Deno.test("the newest are shown, in the order of their times and of their places", () => {
  const found = [
    matchOf(5),
    matchOf(3, { timeMs: 9 }),
    matchOf(1),
    matchOf(2, { timeMs: 1 }),
    matchOf(9, { timeMs: 5, processId: "a" }),
  ];
  assert.deepEqual(inOrder(found, 10).map(({ at }) => at), [1, 2, 9, 5, 3]);
  assert.deepEqual(inOrder(found, 2).map(({ at }) => at), [9, 3]);
  const { timeMs: _, ...timeless } = matchOf(7);
  assert.deepEqual(inOrder([timeless, ...found], 2).map(({ at }) => at), [3, 7]);
});

Deno.test("each line beside matches is shown once, in its place, and gaps are told", () => {
  const shown = withContext([3, 5, 12].map((at) => inLog(at, 1, 1, 20)));
  assert.deepEqual(
    shown.map(({ text, isMatch, isApart }) => `${isApart ? "-- " : ""}${Number(text.slice(5))}${isMatch ? " *" : ""}`),
    ["-- 2", "3 *", "4", "5 *", "6", "-- 11", "12 *", "13"],
  );
});

Deno.test("of two hosts with the same log each shows its own lines", () => {
  const all = ["a", "b"].map((hostId) => ({ ...inLog(3, 1, 0, 9), hostId, host: hostId }));
  assert.deepEqual(withContext(all).map(({ match, text }) => [match.host, Number(text.slice(5))]), [
    ["a", 2],
    ["a", 3],
    ["b", 2],
    ["b", 3],
  ]);
});

Deno.test("whatever matches, the lines beside it are those that grep would show", () => {
  const scene = [fc.uniqueArray(fc.nat({ max: 39 })), fc.nat({ max: 5 }), fc.nat({ max: 5 })] as const;
  fc.assert(fc.property(...scene, (places, before, after) => {
    const sorted = places.toSorted((a, b) => a - b);
    const shown = withContext(sorted.map((at) => inLog(at, before, after, 40)));
    const near = (line: number) => sorted.some((at) => line >= at - before && line <= at + after);
    const expected = Array.from({ length: 40 }, (_, line) => line).filter(near);
    assert.deepEqual(shown.map(({ text }) => text), expected.map(lineText));
    assert.deepEqual(shown.filter(({ isMatch }) => isMatch).length, sorted.length);
    shown.forEach(({ isApart }, index) => {
      const [line = 0, last = -9] = [expected[index], expected[index - 1]];
      assert.equal(isApart, line !== last + 1);
    });
  }));
});
