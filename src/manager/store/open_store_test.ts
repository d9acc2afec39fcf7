import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { IS_LINUX, IS_ROOT } from "../../../tests/helpers/host.ts";
import { openStoreIn } from "../../../tests/helpers/store_in.ts";
import { auditEntry, hostRecord, newEvent, userRecord } from "../../../tests/helpers/store_records.ts";
import { inTempDir } from "../../../tests/helpers/temp_dir.ts";
import { AppError } from "../../core/mod.ts";
import { currentOs } from "../../platform/mod.ts";

const IS_WINDOWS = currentOs() === "windows";

async function fill(dir: string, hosts = 3): Promise<void> {
  await using opened = openStoreIn(dir);
  const { store } = opened;
  await Promise.all([
    ...Array.from({ length: hosts }, (_, at) => store.hosts.add(hostRecord(`h${at}`))),
    store.users.add(userRecord("admin", { role: "admin" })),
    store.audit.append([auditEntry(1)]),
    store.events.add([newEvent("e")]),
  ]);
}

function refusalOf(dir: string): AppError {
  try {
    void openStoreIn(dir).store.close();
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    return error;
  }
  return assert.fail("it was opened");
}

const modeOf = (path: string) => (Deno.statSync(path).mode ?? 0) & 0o777;

Deno.test(
  "the files are for their owner alone, also those that were readable",
  { ignore: IS_WINDOWS },
  () =>
    inTempDir(async (dir) => {
      {
        await using opened = openStoreIn(dir);
        await opened.store.facts.set("a", "b");
        assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => modeOf(`${dir}/${name}`)), [0o600, 0o600]);
        assert.deepEqual(opened.logged(), []);
      }
      Deno.chmodSync(`${dir}/manager.db`, 0o644);
      await using again = openStoreIn(dir);
      assert.equal(modeOf(again.path), 0o600);
      assert.deepEqual(again.logged(), ["others could read the manager's database; its rights were put right"]);
      assert.equal(await again.store.facts.get("a"), "b");
    }),
);

Deno.test("what was answered survives a power cut, and references hold", () =>
  inTempDir(async (dir) => {
    let db: DatabaseSync | undefined;
    const original = DatabaseSync.prototype.exec;
    DatabaseSync.prototype.exec = function (sql) {
      db = this;
      return original.call(this, sql);
    };
    try {
      await using opened = openStoreIn(dir);
      await opened.store.facts.set("a", "b");
      const pragma = (name: string) => Object.values(db?.prepare(`PRAGMA ${name}`).get() ?? {})[0];
      const FULL = 2;
      assert.deepEqual([pragma("synchronous"), pragma("journal_mode"), pragma("foreign_keys")], [FULL, "wal", 1]);
    } finally {
      DatabaseSync.prototype.exec = original;
    }
  }));

for (
  const [what, damage] of [
    ["garbage", (path: string) => Deno.writeTextFileSync(path, "not a database ".repeat(1_000))],
    ["a header and nothing else", (path: string) => Deno.truncateSync(path, 100)],
    ["half of itself", (path: string) => Deno.truncateSync(path, Deno.statSync(path).size / 2)],
    ["empty, with a log of changes", (path: string) => {
      Deno.truncateSync(path, 0);
      Deno.writeTextFileSync(`${path}-wal`, "changes");
    }],
    ["another one, with tables that are not ours", (path: string) => {
      const db = new DatabaseSync(path);
      db.exec("DROP TABLE sessions; CREATE TABLE sessions (a)");
      db.close();
    }],
  ] as const
) {
  Deno.test(`a database that has become ${what} is refused and left as it is`, () =>
    inTempDir(async (dir) => {
      const path = `${dir}/manager.db`;
      await fill(dir, 50);
      damage(path);
      const before = Deno.readFileSync(path);
      const error = refusalOf(dir);
      assert.deepEqual([error.code, error.retryable], ["unavailable", false]);
      assert.match(
        error.message,
        /^Cannot use the manager's database .*manager\.db: it is damaged \(.+\)\. It was left/,
      );
      assert.match(error.message, /keep it aside together with .*-wal and .*-shm .*put a backup copy at .*manager\.db/);
      assert.deepEqual(Deno.readFileSync(path), before);
    }));
}

