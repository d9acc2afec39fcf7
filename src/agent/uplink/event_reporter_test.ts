import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock, settle } from "../../../tests/helpers/fake_clock.ts";
import { recordingLog } from "../../../tests/helpers/recording_log.ts";
import { AppError } from "../../core/mod.ts";
import { MAX_EVENTS, type ProcessEvent } from "../../protocol/mod.ts";
import { EventReporter } from "./event_reporter.ts";

const event = (seq: number, reason = "r"): ProcessEvent => ({
  ...{ seq, timeMs: seq, process: "a", kind: "state", level: "info", state: "running", reason },
});

/** A host's events and a manager that takes them, unless a test says otherwise. */
function host(events: ProcessEvent[], seq = 0, take: (events: readonly ProcessEvent[]) => unknown = takeAll) {
  const clock = new FakeClock();
  const over = new AbortController();
  const { log, records } = recordingLog();
  const taken: number[] = [];
  const requests: number[] = [];
  const manager = { take };
  const reporter = new EventReporter(seq, {
    ...{ clock, log, random: () => 1 },
    processes: {
      briefs: () => [],
      eventsAfter: (after, limit) => ({
        events: events.filter(({ seq }) => seq > after).slice(0, limit),
        last: events.at(-1)?.seq ?? 0,
      }),
      onEvent: () => () => {},
    },
    call(_path, body) {
      const { events: sent } = body as { events: ProcessEvent[] };
      requests.push(sent.length);
      return Promise.try(() => {
        const answer = manager.take(sent) as { eventSeq: number };
        taken.push(...sent.filter(({ seq }) => seq <= answer.eventSeq).map(({ seq }) => seq));
        return answer;
      });
    },
  });
  const running = reporter.run(over.signal);
  const end = async () => {
    over.abort();
    await running;
    assert.equal(clock.sleeping, 0);
  };
  return { clock, reporter, manager, taken, requests, records, end };
}

const takeAll = (events: readonly ProcessEvent[]): unknown => ({ eventSeq: events.at(-1)?.seq ?? 0 });
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, at) => first + at);

Deno.test("what the manager lacks is told in parts, then what happens as it happens", async () => {
  const events = upTo(1_200).map((seq) => event(seq));
  const test = host(events, 100);
  await settle();
  assert.deepEqual(test.taken, upTo(1_200, 101));
  assert.deepEqual(test.requests, [MAX_EVENTS, MAX_EVENTS, 100]);
  events.push(event(1_201));
  test.reporter.wake();
  await settle();
  assert.equal(test.taken.at(-1), 1_201);
  await test.end();
});

Deno.test("large events go in requests that anybody takes, one at least", async () => {
  const test = host(upTo(6).map((seq) => event(seq, "ä".repeat(30_000))));
  await settle();
  assert.deepEqual([test.taken, test.requests], [upTo(6), [2, 2, 2]]);
  await test.end();
  const huge = host([event(1, "x".repeat(1_000_000)), event(2)]);
  await settle();
  assert.deepEqual(huge.requests, [1, 1]);
  await huge.end();
});

Deno.test("a manager that does not take them is asked again, ever later, and told to the log once", async () => {
  const test = host([event(1)], 0, () => {
    throw new AppError("unavailable", "not now");
  });
  await test.clock.advance(500_000);
  const tries = test.requests.length;
  assert.ok(tries >= 10 && tries <= 15, `${tries} tries`);
  assert.equal(test.records.filter(({ level }) => level === "warn").length, 1);
  test.manager.take = () => ({ eventSeq: 0 }); // takes none of them, which is no success either
  await test.clock.advance(120_000);
  assert.deepEqual(test.taken, []);
  test.manager.take = () => ({ eventSeq: 1 });
  await test.clock.advance(60_000);
  assert.deepEqual(test.taken, [1]);
  await test.end();
});

Deno.test("a manager that counts further than this host is told what comes after, and the log knows", async () => {
  const events = [event(1)];
  const test = host(events, 5);
  await settle();
  assert.deepEqual([test.requests, test.records.length], [[], 1]);
  events.push(...upTo(7, 2).map((seq) => event(seq)));
  test.reporter.wake();
  await settle();
  assert.deepEqual(test.taken, [6, 7]);
  await test.end();
});

Deno.test("property: whatever part of a request the manager takes, it gets every event once, in order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(2_000), fc.array(fc.nat(600), { minLength: 1 }), async (count, shares) => {
      let turn = 0;
      const test = host(upTo(count).map((seq) => event(seq)), 0, (sent) => {
        const share = shares[turn++ % shares.length] ?? 0;
        return { eventSeq: sent[Math.min(share, sent.length - 1)]?.seq ?? 0 };
      });
      for (let rounds = 0; test.taken.length < count && rounds < 3_000; rounds++) await test.clock.advance(60_000);
      assert.deepEqual(test.taken, upTo(count));
      await test.end();
    }),
    { numRuns: 30 },
  );
});
