import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../tests/helpers/fake_clock.ts";
import { memoryStore } from "../../../tests/helpers/memory_store.ts";
import { recordingLog } from "../../../tests/helpers/recording_log.ts";
import { AppError } from "../../core/mod.ts";
import type { FleetEvent, NewFleetEvent } from "../../protocol/mod.ts";
import { Events, type EventsPage } from "./events.ts";
import type { EventStorePort } from "./ports.ts";

const never = new AbortController().signal;
const event = (message: string, hostId?: string): NewFleetEvent => ({
  timeMs: 1,
  kind: hostId === undefined ? "manager" : "host",
  level: "info",
  message,
  ...hostId !== undefined && { hostId },
});

function setUp(store: EventStorePort = memoryStore().events, options: { maxCount?: number; maxAgeMs?: number } = {}) {
  const clock = new FakeClock();
  const { log, records } = recordingLog();
  const ports = { store, hostName: (id: string) => id === "gone" ? null : `name of ${id}` };
  return { events: new Events({ ports, clock, log, ...options }), clock, records, store };
}

const messages = (events: readonly FleetEvent[]) => events.map(({ message }) => message);

Deno.test("what is published at the same time is one write, and what comes meanwhile the next", async () => {
  const store = memoryStore().events;
  const writes: number[] = [];
  const open = Promise.withResolvers<void>();
  const { events } = setUp({
    ...store,
    add: async (added) => {
      writes.push(added.length);
      await open.promise;
      return await store.add(added);
    },
  });
  const first = [events.publish([event("1")]), events.publish([event("2"), event("3")])];
  await settle();
  const second = [events.publish([event("4")]), events.publish([event("5")])];
  await settle();
  assert.deepEqual([writes, events.report().waiting], [[3], 2]);
  open.resolve();
  await Promise.all([...first, ...second, events.publish([])]);
  assert.deepEqual(writes, [3, 2]);
  assert.deepEqual(messages((await events.list({ limit: 10 })).events), ["1", "2", "3", "4", "5"]);
});

Deno.test("a failed write is told to those whose events were in it, and the next ones are written", async () => {
  const store = memoryStore().events;
  let fails = true;
  const { events } = setUp({
    ...store,
    add: (added) => fails ? Promise.reject(new Error("disk full")) : store.add(added),
  });
  await assert.rejects(Promise.all([events.publish([event("lost")]), events.publish([event("too")])]), /disk full/);
  fails = false;
  await events.publish([event("kept")]);
  assert.deepEqual(messages((await events.list({ limit: 10 })).events), ["kept"]);
});

Deno.test("more than can wait is refused as something to try again", async () => {
  const { events } = setUp({ ...memoryStore().events, add: () => new Promise(() => {}) });
  void events.publish([event("under way")]);
  await settle();
  void events.publish(Array.from({ length: 20_000 }, () => event("waiting")));
  const error: unknown = await events.publish([event("too many")]).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof AppError && error.code === "unavailable" && error.retryable);
});

Deno.test("listeners are told in order, with the host's name of now, until they leave; one that fails harms nobody", async () => {
  const { events, records } = setUp();
  const told: FleetEvent[] = [];
  events.onEvent(() => {
    throw new Error("listener");
  });
  const leave = events.onEvent((one) => told.push(one));
  await events.publish([event("a", "h1"), event("b", "gone"), event("c")]);
  leave();
  await events.publish([event("d")]);
  assert.deepEqual(told.map(({ message, host }) => [message, host]), [["a", "name of h1"], ["b", undefined], [
    "c",
    undefined,
  ]]);
  assert.equal(records.filter(({ level }) => level === "error").length, 4);
  assert.equal(events.report().listeners, 1);
});

Deno.test("whoever may not see a host's events gets those that it may, and goes on after those that it may not", async () => {
  const { events } = setUp();
  for (let at = 0; at < 20; at++) await events.publish([event(String(at), at % 2 === 0 ? "mine" : "other")]);
  const mayShow = (hostId: string) => hostId === "mine";
  assert.deepEqual(messages((await events.list({ limit: 3, mayShow })).events), ["14", "16", "18"]);
  const seen: string[] = [];
  for (let next = 0, count = 3; count === 3;) {
    const page = await events.list({ after: next, limit: 3, mayShow });
    seen.push(...messages(page.events));
    [next, count] = [page.next, page.events.length];
  }
  assert.deepEqual(seen, ["0", "2", "4", "6", "8", "10", "12", "14", "16", "18"]);
  const older: string[] = [];
  for (let before: number | null = 16; before !== null;) {
    const page: EventsPage = await events.list({ before, limit: 3, mayShow });
    older.unshift(...messages(page.events));
    before = page.previous;
  }
  assert.deepEqual(older, ["0", "2", "4", "6", "8", "10", "12", "14"]);
  const end = await events.list({ after: 19, limit: 3, mayShow });
  assert.deepEqual([end.events, end.next], [[], 20]);
});

Deno.test("old events are forgotten now and then, and a stop leaves no timer", async () => {
  const { events, clock, store, records } = setUp(memoryStore().events, { maxCount: 2 });
  const component = events.component([]);
  await component.start(never);
  await settle();
  for (const name of ["1", "2", "3"]) await events.publish([{ ...event(name), timeMs: clock.nowMs() }]);
  await clock.advance(600_000);
  assert.deepEqual(messages(await store.list({ limit: 10 })), ["2", "3"]);
  await clock.advance(31 * 24 * 3_600_000);
  assert.deepEqual(await store.list({ limit: 10 }), []);
  await component.stop(never);
  await component.stop(never);
  assert.deepEqual([clock.sleeping, records], [0, []]);
});