Deno.test("a backup copy that is put in the place of a damaged database is what the manager goes on with", () =>
  inTempDir(async (dir) => {
    const path = `${dir}/manager.db`;
    await fill(dir);
    Deno.copyFileSync(path, `${dir}/backup`);
    Deno.writeTextFileSync(path, "damaged");
    refusalOf(dir);
    for (const name of [...Deno.readDirSync(dir)].map((entry) => entry.name)) {
      if (name.startsWith("manager.db")) Deno.renameSync(`${dir}/${name}`, `${dir}/aside-${name}`);
    }
    Deno.renameSync(`${dir}/backup`, path);
    await using opened = openStoreIn(dir);
    assert.equal((await opened.store.hosts.all()).length, 3);
  }));

Deno.test("whatever bytes of the file are changed or cut off, it is used or refused, never replaced", () =>
  inTempDir(async (base) => {
    await fill(base, 40);
    const whole = Deno.readFileSync(`${base}/manager.db`);
    const anyDamage = fc.record({
      flips: fc.array(fc.record({ at: fc.double({ min: 0, max: 0.999, noNaN: true }), to: fc.nat(255) }), {
        maxLength: 8,
      }),
      cut: fc.option(fc.double({ min: 0.01, max: 1, noNaN: true })),
      inHeaders: fc.boolean(),
    });
    let count = 0;
    const property = fc.asyncProperty(anyDamage, async ({ flips, cut, inHeaders }) => {
      const bytes = whole.slice(0, cut === null ? undefined : Math.ceil(cut * whole.length));
      for (const { at, to } of flips) {
        const index = Math.floor(at * bytes.length);
        bytes[inHeaders ? index - index % 4_096 + index % 100 : index] = to;
      }
      const dir = `${base}/${++count}`;
      Deno.mkdirSync(dir, { mode: 0o700 });
      const path = `${dir}/manager.db`;
      Deno.writeFileSync(path, bytes, { mode: 0o600 });
      const isOpened = await usesOrRefuses(dir);
      if (!isOpened) assert.deepEqual(Deno.readFileSync(path), bytes);
      assert.ok([...Deno.readDirSync(dir)].every(({ name }) => /^manager\.db(-wal|-shm)?$/.test(name)));
    });
    await fc.assert(property, { numRuns: 150 });
  }));

async function usesOrRefuses(dir: string): Promise<boolean> {
  let opened;
  try {
    opened = openStoreIn(dir);
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    return false;
  }
  const { store } = opened;
  const asked = [store.hosts.all(), store.users.all(), store.audit.walk(0, 9), store.hosts.add(hostRecord("new"))];
  for (const result of await Promise.allSettled(asked)) {
    if (result.status === "rejected") assert.ok(result.reason instanceof AppError, String(result.reason));
  }
  await store.close();
  return true;
}

Deno.test("damage that shows while it is used refuses what it concerns, and nothing ends", () =>
  inTempDir(async (dir) => {
    {
      // More than is looked through at opening.
      await using opened = openStoreIn(dir);
      const many = Array.from({ length: 1_000 }, () => newEvent("x".repeat(1_000)));
      for (let part = 0; part < 12; part++) await opened.store.events.add(many);
      await opened.store.facts.set("a", "b");
    }
    await using opened = openStoreIn(dir);
    const { store, path } = opened;
    const file = Deno.openSync(path, { write: true });
    for (let at = 4_096 * 200, { size } = file.statSync(); at < size; at += 4_096) {
      file.seekSync(at, Deno.SeekMode.Start);
      file.writeSync(new Uint8Array(64).fill(0x7f));
    }
    file.close();
    const asked = [store.events.list({ limit: 10_000 }), store.events.trim({ maxCount: 0, beforeMs: Infinity })];
    for (const result of await Promise.allSettled(asked)) {
      assert.ok(result.status === "rejected");
      const { code, retryable, message } = result.reason;
      assert.deepEqual([code, retryable], ["unavailable", false]);
      assert.match(message, /malformed; stop the manager and put a backup copy in its place/);
    }
    assert.deepEqual(opened.logged(), ["writing the manager's database failed"]);
    await store.facts.set("a", "c");
    assert.equal(await store.facts.get("a"), "c", "what it does not concern goes on");
  }));

Deno.test("the tables of a newer manager are not touched", () =>
  inTempDir(async (dir) => {
    await fill(dir);
    const path = `${dir}/manager.db`;
    const db = new DatabaseSync(path);
    db.exec("UPDATE schema_versions SET version = 99");
    db.close();
    const before = Deno.readFileSync(path);
    const error = refusalOf(dir);
    assert.equal(error.code, "unsupported");
    assert.match(error.message, /written by a newer version of this program .*version 99, this one knows \d+\); start/);
    assert.deepEqual(Deno.readFileSync(path), before);
  }));

