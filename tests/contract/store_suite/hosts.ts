import assert from "node:assert/strict";
import type { HostRecord } from "../../../src/manager/store/contract.ts";
import {
  batchRecord,
  hostRecord,
  joinTokenRecord,
  newEvent,
  NOW_MS,
  processRecord,
  taskRecord,
} from "../../helpers/store_records.ts";
import { HOSTILE_TEXTS, idsOf, rejectsWith, type StoreTests } from "./suite.ts";

const FULL: HostRecord = {
  ...hostRecord("full"),
  labels: { env: "prod", "a.b/c": "d e", __proto__x: "" },
  facts: {
    hostname: "web",
    os: "linux",
    arch: "x86_64",
    version: "1.2.3",
    cpuCores: 2,
    memoryTotalBytes: 8e9,
    policy: { exec: "off" },
  },
  drained: true,
  state: "degraded",
  reason: "a collector is not well",
  lastSeenMs: NOW_MS + 0.5,
  address: "192.0.2.7",
  eventSeq: 17,
  duplicates: [{ timeMs: NOW_MS, address: "198.51.100.1", hostname: "clone", machineId: "m" }],
};

export const HOST_TESTS: StoreTests = {
  "a host is found by id, name and public key, with all that was said of it": async ({ hosts }) => {
    await hosts.add(FULL);
    await hosts.add(hostRecord("other"));
    assert.deepEqual(await hosts.get("full"), FULL);
    assert.deepEqual(await hosts.byName("name-full"), FULL);
    assert.deepEqual(await hosts.byPublicKey("key-full"), FULL);
    assert.deepEqual(await hosts.get("other"), hostRecord("other"));
    assert.deepEqual(await hosts.all(), [FULL, hostRecord("other")]);
  },

  "what is not there is null or false": async ({ hosts }) => {
    assert.equal(await hosts.get("none"), null);
    assert.equal(await hosts.byName("none"), null);
    assert.equal(await hosts.byPublicKey("none"), null);
    assert.equal(await hosts.change("none", { drained: true }), false);
    assert.equal(await hosts.change("none", {}), false);
    assert.equal(await hosts.remove("none"), false);
    assert.deepEqual(await hosts.all(), []);
  },

  "hosts are told in the order in which they were added, whatever changes": async ({ hosts }) => {
    for (const id of ["c", "a", "b"]) await hosts.add(hostRecord(id));
    await hosts.change("c", { name: "zzz", state: "online" });
    assert.deepEqual(idsOf(await hosts.all()), ["c", "a", "b"]);
    await hosts.remove("c");
    await hosts.add(hostRecord("c"));
    assert.deepEqual(idsOf(await hosts.all()), ["a", "b", "c"]);
  },

  "names, ids and public keys of hosts are unique, those of workers empty": async ({ hosts }) => {
    await hosts.add(hostRecord("a"));
    await rejectsWith(hosts.add(hostRecord("b", { name: "name-a" })), "conflict", { field: "name" });
    await rejectsWith(hosts.add(hostRecord("b", { publicKey: "key-a" })), "conflict", { field: "publicKey" });
    await rejectsWith(hosts.add(hostRecord("a", { name: "n", publicKey: "k" })), "conflict", { field: "id" });
    await hosts.add(hostRecord("w1", { kind: "worker", publicKey: "" }));
    await hosts.add(hostRecord("w2", { kind: "worker", publicKey: "" }));
    assert.equal(await hosts.byPublicKey(""), null);
    await rejectsWith(hosts.change("w1", { name: "name-a" }), "conflict", { field: "name" });
    await rejectsWith(hosts.change("w1", { publicKey: "key-a" }), "conflict", { field: "publicKey" });
    assert.deepEqual(idsOf(await hosts.all()), ["a", "w1", "w2"]);
    assert.equal(await hosts.change("a", { name: "name-a", publicKey: "key-a" }), true, "what it has is its own");
    await hosts.remove("a");
    await hosts.change("w1", { name: "name-a" });
  },

  "a change leaves alone what it does not name": async ({ hosts }) => {
    await hosts.add(FULL);
    const change = { state: "offline", reason: "gone", sinceMs: 5, lastSeenMs: null, facts: null, labels: {} } as const;
    assert.equal(await hosts.change("full", change), true);
    assert.deepEqual(await hosts.get("full"), { ...FULL, ...change });
    assert.equal(await hosts.change("full", {}), true);
    assert.deepEqual(await hosts.get("full"), { ...FULL, ...change });
  },

  "many hosts change at once, all or none; those that are gone are left out": async ({ hosts }) => {
    for (const id of ["a", "b"]) await hosts.add(hostRecord(id));
    await hosts.changeMany([
      { id: "a", change: { state: "online" } },
      { id: "gone", change: { state: "online" } },
      { id: "b", change: { state: "offline", eventSeq: 3 } },
      { id: "a", change: { reason: "twice" } },
    ]);
    const changed = [
      hostRecord("a", { state: "online", reason: "twice" }),
      hostRecord("b", { state: "offline", eventSeq: 3 }),
    ];
    assert.deepEqual(await hosts.all(), changed);
    const clash = [{ id: "a", change: { drained: true } }, { id: "b", change: { name: "name-a" } }];
    await rejectsWith(hosts.changeMany(clash), "conflict", { field: "name" });
    assert.deepEqual(await hosts.all(), changed);
    await hosts.changeMany([]);
  },

  "a host takes its processes with it; its tasks and events stay, what had not ended is cancelled": async (
    { hosts, processes, tasks, events },
    clock,
  ) => {
    for (const id of ["a", "b"]) await hosts.add(hostRecord(id));
    for (const id of ["a", "b"]) await processes.replace(id, [processRecord("web", { hostId: id })]);
    await events.add([newEvent("e", { hostId: "a", hostSeq: 1 })]);
    const owed = [
      taskRecord("queued", { hostId: "a" }),
      taskRecord("running", { hostId: "a", state: "running", sentMs: 7 }),
      taskRecord("done", { hostId: "a", state: "done", reason: "fine", endedMs: 5 }),
      taskRecord("other", { hostId: "b" }),
    ];
    await tasks.add(batchRecord("b"), owed);
    await clock.advance(1_000);
    assert.equal(await hosts.remove("a"), true);
    assert.deepEqual(idsOf(await hosts.all()), ["b"]);
    assert.deepEqual((await processes.all()).map(({ hostId }) => hostId), ["b"]);
    const cancelled = { state: "cancelled", reason: "The host was removed", endedMs: clock.nowMs() };
    const expected = [{ ...owed[0], ...cancelled }, { ...owed[1], ...cancelled }, owed[2], owed[3]];
    assert.deepEqual(await Promise.all(owed.map(({ id }) => tasks.get(id))), expected);
    assert.deepEqual((await events.list({ limit: 10 })).map(({ hostId, host }) => [hostId, host]), [["a", "name-a"]]);
    assert.equal(await hosts.remove("a"), false);
  },

  "hostile texts come back as they were": async ({ hosts }) => {
    for (const [at, text] of HOSTILE_TEXTS.entries()) {
      const host = hostRecord(`h${at}`, {
        name: text,
        publicKey: text,
        labels: { [text]: text },
        reason: text,
        address: text,
        duplicates: [{ timeMs: 1, address: text, hostname: text }],
      });
      await hosts.add(host);
      assert.deepEqual(await hosts.get(host.id), host);
      assert.deepEqual(await hosts.byName(text), host);
      if (text !== "") assert.deepEqual(await hosts.byPublicKey(text), host);
      await rejectsWith(hosts.add(hostRecord("again", { name: text })), "conflict", { field: "name" });
    }
    assert.equal((await hosts.all()).length, HOSTILE_TEXTS.length);
  },

  "what was handed in or out is nobody's to change": async ({ hosts }) => {
    const labels: Record<string, string> = { env: "prod" };
    const written = hosts.add(hostRecord("a", { labels }));
    await written;
    labels["env"] = "changed";
    const read = await hosts.get("a");
    Object.assign(read?.labels ?? {}, { env: "changed" });
    assert.deepEqual((await hosts.get("a"))?.labels, { env: "prod" });
  },
};

