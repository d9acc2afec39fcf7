import assert from "node:assert/strict";
import { memoryStore } from "../../../tests/helpers/memory_store.ts";
import { FakeClock, settle } from "../../../tests/helpers/fake_clock.ts";
import { recordingLog } from "../../../tests/helpers/recording_log.ts";
import { AppError, systemClock } from "../../core/mod.ts";
import type { AuditEntry } from "../../protocol/mod.ts";
import { Audit } from "./audit.ts";
import type { AuditStore, NewAuditEntry } from "./ports.ts";

const entry = (subject: string, over: Partial<NewAuditEntry> = {}): NewAuditEntry => ({
  ...{ actor: "anna", address: "192.0.2.1", action: "host.rename", subject, result: "ok" },
  ...over,
});
const never = () => new AbortController().signal;
const busy = () => new AppError("unavailable", "the database is locked", { retryable: true });

/** A store of which single appends can be made to fail, before or after they have happened. */
function troubledStore(troubles: ("before" | "after" | "fatal" | null)[] = []) {
  const inner = memoryStore().audit;
  const appends: number[] = [];
  const store: AuditStore = {
    ...inner,
    async append(entries) {
      const trouble = troubles.shift() ?? null;
      if (trouble === "fatal") throw new AppError("internal", "the disk has gone");
      if (trouble === "before") throw busy();
      await inner.append(entries);
      appends.push(entries.length);
      if (trouble === "after") throw busy();
    },
  };
  return { store, appends };
}

function audit(store: AuditStore, clock = new FakeClock()) {
  const { log, records } = recordingLog();
  return { audit: new Audit({ store, clock, log }), records, clock };
}

const everything = (store: AuditStore) => store.walk(0, 10_000);
const subjects = (entries: readonly AuditEntry[]) => entries.map(({ subject }) => subject);

Deno.test("entries keep the order in which they came, and those that come together are written together", async () => {
  const { store, appends } = troubledStore();
  const { log } = recordingLog();
  const made = new Audit({ store, clock: systemClock, log });
  const names = Array.from({ length: 500 }, (_, at) => `host ${at}`);
  await Promise.all(names.map((name) => made.record(entry(name))));
  assert.deepEqual(subjects(await everything(store)), names);
  assert.deepEqual(appends, [1, 200, 200, 99]);
  assert.deepEqual(await made.verify(), { ok: true, entries: 500 });
  await made.record(entry("one more"));
  assert.equal((await made.verify()).entries, 501);
});

Deno.test("a chain goes on where an earlier manager has ended it", async () => {
  const { store } = troubledStore();
  await audit(store).audit.record(entry("first"));
  const { log } = recordingLog();
  const next = new Audit({ store, clock: systemClock, log });
  await next.record(entry("second"));
  assert.deepEqual(await next.verify(), { ok: true, entries: 2 });
});

Deno.test("an entry is safe when record resolves, and not before", async () => {
  const inner = memoryStore().audit;
  const gate = Promise.withResolvers<void>();
  const { audit: made } = audit({ ...inner, append: (entries) => gate.promise.then(() => inner.append(entries)) });
  let isSafe = false;
  const recording = made.record(entry("it")).then(() => isSafe = true);
  await settle();
  assert.equal(isSafe, false);
  gate.resolve();
  await recording;
  assert.equal((await everything(inner)).length, 1);
});

Deno.test("a store that is busy for a moment is tried again", async () => {
  const { store } = troubledStore(["before", "before"]);
  const { audit: made, clock, records } = audit(store);
  const recording = made.record(entry("it"));
  await clock.advance(250);
  await recording;
  assert.deepEqual(subjects(await everything(store)), ["it"]);
  assert.deepEqual(records, []);
});

Deno.test("what was written although the store said otherwise is not written twice", async () => {
  const { store } = troubledStore(["after"]);
  const { audit: made, clock } = audit(store);
  const recording = Promise.all([made.record(entry("one")), made.record(entry("two"))]);
  await clock.advance(50);
  await recording;
  await made.record(entry("three"));
  assert.deepEqual(subjects(await everything(store)), ["one", "two", "three"]);
});

