import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type FileState, formatFileState, matchSegments, parseFileState, type Segment } from "./file_state.ts";

const count = fc.nat(2 ** 40);
const plain = { noNullPrototype: true };
const stateArb: fc.Arbitrary<FileState> = fc.record({
  identity: fc.string(),
  base: count,
  from: count,
  whole: fc.boolean(),
  rotatedMs: count,
  segments: fc.array(fc.record({ start: fc.integer(), length: count, whole: fc.boolean() }, plain), { maxLength: 200 }),
  pending: fc.oneof(
    fc.constant(null),
    fc.record({ kind: fc.constant("copied" as const), length: count, endsLine: fc.boolean() }, plain),
    fc.record({ kind: fc.constantFrom("collapsing" as const, "emptying" as const) }, plain),
  ),
}, plain);

Deno.test("what is remembered is read as it was written", () => {
  fc.assert(fc.property(stateArb, (state) => {
    const bytes = formatFileState(state);
    assert.equal(bytes.length % 4_096, 0);
    assert.deepEqual(parseFileState(bytes), state);
  }));
});

Deno.test("no damage to what is remembered goes unnoticed, or makes reading it fail", () => {
  fc.assert(fc.property(stateArb, fc.nat(), fc.integer({ min: 1, max: 255 }), (state, at, change) => {
    const bytes = formatFileState(state);
    const end = bytes.indexOf(0x0a);
    const damaged = bytes.slice();
    damaged[at % end] = (damaged[at % end] ?? 0) ^ change;
    const parsed = parseFileState(damaged);
    // A changed first character can only be that of the version.
    if (parsed !== null) assert.deepEqual(parsed, state);
    assert.equal(parseFileState(bytes.subarray(0, at % end)), null);
  }));
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void parseFileState(bytes)));
});

/** Segments that follow one another, newest first, ending at `end`. */
function chain(lengths: readonly number[], end: number): Segment[] {
  let start = end;
  return lengths.map((length) => ({ start: start -= length, length, whole: true }));
}

Deno.test("rotated files are told apart by their lengths, though some were deleted", () => {
  const known = chain([30, 20, 10], 100);
  assert.deepEqual(matchSegments([{ length: 30, exact: true }, { length: 10, exact: false }], known, 100), {
    segments: [known[0], known[2]],
    timesFrom: -Infinity,
  });
});

Deno.test("a rotated file that nobody remembers lies apart, and nothing is known of its time and of those before", () => {
  const known = chain([30, 20], 100);
  const found = [30, 77, 20].map((length) => ({ length, exact: true }));
  const { segments, timesFrom } = matchSegments(found, known, 100);
  assert.deepEqual(segments.map(({ start }) => start), [70, 70 - 78, 70 - 78 - 21]);
  assert.equal(timesFrom, 70);
});

Deno.test("without any memory rotated files follow one another", () => {
  const { segments, timesFrom } = matchSegments([{ length: 5, exact: true }, { length: 7, exact: false }], null, 12);
  assert.deepEqual(segments.map(({ start }) => start), [7, 0]);
  assert.equal(timesFrom, 12);
});

Deno.test("matched files never overlap", () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 12 });
  fc.assert(fc.property(lengths, lengths, (knownLengths, foundLengths) => {
    const known = chain(knownLengths, 1_000);
    const { segments } = matchSegments(foundLengths.map((length) => ({ length, exact: true })), known, 1_000);
    assert.deepEqual(segments.map(({ length }) => length), foundLengths);
    segments.reduce((newer, { start, length }) => {
      assert.ok(start + length <= newer);
      return start;
    }, 1_000);
  }));
});