export const PROCESS_TESTS: StoreTests = {
  "processes of a host are replaced as a whole": async ({ hosts, processes }) => {
    for (const id of ["a", "b"]) await hosts.add(hostRecord(id));
    const [web, db, job] = [
      processRecord("web", { hostId: "a", pid: 7, cpuPercent: 0.25, rssBytes: 5e9, labels: { team: "x" } }),
      processRecord("db", { hostId: "a", state: "failed", reason: "exit code 1", restarts: 3 }),
      processRecord("job", { hostId: "b" }),
    ];
    await processes.replace("b", [job]);
    await processes.replace("a", [web, db]);
    assert.deepEqual(await processes.all(), [web, db, job]);
    await processes.replace("a", [db]);
    assert.deepEqual(await processes.all(), [db, job]);
    await processes.replace("b", []);
    assert.deepEqual(await processes.all(), [db]);
  },

  "processes belong to the host that reported them, and to none that is gone": async ({ hosts, processes }) => {
    await hosts.add(hostRecord("a"));
    await processes.replace("a", [processRecord("web", { hostId: "somebody else" })]);
    await processes.replace("gone", [processRecord("web", { hostId: "gone" })]);
    assert.deepEqual(await processes.all(), [processRecord("web", { hostId: "a" })]);
  },

  "processes with hostile texts, and a great many": async ({ hosts, processes }) => {
    await hosts.add(hostRecord("a"));
    const records = HOSTILE_TEXTS.map((text) => processRecord(text, { hostId: "a", reason: text }));
    const many = Array.from({ length: 5_000 }, (_, at) => processRecord(`p${at}`, { hostId: "a" }));
    await processes.replace("a", [...records, ...many]);
    assert.deepEqual(await processes.all(), [...records, ...many]);
  },
};

