import assert from "node:assert/strict";
import { InputPacer, MAX_INPUT_BYTES } from "./input_pacer.ts";

class World {
  readonly sent: Uint8Array[] = [];
  buffered = 0;
  next: (() => void) | null = null;
  readonly pacer = new InputPacer({
    send: (bytes) => this.sent.push(bytes),
    bufferedBytes: () => this.buffered,
    later: (run) => {
      this.next = run;
      return () => this.next = null;
    },
  });

  tick(): boolean {
    const { next } = this;
    this.next = null;
    next?.();
    return next !== null;
  }
}

Deno.test("what is typed goes at once", () => {
  const world = new World();
  assert.equal(world.pacer.put(new Uint8Array([97])), true);
  assert.deepEqual(world.sent, [new Uint8Array([97])]);
  assert.equal(world.next, null);
});

Deno.test("much goes in portions, none lost, and none while the browser has not sent what it has", () => {
  const world = new World();
  const much = Uint8Array.from({ length: 50_000 }, (_, index) => index % 256);
  world.pacer.put(much);
  assert.equal(world.sent.length, 1);
  world.buffered = 1_000_000;
  world.tick();
  assert.equal(world.sent.length, 1);
  world.buffered = 0;
  world.pacer.put(new Uint8Array([1, 2]));
  while (world.tick()) { /* until nothing waits */ }
  assert.deepEqual(world.sent.flatMap((portion) => [...portion]), [...much, 1, 2]);
  assert.ok(world.sent.every((portion) => portion.length <= 4_096));
});

Deno.test("Ctrl-C overtakes what waits and takes it back", () => {
  const world = new World();
  world.pacer.put(new Uint8Array(50_000));
  world.pacer.put(new Uint8Array([3]));
  assert.deepEqual(world.sent.at(-1), new Uint8Array([3]));
  assert.equal(world.pacer.waitingBytes, 0);
  assert.equal(world.tick(), false);
});

Deno.test("more than may wait is refused whole", () => {
  const world = new World();
  assert.equal(world.pacer.put(new Uint8Array(MAX_INPUT_BYTES + 1)), false);
  assert.equal(world.sent.length, 0);
});
