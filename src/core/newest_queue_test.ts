import assert from "node:assert/strict";
import * as fc from "fast-check";
import { NewestQueue } from "./newest_queue.ts";

const queueOf = (maxItems: number, maxSize = Infinity) =>
  new NewestQueue<number>({ maxItems, maxSize, sizeOf: () => 10, compare: (a, b) => a - b });

function drain(queue: NewestQueue<number>): number[] {
  const all: number[] = [];
  for (let item = queue.takeNewest(); item !== undefined; item = queue.takeNewest()) all.push(item);
  return all;
}

Deno.test("the newest are kept, in whatever order they come, and are given the newest first", () => {
  fc.assert(fc.property(fc.array(fc.nat({ max: 50 })), fc.integer({ min: 1, max: 10 }), (items, maxItems) => {
    const queue = queueOf(maxItems);
    for (const item of items) queue.add(item);
    const expected = items.toSorted((a, b) => b - a).slice(0, maxItems);
    assert.equal(queue.lost, items.length > maxItems ? "count" : null);
    assert.deepEqual(drain(queue), expected);
  }));
});

Deno.test("those that were taken count too where it is so meant, and then nothing more is kept", () => {
  const queue = queueOf(3);
  for (const item of [5, 6]) queue.add(item);
  assert.equal(queue.takeNewest(), 6);
  queue.reduce();
  for (const item of [1, 2, 3]) queue.add(item);
  assert.equal(queue.floor, 3);
  queue.reduce();
  assert.equal(queue.takeNewest(), 5);
  queue.reduce();
  queue.add(9);
  assert.deepEqual([drain(queue), queue.lost, queue.room], [[], "count", 0]);
});

Deno.test("what is too large together loses its oldest, and nothing as old is kept after that", () => {
  const queue = queueOf(100, 25);
  for (const item of [3, 1, 2]) queue.add(item);
  assert.deepEqual([queue.lost, queue.floor, queue.length], ["size", 1, 2]);
  queue.takeNewest();
  queue.add(1);
  assert.deepEqual(drain(queue), [2]);
});
