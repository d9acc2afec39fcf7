import fc from "fast-check";
import type {
  HostChange,
  RecordingChange,
  RecordingQuery,
  Store,
  TaskChange,
  TaskQuery,
} from "../../../src/manager/store/contract.ts";
import { FLEET_EVENT_KINDS, FLEET_EVENT_LEVELS, HOST_STATES, ROLES, TASK_STATES } from "../../../src/protocol/mod.ts";
import {
  apiTokenRecord,
  auditEntry,
  batchRecord,
  hostRecord,
  joinTokenRecord,
  newEvent,
  processRecord,
  recordingRecord,
  sessionRecord,
  settingsRule,
  taskRecord,
  userRecord,
} from "../../helpers/store_records.ts";

/** Something that can be asked of a store, with a text that shows what it was. */
export interface Operation {
  readonly text: string;
  readonly run: (store: Store) => Promise<unknown>;
}

/** Few names, so that operations meet the same things. */
const id = fc.constantFrom("a", "b", "c");
const ids = fc.uniqueArray(id);
const timeMs = fc.integer({ min: 1, max: 6 });
const limit = fc.integer({ min: 0, max: 4 });
const text = fc.oneof(id, fc.string({ unit: "binary", maxLength: 4 }), fc.constantFrom("\0", "\u0001", "\ud800"));

/** Each field is there or not. */
const some = <T extends object>(fields: { [Field in keyof T]-?: fc.Arbitrary<T[Field]> }) =>
  fc.record(fields, { requiredKeys: [] });

function asking<A extends unknown[]>(
  name: string,
  args: { [At in keyof A]: fc.Arbitrary<A[At]> },
  run: (store: Store, ...args: A) => Promise<unknown>,
): fc.Arbitrary<Operation> {
  return fc.tuple<A>(...args).map((values) => ({
    text: `${name} ${JSON.stringify(values)}`,
    run: (store) => run(store, ...values),
  }));
}

const hostChange = some<HostChange>({
  name: text,
  publicKey: fc.constantFrom("", "key-a", "key-b"),
  labels: fc.dictionary(text, text, { maxKeys: 2 }),
  facts: fc.constantFrom(null, { hostname: "h", os: "linux", arch: "arm64", version: "1" }),
  drained: fc.boolean(),
  state: fc.constantFrom(...HOST_STATES),
  sinceMs: timeMs,
  reason: text,
  lastSeenMs: fc.option(timeMs),
  address: text,
  eventSeq: timeMs,
  duplicates: fc.constantFrom([], [{ timeMs: 1, address: "x", hostname: "y" }]),
});
const hostOperations = [
  asking("add host", [id, hostChange], (store, at, change) => store.hosts.add(hostRecord(at, change))),
  asking("host by name", [text], (store, name) => store.hosts.byName(name)),
  asking("host by key", [id], (store, key) => store.hosts.byPublicKey(`key-${key}`)),
  asking("change host", [id, hostChange], (store, at, change) => store.hosts.change(at, change)),
  asking(
    "change hosts",
    [fc.array(fc.record({ id, change: hostChange }), { maxLength: 3 })],
    (store, changes) => store.hosts.changeMany(changes),
  ),
  asking("remove host", [id], (store, at) => store.hosts.remove(at)),
  asking(
    "replace processes",
    [id, fc.array(text, { maxLength: 3 })],
    (store, at, names) => store.processes.replace(at, names.map((name) => processRecord(name))),
  ),
];

const joinOperations = [
  asking(
    "add join token",
    [id, id, timeMs, timeMs],
    (store, at, hash, expiresMs, maxUses) => store.joinTokens.add(joinTokenRecord(at, { hash, expiresMs, maxUses })),
  ),
  asking("use join token", [id, timeMs], (store, hash, nowMs) => store.joinTokens.use(hash, nowMs)),
  asking("revoke join token", [id], (store, at) => store.joinTokens.revoke(at)),
  asking("expired join tokens", [timeMs], (store, beforeMs) => store.joinTokens.removeExpired(beforeMs)),
];

