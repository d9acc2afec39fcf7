import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../../../tests/helpers/fake_clock.ts";
import { type FollowedLine, Follower, type FollowState } from "./follower.ts";

/** A log of a host that can be written to, whose streams can be broken. */
class Log {
  readonly lines: FollowedLine[] = [];
  readonly streams = new Set<{ push: (line: FollowedLine) => void; end: (error: Error | null) => void }>();
  readonly asked: number[] = [];

  write(...texts: readonly string[]): void {
    for (const text of texts) {
      const line = { file: text.startsWith("!") ? "stderr" : "stdout", text };
      this.lines.push(line);
      for (const stream of this.streams) stream.push(line);
    }
  }
  break(error: Error | null = null): void {
    for (const stream of [...this.streams]) stream.end(error);
    this.streams.clear();
  }
  latest(count: number): FollowedLine[] {
    return this.lines.slice(-count);
  }
  async *stream(count: number, signal: AbortSignal): AsyncGenerator<FollowedLine, void> {
    this.asked.push(count);
    const queue = this.latest(count);
    let wake = Promise.withResolvers<void>();
    let ended: { error: Error | null } | null = null;
    const stream = {
      push: (line: FollowedLine) => {
        queue.push(line);
        wake.resolve();
      },
      end: (error: Error | null) => {
        ended = { error };
        wake.resolve();
      },
    };
    const onAbort = () => stream.end(null);
    signal.addEventListener("abort", onAbort);
    this.streams.add(stream);
    try {
      while (true) {
        const next = queue.shift();
        if (next !== undefined) yield next;
        else if (ended !== null) {
          const { error } = ended as { error: Error | null };
          if (error !== null) throw error;
          return;
        } else {
          await wake.promise;
          wake = Promise.withResolvers();
        }
      }
    } finally {
      this.streams.delete(stream);
    }
  }
}

class World {
  readonly clock = new FakeClock();
  readonly log = new Log();
  readonly shown: string[] = [];
  readonly gaps: string[] = [];
  readonly states: FollowState["kind"][] = [];
  readonly follower: Follower;
  isFinal = false;

  constructor({ isPolled = false }: { isPolled?: boolean } = {}) {
    this.follower = new Follower({
      stream: (lines, signal) => this.log.stream(lines, signal),
      ...(isPolled && { poll: (lines: number) => Promise.resolve(this.log.latest(lines)) }),
      onLines: (lines) => this.shown.push(...lines.map(({ text }) => text)),
      onGap: (file) => this.gaps.push(file),
      onState: ({ kind }) => this.states.push(kind),
      problemOf: (error) => ({ reason: String(error), isFinal: this.isFinal }),
      sleep: (ms, signal) => this.clock.sleep(ms, signal),
      now: () => this.clock.monotonicMs(),
      random: () => 1,
      firstLines: 3,
    });
  }
  /** Runs the test while it follows, and makes sure that nothing is left behind. */
  async follow(during: () => Promise<void>): Promise<void> {
    const running = this.follower.run();
    await this.clock.advance(300);
    await during();
    this.follower.stop();
    await this.clock.advance(0);
    await running;
    assert.equal(this.clock.sleeping, 0);
    assert.equal(this.log.streams.size, 0);
  }
}

Deno.test("the latest lines come first, then each as it is written", async () => {
  const world = new World();
  world.log.write("1", "2", "3", "4");
  await world.follow(async () => {
    assert.deepEqual(world.shown, ["2", "3", "4"]);
    world.log.write("5");
    await settle();
    assert.deepEqual(world.shown, ["2", "3", "4", "5"]);
    assert.deepEqual(world.states, ["connecting", "live"]);
  });
});

Deno.test("after a break nothing is lost and nothing comes twice", async () => {
  const world = new World();
  world.log.write("1", "!a", "2");
  await world.follow(async () => {
    world.log.write("3");
    await settle();
    world.log.break();
    await settle();
    world.log.write("!b", "4");
    await world.clock.advance(1_500);
    world.log.write("5");
    await settle();
    assert.deepEqual(world.shown, ["1", "!a", "2", "3", "!b", "4", "5"]);
    assert.deepEqual(world.gaps, []);
    assert.deepEqual(world.states, ["connecting", "live", "waiting", "connecting", "live"]);
  });
});

Deno.test("where too much was written meanwhile, the gap is told", async () => {
  const world = new World();
  world.log.write("1");
  await world.follow(async () => {
    world.log.break();
    await settle();
    world.log.write(...Array.from({ length: 1_500 }, (_, index) => `new ${index}`));
    await world.clock.advance(2_000);
    assert.deepEqual(world.gaps, ["stdout"]);
    assert.equal(world.shown.length, 1_001);
    assert.equal(world.shown.at(-1), "new 1499");
  });
});

Deno.test("a failure that nothing will mend ends it, any other is tried again, each time later", async () => {
  const world = new World();
  world.log.write("1");
  await world.follow(async () => {
    for (let count = 0; count < 3; count += 1) {
      world.log.break(new Error("broken"));
      await world.clock.advance(1_500);
      assert.equal(world.states.at(-1), "live", "a connection that came about starts the waiting anew");
    }
    world.isFinal = true;
    world.log.break(new Error("no such process"));
    await settle();
    assert.equal(world.states.at(-1), "failed");
  });
});

Deno.test("a log that is polled is followed as well", async () => {
  const world = new World({ isPolled: true });
  world.log.write("1", "2");
  await world.follow(async () => {
    assert.deepEqual(world.shown, ["1", "2"]);
    world.log.write("3", "!x");
    await world.clock.advance(2_000);
    assert.deepEqual(world.shown, ["1", "2", "3", "!x"]);
    await world.clock.advance(10_000);
    assert.deepEqual(world.shown, ["1", "2", "3", "!x"]);
    assert.equal(world.states.at(-1), "polled");
  });
});

Deno.test("stopping while it waits ends it at once", async () => {
  const world = new World();
  await world.follow(async () => {
    world.log.break(new Error("broken"));
    await settle();
    assert.equal(world.states.at(-1), "waiting");
  });
});
