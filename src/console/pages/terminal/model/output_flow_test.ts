import assert from "node:assert/strict";
import fc from "fast-check";
import { OutputFlow } from "./output_flow.ts";

interface Write {
  readonly bytes: Uint8Array;
  readonly written: () => void;
}

/** A terminal that takes in what it is handed when the test says so, and a page that paints when the test says so. */
class World {
  readonly shown: number[] = [];
  readonly acknowledged: number[] = [];
  readonly gaps: number[] = [];
  readonly waiting: Write[] = [];
  readonly frames: (() => void)[] = [];
  now = 0;
  readonly flow = new OutputFlow({
    write: (bytes, written) => this.waiting.push({ bytes, written }),
    acknowledge: (position) => this.acknowledged.push(position),
    onGap: (missing) => this.gaps.push(missing),
    beforeNextFrame: (run) => this.frames.push(run),
    now: () => this.now,
  });

  /** The terminal takes in what it was handed, which takes it so long. */
  take(ms = 0): boolean {
    const write = this.waiting.shift();
    if (write === undefined) return false;
    for (const byte of write.bytes) this.shown.push(byte);
    this.now += ms;
    write.written();
    return true;
  }

  frame(): void {
    this.now += 16;
    for (const run of this.frames.splice(0)) run();
  }

  finish(): void {
    while (this.take() || this.frames.length > 0) this.frame();
  }
}

const bytes = (length: number, first = 0) => Uint8Array.from({ length }, (_, index) => (first + index) % 251);

Deno.test("output is shown at once, and acknowledged once it was taken in", () => {
  const world = new World();
  world.flow.receive(0, bytes(10));
  assert.equal(world.waiting.length, 1);
  assert.deepEqual(world.acknowledged, []);
  world.take();
  assert.deepEqual(world.acknowledged, [10]);
  assert.equal(world.flow.received, 10);
});

Deno.test("a flood is shown in batches, for a part of each frame", () => {
  const world = new World();
  for (let at = 0; at < 1_000_000; at += 50_000) world.flow.receive(at, bytes(50_000, at));
  let [most, frames] = [0, 0];
  while (world.waiting.length > 0 || world.frames.length > 0) {
    const startMs = world.now;
    while (world.waiting.length > 0) {
      assert.equal(world.waiting.length, 1, "one batch at a time is handed over");
      assert.ok((world.waiting[0]?.bytes.length ?? 0) <= 65_536);
      world.take(3);
    }
    most = Math.max(most, world.now - startMs);
    frames += 1;
    world.frame();
  }
  assert.equal(world.shown.length, 1_000_000);
  assert.ok(most <= 25, `${most} ms of one frame`);
  assert.ok(frames >= 3);
  assert.equal(world.acknowledged.at(-1), 1_000_000);
});

Deno.test("what comes again after a new attachment is shown once", () => {
  const world = new World();
  world.flow.receive(0, bytes(100));
  world.finish();
  world.flow.attached();
  world.flow.receive(60, bytes(100, 60));
  world.finish();
  assert.deepEqual(world.shown, [...bytes(160)]);
  assert.deepEqual(world.gaps, []);
});

Deno.test("a new attachment is told how far we are, though nothing new has come", () => {
  const world = new World();
  world.flow.receive(0, bytes(100));
  world.finish();
  world.acknowledged.length = 0;
  world.flow.attached();
  assert.deepEqual(world.acknowledged, [100]);
});

Deno.test("what was forgotten meanwhile is a gap, and what waited is shown before it", () => {
  const world = new World();
  world.flow.receive(0, bytes(10));
  world.flow.receive(10, bytes(10, 10));
  world.flow.receive(50, bytes(10, 50));
  assert.deepEqual(world.gaps, [30]);
  world.finish();
  assert.deepEqual(world.shown, [...bytes(20), ...bytes(10, 50)]);
  assert.equal(world.acknowledged.at(-1), 60);
});

Deno.test("the first output may begin anywhere: older was forgotten before we came", () => {
  const world = new World();
  world.flow.receive(5_000, bytes(10));
  world.finish();
  assert.deepEqual([world.gaps, world.acknowledged], [[], [5_010]]);
});

Deno.test("what was printed before we attached is told apart to the byte", () => {
  const world = new World();
  world.flow.replayUntil(100);
  world.flow.receive(0, bytes(150));
  assert.equal(world.waiting[0]?.bytes.length, 100);
  assert.equal(world.flow.isReplaying, true);
  world.take();
  assert.equal(world.flow.isReplaying, false);
  assert.equal(world.waiting[0]?.bytes.length, 50);
});

Deno.test("after the end nothing is shown any more", () => {
  const world = new World();
  world.flow.receive(0, bytes(10));
  world.flow.end();
  world.take();
  world.flow.receive(10, bytes(10));
  assert.deepEqual([world.acknowledged, world.waiting.length], [[], 0]);
});

Deno.test("however output is cut and repeated, each byte is shown once and in order", () => {
  const attachment = fc.record({
    back: fc.nat({ max: 300 }),
    cuts: fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 6 }),
  });
  fc.assert(
    fc.property(fc.array(attachment, { minLength: 1, maxLength: 8 }), fc.array(fc.nat({ max: 3 })), (plan, pace) => {
      const world = new World();
      let paceAt = 0;
      for (const { back, cuts } of plan) {
        world.flow.attached();
        let at = Math.max(0, world.flow.received - back);
        for (const length of cuts) {
          world.flow.receive(at, bytes(length, at));
          at += length;
          for (let count = pace[paceAt++ % Math.max(1, pace.length)] ?? 0; count > 0; count -= 1) {
            if (!world.take(5)) world.frame();
          }
        }
      }
      world.finish();
      assert.deepEqual(world.shown, [...bytes(world.flow.received)]);
      if (world.flow.received > 0) assert.equal(world.acknowledged.at(-1), world.flow.received);
      assert.equal(world.flow.waitingBytes, 0);
    }),
  );
});
