import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../tests/helpers/fake_clock.ts";
import { AppError } from "../../core/mod.ts";
import type { ServerEvent } from "../../http/mod.ts";
import type { LogLine } from "../../protocol/mod.ts";
import { type FollowerOptions, LogFollower } from "./follower.ts";

const lineOf = (text: string): ServerEvent => ({ event: "line", data: JSON.stringify({ file: "stdout", text }) });
const gone = new AppError("not_running", "not there");

/** Streams that a test feeds. Each time the follower asks, it gets the next. */
class Streams {
  readonly asked: number[] = [];
  readonly printed: string[] = [];
  readonly notes: string[] = [];
  readonly clock = new FakeClock();
  readonly #end = new AbortController();
  #current = Promise.withResolvers<IteratorResult<ServerEvent[], void>>();
  readonly #refusals: AppError[];

  constructor(refusals: readonly AppError[] = []) {
    this.#refusals = [...refusals];
  }

  follow(options: Partial<FollowerOptions> = {}): Promise<never> {
    return new LogFollower({
      events: (lines, signal, onOpen) => this.#events(lines, signal, onOpen),
      lines: 100,
      print: ({ text }: LogLine) => void this.printed.push(text),
      clock: this.clock,
      random: () => 0,
      signal: this.#end.signal,
      note: (text) => void this.notes.push(text),
      ...options,
    }).run();
  }

  refuse(...refusals: AppError[]): void {
    this.#refusals.push(...refusals);
  }

  async *#events(lines: number, signal: AbortSignal, onOpen: () => void): AsyncGenerator<ServerEvent, void> {
    this.asked.push(lines);
    const refusal = this.#refusals.shift();
    if (refusal !== undefined) throw refusal;
    onOpen();
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    for (;;) {
      const { done, value } = await Promise.race([this.#current.promise, aborted]);
      this.#current = Promise.withResolvers();
      if (done) return;
      yield* value;
    }
  }

  async send(...texts: string[]): Promise<void> {
    this.#current.resolve({ done: false, value: texts.map(lineOf) });
    await settle();
  }

  async endStream(): Promise<void> {
    this.#current.resolve({ done: true, value: undefined });
    await settle();
  }

  async stop(running: Promise<never>): Promise<void> {
    this.#end.abort(new AppError("cancelled", "Interrupted"));
    await assert.rejects(running, /Interrupted/);
    assert.equal(this.clock.sleeping, 0);
  }
}

Deno.test("lines are printed as they come", async () => {
  const streams = new Streams();
  const running = streams.follow();
  await streams.send("a", "b");
  assert.deepEqual([streams.printed, streams.asked], [["a", "b"], [100]]);
  await streams.stop(running);
});

Deno.test("after a restart of the agent it goes on where it was, and says so only if it took a while", async () => {
  const streams = new Streams();
  const running = streams.follow();
  await streams.send("1", "2", "3");
  await streams.endStream();
  await streams.clock.advance(200);
  await streams.send("1", "2", "3", "4"); // what was written while nobody listened comes with what was before
  assert.deepEqual(streams.printed, ["1", "2", "3"]);
  await streams.clock.advance(300);
  await streams.send("5");
  assert.deepEqual([streams.printed, streams.notes], [["1", "2", "3", "4", "5"], []]);

  streams.refuse(gone, gone, gone);
  await streams.endStream();
  await streams.clock.advance(5_000);
  assert.deepEqual(streams.notes, ["the agent does not answer; waiting for it", "the agent answers again"]);
  await streams.send("4", "5", "6");
  await streams.endStream(); // what came is shown even if the stream ends before the pause
  assert.deepEqual(streams.printed.at(-1), "6");
  assert.deepEqual(streams.asked, [100, 1_000, 1_000, 1_000, 1_000, 1_000]);
  await streams.stop(running);
});

Deno.test("a flood after a restart is not held back for long", async () => {
  const streams = new Streams();
  const running = streams.follow();
  await streams.send("old");
  await streams.endStream();
  await streams.clock.advance(200);
  await streams.send(...Array.from({ length: 1_200 }, (_, index) => `new ${index}`));
  assert.equal(streams.printed.length, 1_201);
  assert.deepEqual(streams.notes, ["more was written meanwhile than is shown here"]);
  await streams.stop(running);
});

Deno.test("what was shown already is not shown again, and without lines of before none are asked for", async () => {
  const streams = new Streams();
  const running = streams.follow({ shown: [{ file: "stdout", text: "a" }], lines: 0 });
  await streams.send("a", "b");
  await streams.clock.advance(300);
  assert.deepEqual(streams.printed, ["b"]);
  await streams.stop(running);

  for (const options of [{ lines: 0 }, { lines: 0, shown: [] }]) {
    const silent = new Streams();
    const waiting = silent.follow(options);
    await settle();
    await silent.endStream();
    await silent.clock.advance(200);
    assert.deepEqual(silent.asked, [0, 0]);
    await silent.stop(waiting);
  }
});

Deno.test("what waiting does not mend is told: no agent at first, a process that is removed, a full disk", async () => {
  await assert.rejects(new Streams([gone]).follow(), gone);
  const removed = new AppError("not_found", "There is no process web");
  const streams = new Streams();
  const running = streams.follow();
  await streams.send("a");
  streams.refuse(gone, removed);
  await streams.endStream();
  const ended = assert.rejects(running, removed);
  await streams.clock.advance(1_000);
  await ended;

  const full = new Streams();
  const print = () => {
    throw new Error("No space left on device");
  };
  const writing = full.follow({ print, shown: [{ file: "stdout", text: "a" }] });
  const failed = assert.rejects(writing, /No space left/);
  await full.send("b");
  await full.clock.advance(300);
  await failed;
});