Deno.test("when somebody else has written meanwhile, the entry follows his", async () => {
  const { store } = troubledStore();
  const { audit: mine, clock } = audit(store);
  const { audit: his } = audit(store);
  await mine.record(entry("mine"));
  await his.record(entry("his"));
  const recording = mine.record(entry("mine again"));
  await clock.advance(50);
  await recording;
  assert.deepEqual(subjects(await everything(store)), ["mine", "his", "mine again"]);
  const { log } = recordingLog();
  assert.equal((await new Audit({ store, clock: systemClock, log }).verify()).ok, true);
});

Deno.test("an entry that cannot be written rejects, stands in the log, and does not stop those after it", async () => {
  const { store } = troubledStore(["fatal"]);
  const { audit: made, records } = audit(store);
  const lost = made.record(entry("lost", { details: { password: "horse" } }));
  await assert.rejects(lost, { code: "unavailable", message: /could not be written.*the disk has gone/ });
  const logged = records.find(({ level }) => level === "error");
  assert.equal(logged?.fields.subject, "lost");
  assert.ok(!JSON.stringify(records).includes("horse"));
  await made.record(entry("kept"));
  assert.deepEqual(subjects(await everything(store)), ["kept"]);
});

Deno.test("no more wait than is sensible", async () => {
  const inner = memoryStore().audit;
  const gate = Promise.withResolvers<void>();
  const { audit: made } = audit({ ...inner, append: (entries) => gate.promise.then(() => inner.append(entries)) });
  const first = made.record(entry("first"));
  await settle();
  const rest = Array.from({ length: 2_000 }, (_, at) => made.record(entry(`${at}`)));
  await assert.rejects(made.record(entry("too many")), { code: "unavailable", retryable: true });
  assert.equal(made.waiting, 2_000);
  gate.resolve();
  await Promise.all([first, ...rest]);
  assert.equal((await everything(inner)).length, 2_001);
});

Deno.test("texts are on one line, bounded and without secrets", async () => {
  const { store } = troubledStore();
  const { audit: made } = audit(store);
  await made.record(entry(`a\nb ${"fht_" + "x".repeat(43)}`, { actor: "y".repeat(5_000), hostId: "h1" }));
  const [written] = await everything(store);
  assert.equal(written?.subject, "a b [redacted]");
  assert.equal(written?.actor.length, 200);
  assert.equal(written?.hostId, "h1");
});

Deno.test("its component writes what waits before it has stopped, and refuses what comes later", async () => {
  const { store } = troubledStore(["before"]);
  const { audit: made, clock, records } = audit(store);
  const component = made.component(["store"]);
  await component.start(never());
  const recording = made.record(entry("last words"));
  const stopping = component.stop(never());
  await assert.rejects(made.record(entry("too late")), { code: "unavailable" });
  await clock.advance(50);
  await Promise.all([recording, stopping, component.stop(never())]);
  assert.equal(clock.sleeping, 0);
  const ends = records.filter(({ msg }) => msg.startsWith("audit ")).map(({ fields }) => fields.entries);
  assert.deepEqual(ends, [0, 1]);
});

Deno.test("a stop whose time is over does not wait for a busy store", async () => {
  const { store } = troubledStore(["before", "before", "before"]);
  const { audit: made, clock } = audit(store);
  const recording = made.record(entry("it"));
  await settle();
  const stopping = made.component().stop(AbortSignal.abort(new Error("over")));
  await assert.rejects(recording, { code: "unavailable" });
  await stopping;
  assert.equal(clock.sleeping, 0);
});

Deno.test("the list is the store's, newest first, of a bounded length", async () => {
  const { store } = troubledStore();
  const { audit: made } = audit(store);
  for (const actor of ["anna", "bert", "anna"]) await made.record(entry("it", { actor }));
  assert.deepEqual((await made.list({ limit: 10, actor: "anna" })).map(({ seq }) => seq), [3, 1]);
  assert.equal((await made.list({ limit: 0 })).length, 1);
});