export const JOIN_TOKEN_TESTS: StoreTests = {
  "a join token is found by its hash and used as often as it allows": async ({ joinTokens }) => {
    const token = joinTokenRecord("t", { maxUses: 2, labels: { env: "prod" } });
    await joinTokens.add(token);
    assert.deepEqual(await joinTokens.byHash("hash-t"), token);
    assert.equal(await joinTokens.byHash("none"), null);
    assert.deepEqual(await joinTokens.use("hash-t", NOW_MS), { ...token, uses: 1 });
    assert.deepEqual(await joinTokens.use("hash-t", NOW_MS), { ...token, uses: 2 });
    assert.equal(await joinTokens.use("hash-t", NOW_MS), null);
    assert.equal(await joinTokens.use("none", NOW_MS), null);
    assert.deepEqual(await joinTokens.all(), [{ ...token, uses: 2 }]);
  },

  "a token that has expired or was revoked is of no use": async ({ joinTokens }) => {
    await joinTokens.add(joinTokenRecord("expired", { expiresMs: NOW_MS }));
    await joinTokens.add(joinTokenRecord("revoked"));
    assert.equal(await joinTokens.revoke("revoked"), true);
    assert.equal(await joinTokens.revoke("revoked"), true);
    assert.equal(await joinTokens.revoke("none"), false);
    assert.equal(await joinTokens.use("hash-expired", NOW_MS), null);
    assert.equal(await joinTokens.use("hash-revoked", NOW_MS), null);
    assert.equal((await joinTokens.use("hash-expired", NOW_MS - 1))?.uses, 1);
    assert.deepEqual((await joinTokens.all()).map(({ uses, revoked }) => [uses, revoked]), [[1, false], [0, true]]);
  },

  "a token that a hundred want at once is used exactly as often as it allows": async ({ joinTokens }) => {
    await joinTokens.add(joinTokenRecord("t", { maxUses: 37 }));
    const wanted = Array.from({ length: 100 }, () => joinTokens.use("hash-t", NOW_MS));
    const used = (await Promise.all(wanted)).filter((token) => token !== null);
    assert.deepEqual(used.map(({ uses }) => uses), Array.from({ length: 37 }, (_, at) => at + 1));
    assert.equal((await joinTokens.byHash("hash-t"))?.uses, 37);
  },

  "join tokens are unique by id and hash, and forgotten when they have expired": async ({ joinTokens }) => {
    for (const [id, expiresMs] of [["b", 10], ["a", 20], ["c", 30]] as const) {
      await joinTokens.add(joinTokenRecord(id, { expiresMs }));
    }
    await rejectsWith(joinTokens.add(joinTokenRecord("a", { hash: "h" })), "conflict", { field: "id" });
    await rejectsWith(joinTokens.add(joinTokenRecord("d", { hash: "hash-a" })), "conflict", { field: "hash" });
    assert.deepEqual(idsOf(await joinTokens.all()), ["b", "a", "c"]);
    assert.equal(await joinTokens.removeExpired(20), 1);
    assert.deepEqual(idsOf(await joinTokens.all()), ["a", "c"]);
    assert.equal(await joinTokens.removeExpired(20), 0);
  },
};
