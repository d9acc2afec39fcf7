import assert from "node:assert/strict";
import fc from "fast-check";
import { chooseResolution, chunksNeeded, FULL_RESOLUTION } from "./resolution.ts";

const CHUNK_BYTES = 60 * 11 * 4;
const DEFAULT_CHUNKS = Math.floor(512 * 1024 * 1024 / CHUNK_BYTES);

Deno.test("six thousand hosts at 10 s have an hour and a day in full within the default limit, ten thousand nearly", () => {
  assert.equal(chooseResolution(new Map([[10_000, 6_000]]), DEFAULT_CHUNKS, FULL_RESOLUTION), FULL_RESOLUTION);
  assert.equal(chooseResolution(new Map([[1_000, 1_000]]), DEFAULT_CHUNKS, FULL_RESOLUTION), FULL_RESOLUTION);
  const large = chooseResolution(new Map([[10_000, 10_000]]), DEFAULT_CHUNKS, FULL_RESOLUTION);
  assert.deepEqual(large, { fineFactor: 1, coarseStepMs: 120_000 });
});

Deno.test("one host more or less does not change the resolution to and fro", () => {
  const most = Math.floor(DEFAULT_CHUNKS / chunksNeeded(new Map([[10_000, 1]]), FULL_RESOLUTION));
  const hosts = (count: number) => new Map([[10_000, count]]);
  const lowered = chooseResolution(hosts(most + 1), DEFAULT_CHUNKS, FULL_RESOLUTION);
  assert.notEqual(lowered, FULL_RESOLUTION);
  assert.equal(chooseResolution(hosts(most), DEFAULT_CHUNKS, lowered), lowered);
  assert.equal(chooseResolution(hosts(Math.floor(most * 0.79)), DEFAULT_CHUNKS, lowered), FULL_RESOLUTION);
});

Deno.test("what is chosen fits, unless nothing does", () => {
  const fleet = fc.array(fc.tuple(fc.integer({ min: 100, max: 3_600_000 }), fc.integer({ min: 1, max: 20_000 })), {
    maxLength: 5,
  });
  fc.assert(fc.property(fleet, fc.integer({ min: 1, max: 500_000 }), (hosts, maxChunks) => {
    const byInterval = new Map(hosts);
    const chosen = chooseResolution(byInterval, maxChunks, FULL_RESOLUTION);
    const worst = chooseResolution(byInterval, 0, FULL_RESOLUTION);
    assert.ok(chunksNeeded(byInterval, chosen) <= maxChunks || byInterval.size === 0 || chosen === worst);
  }));
});