const anyEvent = fc.record({
  kind: fc.constantFrom(...FLEET_EVENT_KINDS),
  level: fc.constantFrom(...FLEET_EVENT_LEVELS),
  timeMs,
  hostId: id,
  hostSeq: timeMs,
}, { requiredKeys: ["kind"] });
const eventOperations = [
  asking(
    "add events",
    [fc.array(anyEvent, { maxLength: 4 }), text],
    (store, events, message) => store.events.add(events.map((event) => newEvent(message, event))),
  ),
  asking(
    "list events",
    [
      some({
        after: timeMs,
        before: timeMs,
        hostIds: ids,
        kinds: fc.subarray([...FLEET_EVENT_KINDS]),
        levels: fc.subarray([...FLEET_EVENT_LEVELS]),
        sinceMs: timeMs,
      }),
      limit,
    ],
    (store, query, most) => store.events.list({ ...query, limit: most }),
  ),
  asking("trim events", [limit, timeMs], (store, maxCount, beforeMs) => store.events.trim({ maxCount, beforeMs })),
];

const state = fc.constantFrom(...TASK_STATES);
const taskChange = some<TaskChange>({
  state,
  reason: text,
  sentMs: fc.option(timeMs),
  endedMs: fc.option(timeMs),
  result: fc.constant(null),
});
const anyTask = fc.record({ id: fc.tuple(id, id).map((two) => two.join("")), hostId: id, createdMs: timeMs, state });
const taskQuery = some<Omit<TaskQuery, "limit">>({
  hostIds: ids,
  batchId: id,
  exceptBatchIds: ids,
  states: fc.subarray([...TASK_STATES]),
  before: fc.record({ createdMs: timeMs, id }),
});
const taskOperations = [
  asking(
    "add batch",
    [id, fc.option(text), timeMs, fc.array(anyTask, { maxLength: 3 })],
    (store, batchId, idempotencyKey, createdMs, tasks) =>
      store.tasks.add(
        batchRecord(batchId, { idempotencyKey, createdMs }),
        tasks.map((task) => taskRecord(task.id, { ...task, batchId })),
      ),
  ),
  asking("batch by key", [text], (store, key) => store.tasks.batchByKey("root", key)),
  asking("batch", [id], (store, at) => store.tasks.batch(at)),
  asking("count tasks", [id], async (store, at) => ({ ...await store.tasks.counts(at) })),
  asking(
    "change task",
    [id, id, fc.subarray([...TASK_STATES]), taskChange],
    (store, a, b, from, change) => store.tasks.change(a + b, from, change),
  ),
  asking("list tasks", [taskQuery, limit], (store, query, most) => store.tasks.list({ ...query, limit: most })),
  asking("trim tasks", [timeMs], (store, beforeMs) => store.tasks.trim(beforeMs)),
];

const userChange = some({ name: id, role: fc.constantFrom(...ROLES), disabled: fc.boolean(), lastLoginMs: timeMs });
const peopleOperations = [
  asking("add user", [id, userChange], (store, at, change) => store.users.add(userRecord(at, change))),
  asking("change user", [id, userChange], (store, at, change) => store.users.change(at, change)),
  asking("remove user", [id], (store, at) => store.users.remove(at)),
  asking(
    "add session",
    [id, id, id, timeMs],
    (store, at, hash, user, expiresMs) => store.sessions.add(sessionRecord(at, user, { hash, expiresMs })),
  ),
  asking("session by hash", [id], (store, hash) => store.sessions.byHash(hash)),
  asking("see session", [id, timeMs], (store, at, nowMs) => store.sessions.seen(at, nowMs, nowMs)),
  asking("remove session", [id], (store, at) => store.sessions.remove(at)),
  asking("remove others", [id, fc.option(id)], (store, user, but) => store.sessions.removeOthers(user, but)),
  asking("expired sessions", [timeMs], (store, beforeMs) => store.sessions.removeExpired(beforeMs)),
  asking(
    "add API token",
    [id, id, id],
    (store, at, hash, user) => store.apiTokens.add(apiTokenRecord(at, user, { hash })),
  ),
  asking("use API token", [id, timeMs], (store, at, nowMs) => store.apiTokens.used(at, nowMs)),
  asking("remove API token", [id], (store, at) => store.apiTokens.remove(at)),
];

