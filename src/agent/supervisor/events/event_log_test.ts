import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock, settle } from "../../../../tests/helpers/fake_clock.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import { inTempDir } from "../../../../tests/helpers/temp_dir.ts";
import type { ProcessEvent } from "../../../protocol/mod.ts";
import type { EventLimits } from "../store/store.ts";
import { DAY_MS, storeIn } from "../../../../tests/helpers/supervisor_store.ts";
import { EventLog, type EventToAdd } from "./event_log.ts";
import { listen } from "../../../../tests/helpers/event_listener.ts";

function logIn(dir: string, limits: EventLimits = { maxCount: 20_000, maxAgeMs: DAY_MS }) {
  const clock = new FakeClock();
  const { log, records } = recordingLog();
  const test = storeIn(dir, { clock, limits });
  const events = new EventLog({ store: test.store, clock, log });
  const end = () => {
    events.close();
    test.store.close();
  };
  return { events, clock, store: test.store, messages: () => records.map(({ msg }) => msg), [Symbol.dispose]: end };
}

const eventOf = (process: string, reason = ""): EventToAdd => ({
  process,
  kind: "state",
  level: "info",
  state: "running",
  reason,
});
const never = new AbortController().signal;
const seqsOf = (events: readonly ProcessEvent[]) => events.map(({ seq }) => seq);
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

Deno.test("an event has the time of now, unless it says another, and is listed with where to go on", () =>
  inTempDir((dir) => {
    using test = logIn(dir);
    const { events, clock } = test;
    assert.deepEqual(events.list({ limit: 9 }), { events: [], next: 0 });
    const first = events.add(eventOf("web"));
    const second = events.add({ ...eventOf("db"), timeMs: 5 });
    assert.deepEqual([first.timeMs, second.timeMs], [clock.nowMs(), 5]);
    assert.deepEqual(events.list({ limit: 9 }), { events: [first, second], next: 2 });
    assert.deepEqual(events.list({ limit: 9, process: "web" }), { events: [first], next: 2 });
    assert.deepEqual(events.list({ limit: 9, after: 2 }), { events: [], next: 2 });
    assert.deepEqual(seqsOf(events.list({ limit: 9, after: 700 }).events), [1, 2], "that was another list");
  }));

Deno.test("who subscribes is told each event in order, even when one of them adds another or fails", () =>
  inTempDir((dir) => {
    using test = logIn(dir);
    const { events } = test;
    const heard: number[] = [];
    events.subscribe(({ reason }) => void (reason === "first" && events.add(eventOf("web", "second"))));
    events.subscribe(() => {
      throw new Error("mine");
    });
    const leave = events.subscribe(({ seq }) => heard.push(seq));
    events.add(eventOf("web", "first"));
    events.add(eventOf("web", "third"));
    leave();
    events.add(eventOf("web", "fourth"));
    assert.deepEqual(heard, [1, 2, 3]);
    assert.equal(test.messages().filter((message) => message === "who was told of an event has failed").length, 4);
  }));

Deno.test("who listens gets what happens from now on, or from where it was", () =>
  inTempDir(async (dir) => {
    using test = logIn(dir);
    const { events } = test;
    for (let i = 0; i < 5; i++) events.add(eventOf("web"));
    const fromNow = listen(events.stream({}, never));
    const fromThree = listen(events.stream({ after: 3 }, never));
    const fromStart = listen(events.stream({ after: 0 }, never));
    const ofDb = listen(events.stream({ after: 0, process: "db" }, never));
    events.add(eventOf("db"));
    await settle();
    events.add(eventOf("web"));
    await settle();
    assert.deepEqual(seqsOf(fromNow.events), [6, 7]);
    assert.deepEqual(seqsOf(fromThree.events), [4, 5, 6, 7]);
    assert.deepEqual(seqsOf(fromStart.events), upTo(7));
    assert.deepEqual(seqsOf(ofDb.events), [6]);
    assert.deepEqual(fromStart.ids, upTo(7).map(String));
    assert.deepEqual([fromNow, fromThree, fromStart, ofDb].flatMap(({ missed }) => missed), []);
    for (const listener of [fromNow, fromThree, fromStart, ofDb]) await listener.leave();
    assert.equal(events.listeners, 0);
  }));

Deno.test("a slow reader gets every event that is kept, and little waits for it", () =>
  inTempDir(async (dir) => {
    using test = logIn(dir);
    const { events } = test;
    const slow = listen(events.stream({ process: "web" }, never), { isPaused: true });
    for (let i = 1; i <= 2_000; i++) events.add(eventOf(i % 2 === 0 ? "web" : "db"));
    await settle();
    slow.resume();
    await slow.until(() => slow.events.length >= 1_000);
    events.add(eventOf("web"));
    await slow.until(() => slow.events.length >= 1_001);
    assert.deepEqual(seqsOf(slow.events), [...upTo(1_000).map((n) => n * 2), 2_001]);
    assert.deepEqual(slow.missed, []);
    await slow.leave();
  }));

