import assert from "node:assert/strict";
import fc from "fast-check";
import { AppError, systemClock } from "../../core/mod.ts";
import { cut, linkPair, settle } from "../../../tests/helpers/tunnel_pair.ts";
import type { StreamObserver, YamuxStream } from "./stream.ts";
import { YamuxSession } from "./yamux_session.ts";

type Side = "client" | "server";

/** The byte at a place of what a side sends on a stream, so that any loss, swap or repetition shows. */
const byteAt = (side: Side, id: number, at: number) =>
  (at * 7 + (at >>> 8) * 3 + id * 31 + (side === "client" ? 1 : 0)) & 255;

/** One end of a stream, with what a correct one would have sent and got. */
class ModelEnd implements StreamObserver {
  sentBytes = 0;
  readBytes = 0;
  hasFinished = false;
  hasReset = false;
  error: AppError | null = null;
  readonly side: Side;
  readonly stream: YamuxStream;

  constructor(side: Side, stream: YamuxStream) {
    this.side = side;
    this.stream = stream;
    stream.observer = this;
  }

  onReadable(): void {}

  onBroken(error: AppError): void {
    assert.equal(this.error, null, "a stream breaks once");
    this.error = error;
  }

  write(bytes: number): void {
    if (this.hasFinished || this.stream.broken !== null) return;
    const chunk = Uint8Array.from({ length: bytes }, (_, at) => byteAt(this.side, this.stream.id, this.sentBytes + at));
    void this.stream.write(chunk);
    this.sentBytes += bytes;
  }

  finish(): void {
    this.hasFinished = true;
    this.stream.finish();
  }

  reset(): void {
    if (this.stream.isOver) return;
    this.hasReset = true;
    this.stream.reset(new AppError("cancelled", "a test broke it off"));
  }

  read(pieces: number): void {
    for (let piece = 0; piece < pieces; piece++) {
      const bytes = this.stream.take();
      if (bytes === null) return;
      const from: Side = this.side === "client" ? "server" : "client";
      for (const byte of bytes) assert.equal(byte, byteAt(from, this.stream.id, this.readBytes++));
    }
  }
}

const sideOf = fc.constantFrom<Side>("client", "server");
const steps = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant("open" as const), side: sideOf }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("write" as const),
      side: sideOf,
      stream: fc.nat(20),
      bytes: fc.oneof({ weight: 5, arbitrary: fc.nat(3000) }, { weight: 1, arbitrary: fc.nat(400_000) }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant("read" as const), side: sideOf, stream: fc.nat(20), pieces: fc.nat(9) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("finish" as const), side: sideOf, stream: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reset" as const), side: sideOf, stream: fc.nat(20) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("settle" as const) }) },
);
const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1000, max: 70_000 })), {
  minLength: 1,
  maxLength: 6,
});

class Model implements Disposable {
  readonly ends = new Map<number, { client?: ModelEnd; server?: ModelEnd }>();
  readonly sessions: Readonly<Record<Side, YamuxSession>>;

  constructor(cutSizes: readonly number[], maxQueued: number) {
    const links = linkPair({ split: (message) => cut(message, cutSizes), maxQueued });
    const session = (side: Side, at: 0 | 1) =>
      new YamuxSession(links[at], {
        role: side,
        maxStreams: 256,
        windowBytes: 256 * 1024,
        clock: systemClock,
        onStream: (stream) => this.#note(side, stream),
        onEnd: () => {},
      });
    this.sessions = { client: session("client", 0), server: session("server", 1) };
  }

  [Symbol.dispose](): void {
    for (const session of Object.values(this.sessions)) session.close(new AppError("cancelled", "the test is over"));
  }

  open(side: Side): void {
    this.#note(side, this.sessions[side].open());
  }

  all(): ModelEnd[] {
    return [...this.ends.values()].flatMap(({ client, server }) => [client, server].filter((end) => end !== undefined));
  }

  at(side: Side, stream: number): ModelEnd | undefined {
    return [...this.ends.values()][stream % this.ends.size]?.[side];
  }

  #note(side: Side, stream: YamuxStream): void {
    const ends = this.ends.get(stream.id) ?? {};
    assert.equal(ends[side], undefined, "no id comes twice");
    ends[side] = new ModelEnd(side, stream);
    this.ends.set(stream.id, ends);
  }
}

async function readAll(model: Model): Promise<void> {
  for (let before = -1, now = 0; before !== now;) {
    before = now;
    await settle(20);
    for (const end of model.all()) end.read(Infinity);
    now = model.all().reduce((sum, end) => sum + end.readBytes, 0);
  }
}

