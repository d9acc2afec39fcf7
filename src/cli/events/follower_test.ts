import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../tests/helpers/fake_clock.ts";
import { AppError } from "../../core/mod.ts";
import type { ServerEvent } from "../../http/mod.ts";
import type { ProcessEvent } from "../../protocol/mod.ts";
import { EventFollower } from "./follower.ts";

const eventOf = (seq: number): ProcessEvent => ({
  seq,
  timeMs: seq,
  process: "web",
  kind: "state",
  level: "info",
  state: "running",
  reason: "",
});
const sent = (...seqs: number[]): ServerEvent[] =>
  seqs.map((seq) => ({ event: "process", data: JSON.stringify(eventOf(seq)) }));
const MISSED: ServerEvent = { event: "missed", data: "{}" };

/** Follows streams that were written beforehand, until all have ended; gives the seqs that were printed. */
async function followed(
  { first, streams, kept = [], next }: {
    readonly first: readonly number[];
    readonly streams: readonly (readonly ServerEvent[])[];
    readonly kept?: readonly number[];
    readonly next: number;
  },
) {
  const end = new AbortController();
  const clock = new FakeClock();
  const [printed, asked, notes]: [number[], number[], string[]] = [[], [], []];
  const left = [...streams];
  const running = new EventFollower({
    first: { events: first.map(eventOf), next: Math.max(0, ...first) },
    list: (after) => Promise.resolve({ events: kept.filter((seq) => seq > after).map(eventOf), next }),
    next: () => Promise.resolve(next),
    events: async function* (after, _, onOpen) {
      asked.push(after);
      const events = left.shift();
      if (events === undefined) throw new AppError("not_running", "not there");
      await settle();
      onOpen();
      yield* events;
    },
    print: ({ seq }) => void printed.push(seq),
    clock,
    random: () => 0,
    signal: end.signal,
    note: (text) => void notes.push(text),
  }).run();
  const ended = assert.rejects(running, /enough/);
  while (asked.length <= streams.length) await clock.advance(100);
  end.abort(new AppError("cancelled", "enough"));
  await ended;
  assert.equal(clock.sleeping, 0);
  return { printed, asked, notes };
}

Deno.test("each event is shown once, over restarts of the agent", async () => {
  const streams = [sent(3, 4), sent(4, 5), sent(5, 6)];
  const { printed, asked } = await followed({ first: [1, 2, 3], streams, next: 6 });
  assert.deepEqual([printed, asked], [[1, 2, 3, 4, 5, 6], [3, 4, 5, 6]]);
});

Deno.test("what was missed is fetched before what comes next is shown", async () => {
  const streams = [[...sent(2), MISSED, ...sent(5, 6)]];
  const { printed, notes } = await followed({ first: [1], streams, kept: [1, 2, 3, 4, 5], next: 6 });
  assert.deepEqual([printed, notes.slice(0, 1)], [[1, 2, 3, 4, 5, 6], ["the agent does not answer; waiting for it"]]);
  const lost = await followed({ first: [1], streams: [[MISSED, ...sent(9)]], kept: [], next: 9 });
  assert.deepEqual([lost.printed, lost.notes[0]], [[1, 9], "some events are not kept any more"]);
});

Deno.test("an agent that counts anew is followed from its beginning", async () => {
  const { printed, asked, notes } = await followed({ first: [70], streams: [sent(71), sent(1, 2)], next: 2 });
  assert.deepEqual([printed, asked], [[70, 71, 1, 2], [70, 0, 2]]);
  assert.equal(notes[0], "the agent has begun a new list of events");
});
