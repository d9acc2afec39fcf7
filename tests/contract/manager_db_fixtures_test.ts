/**
 * A database of every released schema, as its manager left it: tests/fixtures/manager_db/vN.db, frozen with the release.
 * The present manager brings a copy of it up to date and reads from it what vN.json says. FARHAND_UPDATE_GOLDEN=1 makes
 * the database of the present schema where there is none, and writes the texts anew; what has changed in them is to be
 * read then. A schema that was not released yet may still change: delete its database and let it be made again.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Store } from "../../src/manager/store/mod.ts";
import { SCHEMA } from "../../src/manager/store/schema.ts";
import { REPOSITORY } from "../helpers/agent.ts";
import { openStoreIn } from "../helpers/store_in.ts";
import {
  apiTokenRecord,
  auditEntry,
  batchRecord,
  hostRecord,
  joinTokenRecord,
  newEvent,
  NOW_MS,
  processRecord,
  recordingRecord,
  sessionRecord,
  settingsRule,
  taskRecord,
  userRecord,
} from "../helpers/store_records.ts";
import { inTempDir } from "../helpers/temp_dir.ts";

const FIXTURES = join(REPOSITORY, "tests/fixtures/manager_db");
const UPDATE = Deno.env.get("FARHAND_UPDATE_GOLDEN") !== undefined;
const LATEST = SCHEMA.migrations.length;

/** Something in every column of every table, as far as the present program knows them. */
async function fill(store: Store): Promise<void> {
  await store.hosts.add(hostRecord("h1", {
    labels: { env: "prod" },
    facts: { hostname: "web-1", os: "linux", arch: "arm64", version: "1.0.0", cpuCores: 2, policy: { exec: "on" } },
    drained: true,
    state: "degraded",
    reason: "a collector is not well",
    lastSeenMs: NOW_MS + 5,
    address: "192.0.2.1",
    duplicates: [{ timeMs: NOW_MS, address: "192.0.2.2", hostname: "clone", machineId: "m1" }],
  }));
  await store.hosts.add(hostRecord("w1", { kind: "worker", publicKey: "" }));
  await store.joinTokens.add(joinTokenRecord("j1", { maxUses: 5, uses: 2, labels: { env: "prod" }, revoked: true }));
  const usage = { pid: 7, cpuPercent: 1.5, rssBytes: 1_000_000 };
  await store.processes.replace("h1", [processRecord("api", usage), processRecord("db")]);
  await store.events.add([
    newEvent("web is running", { hostId: "h1", hostSeq: 3, process: "api", state: "running" }),
    newEvent("the manager has started", { kind: "manager", level: "warn" }),
  ]);
  const operation = { method: "POST", path: "/v1/exec", body: { argv: ["true"] } } as const;
  const result = { outcome: "done", status: 200, message: "ok", output: "{}", truncated: true, endedMs: 9 } as const;
  await store.tasks.add(batchRecord("b1", { maxFailures: 2, idempotencyKey: "key-of-b1" }), [
    taskRecord("t1", { batchId: "b1", hostId: "h1", operation }),
    taskRecord("t2", { batchId: "b1", hostId: "w1", operation, state: "done", sentMs: 5, endedMs: 9, result }),
  ]);
  await store.settings.put(settingsRule("r1", "env=prod"));
  await store.users.add(userRecord("u1", { role: "admin", scope: "env=prod", lastLoginMs: NOW_MS }));
  await store.users.add(userRecord("u2", { disabled: true, name: "hostile \0 \ud800" }));
  await store.sessions.add(sessionRecord("s1", "u1"));
  await store.apiTokens.add(apiTokenRecord("a1", "u1", { expiresMs: NOW_MS, lastUsedMs: NOW_MS }));
  await store.audit.append([auditEntry(1), auditEntry(2, { hostId: "h1", details: { from: "\0" } })]);
  await store.facts.set("manager.id", "m-1");
  const ended = { endedMs: NOW_MS + 5, reason: "the shell has ended", durationMs: 5, isCut: true };
  const shown = { user: "root", shell: "/bin/bash", title: "hostile \0 \ud800", sizeBytes: 1_000, position: 700 };
  await store.recordings.add(recordingRecord("c1", { hostId: "h1", ...ended, ...shown }));
  await store.recordings.add(recordingRecord("c2", { hostId: "w1" }));
}