const otherOperations = [
  asking("put rule", [id, text], (store, at, select) => store.settings.put(settingsRule(at, select))),
  asking("remove rule", [id], (store, at) => store.settings.remove(at)),
  asking(
    "append audit",
    [fc.array(timeMs, { maxLength: 2 }), some({ actor: text, hostId: id })],
    (store, seqs, values) => store.audit.append(seqs.map((seq) => auditEntry(seq, values))),
  ),
  asking(
    "list audit",
    [some({ before: timeMs, actor: text, action: id, hostId: id, sinceMs: timeMs }), limit],
    (store, query, most) => store.audit.list({ ...query, limit: most }),
  ),
  asking("walk audit", [timeMs, limit], (store, after, most) => store.audit.walk(after, most)),
  asking("set fact", [text, text], (store, name, value) => store.facts.set(name, value)),
  asking("set fact once", [text, text], (store, name, value) => store.facts.setOnce(name, value)),
  asking("remove fact", [text], (store, name) => store.facts.remove(name)),
];

const recordingChange = some<RecordingChange>({
  ...{ host: text, actor: text, user: text, shell: text, title: text, reason: text },
  ...{ cols: timeMs, rows: timeMs, durationMs: timeMs, sizeBytes: timeMs, position: timeMs },
  endedMs: fc.option(timeMs),
  isCut: fc.boolean(),
});
const recordingQuery = some<Omit<RecordingQuery, "limit">>({
  hostIds: ids,
  actor: text,
  before: fc.record({ startedMs: timeMs, id }),
});
const recordingOperations = [
  asking(
    "add recording",
    [id, id, id, timeMs, recordingChange],
    (store, at, hostId, terminalId, startedMs, change) =>
      store.recordings.add({ ...recordingRecord(at, { hostId, terminalId, startedMs }), ...change }),
  ),
  asking("change recording", [id, recordingChange], (store, at, change) => store.recordings.change(at, change)),
  asking("remove recording", [id], (store, at) => store.recordings.remove(at)),
  asking(
    "list recordings",
    [recordingQuery, limit],
    (store, query, most) => store.recordings.list({ ...query, limit: most }),
  ),
  asking("list the oldest recordings", [limit], (store, most) => store.recordings.oldest(most)),
  asking("count recordings", [], (store) => store.recordings.usage()),
  asking("list the position", [id, id], (store, hostId, terminal) => store.recordings.position(hostId, terminal)),
];

export const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  fc.oneof(...hostOperations),
  fc.oneof(...joinOperations),
  fc.oneof(...eventOperations),
  fc.oneof(...taskOperations),
  fc.oneof(...peopleOperations),
  fc.oneof(...otherOperations),
  fc.oneof(...recordingOperations),
);

/** All that a store tells of itself. */
export async function everything(store: Store): Promise<unknown> {
  return await Promise.all([
    store.hosts.all(),
    store.joinTokens.all(),
    store.processes.all(),
    store.events.list({ limit: 1_000 }),
    store.tasks.list({ limit: 1_000 }),
    store.tasks.open(),
    Promise.all(["a", "b", "c"].map((at) => store.tasks.batch(at))),
    store.settings.all(),
    store.users.all(),
    Promise.all(["a", "b", "c"].map((user) => store.sessions.ofUser(user))),
    store.apiTokens.all(),
    store.audit.last(),
    store.audit.walk(0, 1_000),
    store.recordings.list({ limit: 1_000 }),
    store.recordings.open(),
  ]);
}