Deno.test("whatever both sides do, the bytes of each stream arrive complete and in order", async () => {
  const runs = fc.asyncProperty(
    fc.array(steps, { maxLength: 60, size: "max" }),
    cuts,
    fc.integer({ min: 1, max: 50 }),
    async (list, cutSizes, maxQueued) => {
      using model = new Model(cutSizes, maxQueued);
      for (const side of ["client", "server", "client"] as const) model.open(side);
      for (const step of list) {
        if (step.do === "settle") await settle(1);
        else if (step.do === "open") model.open(step.side);
        else {
          const end = model.at(step.side, step.stream);
          if (step.do === "write") end?.write(step.bytes);
          else if (step.do === "read") end?.read(step.pieces);
          else if (step.do === "finish") end?.finish();
          else end?.reset();
        }
      }
      await readAll(model);
      for (const end of model.all()) end.finish();
      await readAll(model);
      for (const { client, server } of model.ends.values()) checkEnds(client, server);
      assert.deepEqual([model.sessions.client.streamCount, model.sessions.server.streamCount], [0, 0]);
      assert.deepEqual([model.sessions.client.end, model.sessions.server.end], [null, null]);
    },
  );
  await fc.assert(runs, { numRuns: 100 });
});

function checkEnds(client: ModelEnd | undefined, server: ModelEnd | undefined): void {
  const wasReset = client?.hasReset === true || server?.hasReset === true;
  if (!wasReset) assert.ok(client !== undefined && server !== undefined, "a stream has two ends");
  for (const [from, to] of [[client, server], [server, client]]) {
    if (from === undefined || to === undefined) continue;
    if (wasReset) assert.ok(to.readBytes <= from.sentBytes);
    else {
      assert.equal(to.readBytes, from.sentBytes);
      assert.ok(to.stream.isAtEnd);
      assert.equal(to.error, null);
    }
  }
}

interface Two {
  readonly near: YamuxStream;
  readonly far: YamuxStream;
}

async function oneStream(use: (two: Two) => Promise<void>): Promise<void> {
  using model = new Model([100_000], 100);
  model.open("client");
  await settle();
  const [ends] = model.ends.values();
  const { client, server } = ends as { client: ModelEnd; server: ModelEnd };
  await use({ near: client.stream, far: server.stream });
}

Deno.test("a writer waits while the other side does not read, and goes on when it does", () =>
  oneStream(async ({ near, far }) => {
    let written = 0;
    const writing = (async () => {
      for (; written < 40; written++) await near.write(new Uint8Array(32 * 1024));
    })();
    await settle(20);
    const before = written;
    assert.ok(before < 12, `${before} chunks of 32 KiB went into a window of 256 KiB`);
    assert.equal(far.unreadBytes, 256 * 1024);
    while (written < 40) {
      while (far.take() !== null);
      await settle(1);
    }
    await writing;
  }));

Deno.test("what was sent whole before a reset can still be read, what was not cannot", async () => {
  await oneStream(async ({ near, far }) => {
    near.write(Uint8Array.of(1, 2, 3));
    near.finish();
    await settle();
    near.reset(new AppError("cancelled", "the asker has left"));
    await settle();
    assert.ok(far.broken !== null);
    assert.deepEqual(far.take(), Uint8Array.of(1, 2, 3));
    assert.ok(far.isAtEnd);
  });
  await oneStream(async ({ near, far }) => {
    near.write(Uint8Array.of(1, 2, 3));
    await settle();
    near.reset(new AppError("cancelled", "the asker has left"));
    await settle();
    assert.equal(far.take(), null);
    assert.ok(!far.isAtEnd && far.broken !== null);
  });
});

Deno.test("a stream whose reader wants no more takes its own side to the end and then breaks off", () =>
  oneStream(async ({ near, far }) => {
    far.write(Uint8Array.of(7));
    far.wantNoMore();
    near.write(Uint8Array.of(8));
    await settle();
    assert.equal(far.unreadBytes, 0);
    far.finish();
    await settle();
    assert.deepEqual(near.take(), Uint8Array.of(7));
    assert.ok(near.isAtEnd);
    assert.ok(near.broken !== null);
    assert.throws(() => near.write(Uint8Array.of(1)), near.broken);
  }));

Deno.test("writing after the end is a mistake of the writer", () =>
  oneStream(({ near }) => {
    near.finish();
    assert.throws(() => near.write(Uint8Array.of(1)), TypeError);
    return Promise.resolve();
  }));

Deno.test("who waits for room hears of the reset", () =>
  oneStream(async ({ near, far }) => {
    const room = near.write(new Uint8Array(1_000_000));
    await settle();
    far.reset(new AppError("cancelled", "enough"));
    await assert.rejects(async () => await room, { code: "unavailable" });
  }));
