import assert from "node:assert/strict";
import type { Pattern } from "../../../core/mod.ts";
import * as fc from "fast-check";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { LineFilter } from "./line_filter.ts";
import { regex } from "./testing.ts";
import type { LogSource, Piece } from "./log_source.ts";
import { readTail } from "./read_tail.ts";
import { type TimeEntry, TimeTable } from "./time_table.ts";

interface FakePiece extends Piece {
  readonly bytes: Uint8Array;
}

/** A log in memory, in pieces. */
function sourceOf(name: string, pieces: readonly FakePiece[], entries: readonly TimeEntry[] = []): LogSource {
  const newestFirst = pieces.filter(({ bytes }) => bytes.length > 0).reverse();
  return {
    name,
    look: () => newestFirst[0]?.end ?? 0,
    pieceBefore: (offset) => newestFirst.find(({ start }) => start < offset) ?? null,
    pieceFrom: (offset) => newestFirst.findLast(({ end }) => end > offset) ?? null,
    read(offset, into) {
      const piece = newestFirst.find(({ start, end, compressed }) => !compressed && start <= offset && offset < end);
      const bytes = piece?.bytes.subarray(offset - piece.start).subarray(0, into.length) ?? new Uint8Array(0);
      into.set(bytes);
      return Promise.resolve(into.subarray(0, bytes.length));
    },
    async *unpack({ start }) {
      const { bytes } = newestFirst.find((piece) => piece.start === start) ?? { bytes: new Uint8Array(0) };
      for (let at = 0; at < bytes.length; at += 7) yield await Promise.resolve(bytes.slice(at, at + 7));
    },
    times: () => new TimeTable(entries, -Infinity),
    writtenMs: () => null,
  };
}

/** Cuts a text into pieces of these lengths, some of them compressed, which follow one another from `start` on. */
function piecesOf(text: string, cuts: readonly { length: number; compressed: boolean }[], start = 0): FakePiece[] {
  const bytes = new TextEncoder().encode(text);
  const pieces: FakePiece[] = [];
  let at = 0;
  for (const { length, compressed } of [...cuts, { length: Infinity, compressed: false }]) {
    const part = bytes.slice(at, at + length);
    const whole = at === 0 || bytes[at - 1] === 10;
    pieces.push({ start: start + at, end: start + at + part.length, whole, compressed, bytes: part });
    at += part.length;
  }
  return pieces;
}

function tail(
  sources: readonly LogSource[],
  lines: number,
  more: { grep?: Pattern; sinceMs?: number; whole?: true } = {},
) {
  return readTail(sources, {
    lines,
    sinceMs: more.sinceMs,
    filter: new LineFilter(more.grep, new FakeClock()),
    withUnfinished: more.whole !== true,
    signal: new AbortController().signal,
  });
}

const textArb = fc.string({ unit: fc.constantFrom("a", "b", "\n"), maxLength: 80 });
const cutsArb = fc.array(fc.record({ length: fc.integer({ min: 1, max: 25 }), compressed: fc.boolean() }), {
  maxLength: 6,
});

Deno.test("wherever a log is cut into files, its last lines are the same", async () => {
  await fc.assert(fc.asyncProperty(textArb, cutsArb, fc.nat(20), async (text, cuts, count) => {
    const all = text.split("\n");
    if (all.at(-1) === "") all.pop();
    const { lines, incomplete } = await tail([sourceOf("stdout", piecesOf(text, cuts))], count);
    assert.deepEqual(lines.map(({ text }) => text), count === 0 ? [] : all.slice(-count));
    assert.ok(!incomplete && lines.every(({ cut }) => cut !== true));
  }));
});

Deno.test("who will read on is told where the first line begins that has not ended", async () => {
  await fc.assert(fc.asyncProperty(textArb, cutsArb, async (text, cuts) => {
    const { lines, next } = await tail([sourceOf("stdout", piecesOf(text, cuts))], 1_000, { whole: true });
    assert.deepEqual(lines.map(({ text }) => text), text.split("\n").slice(0, -1));
    assert.deepEqual(next, [text.lastIndexOf("\n") + 1]);
  }));
});

Deno.test("lines that do not match are passed over", async () => {
  await fc.assert(fc.asyncProperty(textArb, cutsArb, async (text, cuts) => {
    const { lines } = await tail([sourceOf("stdout", piecesOf(text, cuts))], 5, { grep: regex("ab") });
    assert.deepEqual(lines.map(({ text }) => text), text.split("\n").filter((line) => line.includes("ab")).slice(-5));
  }));
});

Deno.test("a line whose beginning or end was deleted is told as cut", async () => {
  const old = piecesOf("one\ntwo\nthr", []);
  const gap = piecesOf("ee\nfour\n", [], 100).map((piece) => ({ ...piece, whole: false }));
  const { lines } = await tail([sourceOf("stdout", [...old, ...gap])], 10);
  assert.deepEqual(lines.map(({ text, cut }) => [text, cut]), [
    ["one", undefined],
    ["two", undefined],
    ["thr", true],
    ["ee", true],
    ["four", undefined],
  ]);
});

Deno.test("two logs are merged by time, and what has no time stays beside what came after it", async () => {
  const out = sourceOf("stdout", piecesOf("o1\no2\no3\n", []), [{ offset: 3, timeMs: 10 }, { offset: 9, timeMs: 30 }]);
  const err = sourceOf("stderr", piecesOf("e1\ne2\ne3\n", []), [
    { offset: 3, timeMs: 20 },
    { offset: 6, timeMs: 0 },
    { offset: 9, timeMs: 40 },
  ]);
  const { lines } = await tail([out, err], 10);
  assert.deepEqual(lines.map(({ text }) => text), ["o1", "e1", "o2", "o3", "e2", "e3"]);
  assert.deepEqual(lines.map(({ timeMs }) => timeMs), [10, 20, 30, 30, undefined, 40]);
  assert.deepEqual((await tail([out, err], 3)).lines.map(({ text }) => text), ["o3", "e2", "e3"]);
});

Deno.test("nothing is told that is known to be older than was asked for", async () => {
  const entries = [{ offset: 3, timeMs: 10 }, { offset: 6, timeMs: 20 }, { offset: 9, timeMs: 30 }];
  const source = sourceOf("stdout", piecesOf("o1\no2\no3\n", [{ length: 4, compressed: true }]), entries);
  assert.deepEqual((await tail([source], 10, { sinceMs: 20 })).lines.map(({ text }) => text), ["o2", "o3"]);
  assert.deepEqual((await tail([source], 10, { sinceMs: 31 })).lines, []);
});

Deno.test("an answer that would be too long is told as incomplete", async () => {
  const line = `${"x".repeat(60_000)}\n`;
  const { lines, incomplete } = await tail([sourceOf("stdout", piecesOf(line.repeat(400), []))], 10_000);
  assert.ok(lines.length > 200 && lines.length < 400);
  assert.equal(incomplete, true);
});
