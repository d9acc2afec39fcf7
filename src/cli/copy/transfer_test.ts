import assert from "node:assert/strict";
import fc from "fast-check";
import { AppError, type Clock } from "../../core/mod.ts";
import type { Sink, Source } from "./contract.ts";
import { transfer } from "./transfer.ts";

const CONTENT = new Uint8Array(5_000).map((_, at) => (at * 31 + (at >> 8)) & 255);

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** Gives the content in pieces, and breaks after so many bytes each time that it is opened. */
function source(content: Uint8Array<ArrayBuffer>, breaks: number[], digest?: string): Source & { opened: number[] } {
  const opened: number[] = [];
  return {
    opened,
    sizeBytes: content.length,
    open(offset) {
      opened.push(offset);
      const end = offset + (breaks.shift() ?? Infinity);
      let at = offset;
      return Promise.resolve(
        new ReadableStream({
          pull(controller) {
            if (at >= end) return controller.error(new TypeError("the connection broke"));
            if (at >= content.length) return controller.close();
            const next = Math.min(at + 700, content.length, end);
            controller.enqueue(content.slice(at, next));
            at = next;
          },
        }),
      );
    },
    digest: async () => digest ?? await sha256(content),
  };
}

/** Keeps what comes, but for what is still on its way when the connection breaks. */
function sink(lost: number, finished: (sha256: string) => void = () => {}) {
  let kept = new Uint8Array(0);
  const told: { abandoned?: boolean } = {};
  const made: Sink & { kept(): Uint8Array; told: typeof told } = {
    told,
    kept: () => kept,
    received: () => Promise.resolve(kept.length),
    async *earlier() {
      if (kept.length > 0) yield await Promise.resolve(kept);
    },
    async write(offset, content) {
      assert.equal(offset, kept.length);
      try {
        for await (const chunk of content) kept = new Uint8Array([...kept, ...chunk]);
      } catch (error) {
        kept = kept.slice(0, Math.max(offset, kept.length - lost));
        throw error;
      }
    },
    finish(_, digest) {
      finished(digest);
      return Promise.resolve();
    },
    abandon(isHopeless) {
      told.abandoned = isHopeless;
      return Promise.resolve();
    },
  };
  return made;
}

/** Waits are over at once, and have taken their time. */
function hastyClock(): Clock {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep(ms, signal) {
      nowMs += ms;
      return signal?.aborted === true ? Promise.reject(signal.reason) : Promise.resolve();
    },
  };
}

function options(more: Partial<Parameters<typeof transfer>[2]> = {}) {
  const signal = new AbortController().signal;
  const quiet = { onBytes: () => {}, onBroken: () => {} };
  return { clock: hastyClock(), random: () => 1, signal, patienceMs: 60_000, ...quiet, ...more };
}

Deno.test("however often the connection breaks, and whatever is lost by that, all comes once and is checked", async () => {
  const breaks = fc.array(fc.integer({ min: 1, max: 3_000 }), { maxLength: 6 });
  await fc.assert(fc.asyncProperty(breaks, fc.integer({ min: 0, max: 900 }), async (given, lost) => {
    let told = "";
    const to = sink(lost, (digest) => void (told = digest));
    const bytes = await transfer(source(CONTENT, [...given]), to, options());
    assert.deepEqual([bytes, to.kept(), told], [CONTENT.length, CONTENT, await sha256(CONTENT)]);
    assert.equal(to.told.abandoned, undefined);
  }));
});

Deno.test("what an earlier run has left is gone on with, and is part of the digest", async () => {
  let told = "";
  const to = sink(0, (digest) => void (told = digest));
  await assert.rejects(to.write(0, await source(CONTENT, [2_000]).open(0, options().signal), options().signal));
  const from = source(CONTENT, []);
  await transfer(from, to, options());
  assert.deepEqual([from.opened, told], [[2_000], await sha256(CONTENT)]);
});

Deno.test("what has come and is not what is there is thrown away", async () => {
  const to = sink(0);
  await assert.rejects(transfer(source(CONTENT, [], "0".repeat(64)), to, options()), { code: "conflict" });
  assert.equal(to.told.abandoned, true);
});

Deno.test("it is given up when nothing has come for long, and what has come is kept for another run", async () => {
  const to = sink(0);
  const reasons: string[] = [];
  const dead: Source = {
    ...source(CONTENT, []),
    open: () => Promise.reject(new AppError("host_offline", "web-1 is away")),
  };
  const trying = transfer(dead, to, options({ onBroken: (reason) => void reasons.push(reason) }));
  await assert.rejects(trying, { code: "host_offline" });
  assert.deepEqual([to.told.abandoned, new Set(reasons)], [false, new Set(["web-1 is away"])]);
  assert.ok(reasons.length > 3 && reasons.length < 30, String(reasons.length));
});

Deno.test("what would fail again is not tried again", async () => {
  const to = sink(0);
  let tries = 0;
  const refusing: Source = {
    ...source(CONTENT, []),
    open() {
      tries++;
      return Promise.reject(new AppError("forbidden", "no"));
    },
  };
  await assert.rejects(transfer(refusing, to, options()), { code: "forbidden" });
  assert.deepEqual([tries, to.told.abandoned], [1, true]);
});

Deno.test("an interrupt leaves what has come", async () => {
  const interrupt = new AbortController();
  const to = sink(0);
  const endless: Source = {
    ...source(CONTENT, []),
    open: () => (interrupt.abort(), Promise.reject(new TypeError("x"))),
  };
  await assert.rejects(transfer(endless, to, options({ signal: interrupt.signal })), { name: "AbortError" });
  assert.equal(to.told.abandoned, false);
});
