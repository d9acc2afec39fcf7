import assert from "node:assert/strict";
import fc from "fast-check";
import { TERMINAL_WINDOW_BYTES } from "../../protocol/mod.ts";
import { GuestWindow, MIN_WINDOW_BYTES, QUEUE_MS, SURE_MS } from "./guest_window.ts";

/** What a screen takes in at once at most, and says so. */
const BATCH_BYTES = 8 * 1024;

interface Way {
  /** There and back. */
  readonly wayMs: number;
  /** Of the screen. */
  readonly bytesPerMs: number;
}

interface Sent {
  readonly end: number;
  readonly bytes: number;
  readonly sentMs: number;
}

/** Somebody who shows a flood, millisecond by millisecond; what is asked is how much he is sent, and how long that takes. */
class Flood {
  readonly window = new GuestWindow();
  readonly #onWay: { readonly atMs: number; readonly piece: Sent }[] = [];
  readonly #answers: { readonly atMs: number; readonly piece: Sent }[] = [];
  #nowMs = 0;
  #sent = 0;
  shown = 0;
  /** From sending to hearing that it was shown, at most. */
  longestMs = 0;
  #spareBytes = 0;

  run(ms: number, { wayMs, bytesPerMs }: Way): void {
    for (const end = this.#nowMs + ms; this.#nowMs < end; this.#nowMs++) {
      this.#send(wayMs);
      this.#show(wayMs, bytesPerMs);
      this.#hear();
    }
  }

  #send(wayMs: number): void {
    for (let room = this.#roomBytes(); room > 0; room = this.#roomBytes()) {
      const bytes = Math.min(room, BATCH_BYTES);
      this.#sent += bytes;
      this.window.sent(this.#sent, this.#sent - this.shown, this.#nowMs);
      this.#onWay.push({ atMs: this.#nowMs + wayMs / 2, piece: { end: this.#sent, bytes, sentMs: this.#nowMs } });
    }
  }

  #roomBytes(): number {
    return this.window.bytes(this.#nowMs) - (this.#sent - this.shown);
  }

  #show(wayMs: number, bytesPerMs: number): void {
    this.#spareBytes += bytesPerMs;
    for (let next = this.#onWay[0]; next !== undefined && next.atMs <= this.#nowMs; next = this.#onWay[0]) {
      if (this.#spareBytes < next.piece.bytes) return;
      this.#spareBytes -= next.piece.bytes;
      this.#onWay.shift();
      this.#answers.push({ atMs: this.#nowMs + wayMs / 2, piece: next.piece });
    }
    this.#spareBytes = 0; // it had nothing to do
  }

  #hear(): void {
    for (let next = this.#answers[0]; next !== undefined && next.atMs <= this.#nowMs; next = this.#answers[0]) {
      this.#answers.shift();
      this.shown = next.piece.end;
      this.longestMs = Math.max(this.longestMs, this.#nowMs - next.piece.sentMs);
      this.window.shown(this.shown, this.#nowMs);
    }
  }
}

const LONG_MS = 2.5 * SURE_MS;

Deno.test("whoever is fast or far away gets as much as ever fits, and nothing waits for long before a slow one", () => {
  const ways = fc.record({
    wayMs: fc.integer({ min: 0, max: 250 }),
    bytesPerMs: fc.integer({ min: 200, max: 60_000 }),
  });
  fc.assert(
    fc.property(ways, (way) => {
      const flood = new Flood();
      flood.run(LONG_MS, way);
      const shownPerMs = flood.shown / LONG_MS;
      const possiblePerMs = Math.min(way.bytesPerMs, (TERMINAL_WINDOW_BYTES - BATCH_BYTES) / (way.wayMs + 2));
      assert.ok(shownPerMs >= 0.8 * possiblePerMs, `${shownPerMs} of ${possiblePerMs} bytes in a millisecond`);
      const leastMs = way.wayMs + (MIN_WINDOW_BYTES + BATCH_BYTES) / way.bytesPerMs;
      assert.ok(
        flood.longestMs <= leastMs + QUEUE_MS + 2,
        `${flood.longestMs} ms, of which ${leastMs} cannot be helped`,
      );
    }),
    { numRuns: 40 },
  );
});

Deno.test("a way that gets longer is found out, and the flood is as fast on it as on one that always was", () => {
  const [near, far] = [{ wayMs: 4, bytesPerMs: 3_000 }, { wayMs: 200, bytesPerMs: 3_000 }];
  const flood = new Flood();
  flood.run(LONG_MS, near);
  flood.run(LONG_MS, far);
  const before = flood.shown;
  flood.run(LONG_MS, far);
  const always = new Flood();
  always.run(LONG_MS, far);
  const [changed, usual] = [flood.shown - before, always.shown];
  assert.ok(changed > 0.8 * usual, `${changed} bytes, and ${usual} where it always was`);
});

Deno.test("a screen that gets slow has little waiting for it soon", () => {
  const flood = new Flood();
  flood.run(2_000, { wayMs: 2, bytesPerMs: 20_000 });
  assert.equal(flood.window.bytes(2_000), TERMINAL_WINDOW_BYTES);
  flood.run(2_000, { wayMs: 2, bytesPerMs: 1_000 });
  flood.longestMs = 0;
  flood.run(2_000, { wayMs: 2, bytesPerMs: 1_000 });
  assert.ok(flood.longestMs <= 2 * QUEUE_MS, `${flood.longestMs} ms`);
});

Deno.test("one key that was echoed late does not take anything from a flood", () => {
  const [flood, usual] = [new Flood(), new Flood()];
  for (const [at, tookMs] of [5, 5, 400, 900, 5].entries()) {
    flood.window.sent(0, 1, (at - 5) * 1_000);
    flood.window.shown(0, (at - 5) * 1_000 + tookMs);
  }
  const way = { wayMs: 50, bytesPerMs: 20_000 };
  for (const each of [flood, usual]) each.run(2_000, way);
  assert.ok(flood.shown >= 0.95 * usual.shown, `${flood.shown} bytes, and ${usual.shown} without`);
  assert.equal(flood.window.bytes(2_000), TERMINAL_WINDOW_BYTES);
});

Deno.test("a first answer that is late, as a page is still being made, does not have much wait for long", () => {
  const flood = new Flood();
  flood.window.sent(0, 1, -500);
  flood.window.shown(0, 0);
  flood.run(2_000, { wayMs: 2, bytesPerMs: 1_000 });
  flood.longestMs = 0;
  flood.run(1_000, { wayMs: 2, bytesPerMs: 1_000 });
  const leastMs = MIN_WINDOW_BYTES / 1_000;
  assert.ok(flood.longestMs <= 1.25 * (leastMs + QUEUE_MS), `${flood.longestMs} ms`);
});

Deno.test("whatever comes when, it stays within its bounds", () => {
  const step = fc.record({
    isSent: fc.boolean(),
    position: fc.nat(2 ** 40),
    flightBytes: fc.nat(10 * TERMINAL_WINDOW_BYTES),
    waitMs: fc.nat(2 * SURE_MS),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const window = new GuestWindow();
      let nowMs = 0;
      for (const { isSent, position, flightBytes, waitMs } of steps) {
        nowMs += waitMs;
        if (isSent) window.sent(position, flightBytes, nowMs);
        else window.shown(position, nowMs);
        const bytes = window.bytes(nowMs);
        assert.ok(Number.isInteger(bytes) && bytes >= MIN_WINDOW_BYTES && bytes <= TERMINAL_WINDOW_BYTES, `${bytes}`);
      }
    }),
  );
});