async function everythingOf(store: Store): Promise<Record<string, unknown>> {
  const users = await store.users.all();
  const tasks = await store.tasks.list({ limit: 1_000 });
  const batches = new Set(tasks.map(({ batchId }) => batchId));
  return {
    hosts: await store.hosts.all(),
    joinTokens: await store.joinTokens.all(),
    processes: await store.processes.all(),
    events: await store.events.list({ limit: 1_000 }),
    batches: await Promise.all([...batches].map((id) => store.tasks.batch(id))),
    tasks,
    open: await store.tasks.open(),
    settings: await store.settings.all(),
    users,
    sessions: await Promise.all(users.map(({ id }) => store.sessions.ofUser(id))),
    apiTokens: await store.apiTokens.all(),
    audit: await store.audit.walk(0, 1_000),
    managerId: await store.facts.get("manager.id"),
    recordings: await store.recordings.list({ limit: 1_000 }),
  };
}

/** As the store leaves it, but in smaller pages, of which it has fewer bytes that say nothing. */
async function make(path: string): Promise<void> {
  await inTempDir(async (dir) => {
    {
      await using opened = openStoreIn(dir);
      await fill(opened.store);
    }
    using db = new DatabaseSync(join(dir, "manager.db"));
    db.exec("PRAGMA journal_mode = DELETE; PRAGMA page_size = 1024; VACUUM; PRAGMA journal_mode = WAL");
    db.close();
    Deno.copyFileSync(join(dir, "manager.db"), path);
  });
}

const schemaOf = (db: DatabaseSync) =>
  db.prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name <> 'schema_versions' ORDER BY name")
    .all();

Deno.test(`there is a database of the present schema, ${LATEST}, for those that come after`, async () => {
  const path = join(FIXTURES, `v${LATEST}.db`);
  const isThere = await Deno.stat(path).then(() => true, () => false);
  if (UPDATE && !isThere) {
    await Deno.mkdir(FIXTURES, { recursive: true });
    await make(path);
  } else assert.ok(isThere, `${path} is missing; see the comment of this file`);
});

for (let version = 1; version <= LATEST; version++) {
  const fixture = join(FIXTURES, `v${version}.db`);

  Deno.test(`the database of schema ${version} has rows in every table, and the tables that its migrations still make`, () =>
    inTempDir((dir) => {
      Deno.copyFileSync(fixture, join(dir, "manager.db"));
      using db = new DatabaseSync(join(dir, "manager.db"));
      using made = new DatabaseSync(":memory:");
      for (const migration of SCHEMA.migrations.slice(0, version)) made.exec(migration);
      assert.deepEqual(schemaOf(db), schemaOf(made), "a released migration was changed");
      assert.equal(db.prepare("SELECT version FROM schema_versions").get()?.["version"], version);
      const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
      for (const { name } of tables) assert.ok(db.prepare(`SELECT 1 FROM ${name}`).get(), `${name} is empty`);
    }));

  Deno.test(`what a manager of schema ${version} has stored is read by the present one`, () =>
    inTempDir(async (dir) => {
      Deno.copyFileSync(fixture, join(dir, "manager.db"));
      await using opened = openStoreIn(dir);
      const text = `${JSON.stringify(await everythingOf(opened.store), null, 2)}\n`;
      const golden = join(FIXTURES, `v${version}.json`);
      if (UPDATE) await Deno.writeTextFile(golden, text);
      assert.deepEqual(JSON.parse(text), JSON.parse(await Deno.readTextFile(golden)));
      await opened.store.facts.set("manager.id", "another");
    }));
}