Deno.test("who was so slow that events were forgotten is told up to which, and gets the rest", () =>
  inTempDir(async (dir) => {
    using test = logIn(dir, { maxCount: 100, maxAgeMs: DAY_MS });
    const { events, store } = test;
    const slow = listen(events.stream({}, never), { isPaused: true });
    for (let i = 1; i <= 1_000; i++) events.add(eventOf("web"));
    slow.resume();
    await slow.until(() => slow.events.at(-1)?.seq === 1_000);
    const got = seqsOf(slow.events);
    const waited = got.findIndex((seq, i) => seq !== i + 1);
    assert.ok(waited > 0 && waited <= 64, `${waited} had waited`);
    assert.deepEqual(got, [...upTo(waited), ...upTo(1_000, store.completeFrom())]);
    assert.deepEqual(slow.missed, [store.completeFrom() - 1]);
    await slow.leave();
  }));

Deno.test("who comes back after its place was forgotten, or with a place in another list, is told", () =>
  inTempDir(async (dir) => {
    using test = logIn(dir, { maxCount: 100, maxAgeMs: DAY_MS });
    const { events } = test;
    for (let i = 1; i <= 150; i++) events.add(eventOf("web"));
    const late = listen(events.stream({ after: 10 }, never));
    const stranger = listen(events.stream({ after: 9_999 }, never));
    const all = listen(events.stream({ after: 0 }, never));
    await late.until(() => late.events.length === 100);
    await stranger.until(() => stranger.events.length === 100);
    await all.until(() => all.events.length === 100);
    assert.deepEqual([late.missed, stranger.missed, all.missed], [[50], [0], []]);
    for (const listener of [late, stranger, all]) await listener.leave();
  }));

Deno.test("no event is lost or doubled between history and what happens now, however slowly it is read", () =>
  inTempDir(async (base) => {
    let count = 0;
    const step = fc.oneof(
      fc.record({ add: fc.integer({ min: 1, max: 90 }) }),
      fc.record({ read: fc.integer({ min: 1, max: 40 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(80), fc.nat(80), fc.array(step, { maxLength: 15 }), async (before, after, steps) => {
        const dir = `${base}/${count++}`;
        Deno.mkdirSync(dir);
        using test = logIn(dir);
        for (let i = 0; i < before; i++) test.events.add(eventOf("web"));
        const from = Math.min(before, after);
        const listener = listen(test.events.stream({ after: from }, never), { isPaused: true });
        let last = before;
        for (const each of steps) {
          if ("add" in each) { for (let i = 0; i < each.add; i++, last++) test.events.add(eventOf("web")); }
          else await listener.read(Math.min(each.read, last - from - listener.events.length));
        }
        listener.resume();
        await listener.until(() => listener.events.length >= last - from);
        await settle();
        assert.deepEqual(seqsOf(listener.events), upTo(last, from + 1));
        assert.deepEqual(listener.missed, []);
        await listener.leave();
      }),
      { numRuns: 40 },
    );
  }));

Deno.test("streams are kept alive, and end with the caller, with the log, and leave no timer", () =>
  inTempDir(async (dir) => {
    using test = logIn(dir);
    const { events, clock } = test;
    const caller = new AbortController();
    const called = listen(events.stream({}, caller.signal));
    const other = listen(events.stream({}, never));
    await clock.advance(30_000);
    assert.deepEqual([called.comments, other.comments], [["keep-alive", "keep-alive"], ["keep-alive", "keep-alive"]]);
    caller.abort();
    await called.ended;
    assert.equal(events.listeners, 1);
    events.close();
    await other.ended;
    await settle();
    assert.deepEqual([events.listeners, clock.sleeping], [0, 0]);
    await listen(events.stream({}, caller.signal)).ended;
    assert.deepEqual([events.listeners, clock.sleeping], [0, 0], "who had gone before is not waited for");
    const again = listen(events.stream({}, never));
    assert.equal(clock.sleeping, 1);
    await again.leave();
    assert.equal(clock.sleeping, 0);
  }));

Deno.test("there is a limit to how many may listen", () =>
  inTempDir((dir) => {
    using test = logIn(dir);
    for (let i = 0; i < 64; i++) test.events.stream({}, never);
    assert.throws(() => test.events.stream({}, never), { code: "rate_limited" });
  }));