Deno.test("a database that another manager has open is refused", () =>
  inTempDir(async (dir) => {
    await using first = openStoreIn(dir);
    await first.store.facts.set("a", "b");
    const error = refusalOf(dir);
    assert.equal(error.code, "unavailable");
    assert.match(error.message, /locked; another program has it open, perhaps another manager; end that one/);
    await first.store.facts.set("a", "c");
  }));

Deno.test("a directory that is not there, and a file that is none, are named", () =>
  inTempDir((dir) => {
    const missing = refusalOf(`${dir}/missing`);
    assert.equal(missing.code, "unavailable");
    assert.match(
      missing.message,
      /Cannot use the manager's database .*missing.manager\.db: .*must be able to write it/,
    );
    Deno.mkdirSync(`${dir}/manager.db`, { mode: 0o700 });
    assert.match(refusalOf(dir).message, /Cannot use the manager's database .*manager\.db: /);
  }));

Deno.test("a store that is closed refuses to read and to write", () =>
  inTempDir(async (dir) => {
    const { store } = openStoreIn(dir);
    await store.close();
    for (const asked of [store.facts.get("a"), store.facts.set("a", "b")]) {
      const reason = await asked.then(() => assert.fail("should be closed"), (thrown) => thrown);
      assert.deepEqual([reason.code, reason.retryable], ["unavailable", true]);
    }
    assert.ok(store.report().sizeBytes > 0);
  }));

Deno.test("what is read while others write is whole, and never what is not yet answered", () =>
  inTempDir(async (dir) => {
    await using opened = openStoreIn(dir);
    const { hosts, events } = opened.store;
    await hosts.add(hostRecord("a"));
    let told = 0;
    const write = async () => {
      for (let at = 0; at < 200; at++) {
        const report = [1, 2, 3].map((n) => newEvent("e", { hostId: "a", hostSeq: at * 3 + n }));
        const added = events.add(report);
        assert.equal((await events.list({ limit: 1 })).at(-1)?.hostSeq ?? 0, at * 3);
        told = (await added).at(-1)?.hostSeq ?? NaN;
      }
    };
    const read = async () => {
      while (told < 600) {
        const least = told;
        const [host, list] = await Promise.all([hosts.get("a"), events.list({ limit: 1_000 })]);
        assert.ok((host?.eventSeq ?? 0) >= least);
        assert.equal(list.length % 3, 0);
        assert.equal(list.length, host?.eventSeq);
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
    };
    await Promise.all([write(), read(), read()]);
  }));

Deno.test("on a full disk writes are refused, what was written is read, and there is room again when there is", {
  ignore: !IS_LINUX,
}, () =>
  inTempDir(async (disk) => {
    const mount = (...args: string[]) => new Deno.Command(args[0] ?? "", { args: args.slice(1) }).outputSync().success;
    if (!IS_ROOT || !mount("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk)) {
      // deno-lint-ignore no-console
      return console.log("skipped: a small file system cannot be mounted here");
    }
    try {
      const dir = `${disk}/data`;
      Deno.mkdirSync(dir, { mode: 0o700 });
      await using opened = openStoreIn(dir);
      const { facts } = opened.store;
      await facts.set("first", "kept");
      Deno.writeFileSync(`${disk}/pad`, new Uint8Array(200_000));
      let written = 0;
      const reason = await (async () => {
        while (written < 2_000) await facts.set(`f${written++}`, "x".repeat(2_000));
      })().then(() => assert.fail("the disk was never full"), (thrown) => thrown);
      assert.deepEqual([reason.code, reason.retryable], ["unavailable", true], reason.message);
      assert.match(reason.message, /full; free some space there/);
      assert.equal(await facts.get("first"), "kept");
      assert.equal(await facts.get(`f${written - 1}`), null);
      Deno.removeSync(`${disk}/pad`);
      await facts.set("last", "there");
      assert.equal(await facts.get(`f${written - 2}`), "x".repeat(2_000));
      assert.deepEqual(opened.logged().map((text) => text.split(" ").at(-1)), ["failed", "again"]);
    } finally {
      mount("umount", "--lazy", disk);
    }
  }));
