import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers";
import { FakeClock, settle } from "../../../tests/helpers/fake_clock.ts";
import { recordingLog } from "../../../tests/helpers/recording_log.ts";
import { inTempDir } from "../../../tests/helpers/temp_dir.ts";
import { AppError } from "../../core/mod.ts";
import { placeOf } from "../../database/mod.ts";
import { Sql } from "./sql.ts";
import { Writer } from "./writer.ts";

class CountingDatabase extends DatabaseSync {
  commits = 0;
  override exec(sql: string): void {
    super.exec(sql);
    if (sql === "COMMIT") this.commits++;
  }
}

interface Setting {
  readonly db: CountingDatabase;
  readonly writer: Writer;
  readonly path: string;
  readonly clock: FakeClock;
  readonly logged: () => string[];
  readonly keys: () => unknown[];
}

function withWriter(use: (setting: Setting) => Promise<void>): Promise<void> {
  return inTempDir(async (dir) => {
    const path = `${dir}/manager.db`;
    using db = new CountingDatabase(path, { timeout: 0 });
    db.exec("PRAGMA journal_mode = WAL; CREATE TABLE keys (key TEXT PRIMARY KEY, pad BLOB) STRICT");
    const clock = new FakeClock();
    const { log, records } = recordingLog();
    const writer = new Writer({ db, path, place: placeOf(path), clock, log });
    const keys = () => db.prepare("SELECT key FROM keys ORDER BY rowid").all().map(({ key }) => key);
    await use({ db, writer, path, clock, logged: () => records.map(({ msg }) => msg), keys });
    await writer.close();
  });
}

const put = (key: string, bytes = 0) => (sql: Sql) =>
  sql.run("INSERT INTO keys VALUES (?, ?)", key, new Uint8Array(bytes));

const reasonOf = async (promise: Promise<unknown>): Promise<AppError> => {
  const reason = await promise.then(() => assert.fail("should have been refused"), (thrown) => thrown);
  assert.ok(reason instanceof AppError, String(reason));
  return reason;
};

Deno.test("what is written in one turn of the event loop shares a transaction, and is answered when it is committed", () =>
  withWriter(async ({ db, writer, path }) => {
    using other = new DatabaseSync(path);
    const count = () => other.prepare("SELECT count(*) AS n FROM keys").get()?.["n"];
    const seen: unknown[] = [];
    const writes = Array.from({ length: 50 }, (_, at) => writer.write(put(`${at}`)).then(() => seen.push(count())));
    assert.equal(writer.report().waiting, 50);
    await Promise.all(writes);
    assert.equal(db.commits, 1);
    assert.deepEqual(new Set(seen), new Set([50]), "whoever is answered first sees all");
    assert.deepEqual([writer.report().waiting, writer.report().writes], [0, 50]);
    await writer.write(put("later"));
    assert.equal(db.commits, 2);
  }));

Deno.test("a transaction ends when it has taken long enough, and the event loop turns before the next", () =>
  withWriter(async ({ db, writer, clock }) => {
    let nowMs = 0;
    clock.monotonicMs = () => nowMs;
    const commitsAtTurns: number[] = [];
    const turn = () => {
      commitsAtTurns.push(db.commits);
      if (db.commits < 3) setImmediate(turn);
    };
    setImmediate(turn);
    const slow = (key: string) => (sql: Sql) => {
      nowMs += 15;
      return put(key)(sql);
    };
    await Promise.all(["a", "b", "c", "d", "e"].map((key) => writer.write(slow(key))));
    assert.equal(db.commits, 3);
    await settle();
    assert.deepEqual(new Set(commitsAtTurns), new Set([0, 1, 2, 3]));
  }));

Deno.test("one write that fails is undone alone, all that it has done", () =>
  withWriter(async ({ db, writer, keys, logged }) => {
    const results = await Promise.allSettled([
      writer.write(put("a")),
      writer.write((sql) => [put("b")(sql), put("a")(sql)]),
      writer.write((sql) => {
        put("c")(sql);
        throw new AppError("conflict", "refused", { details: { rule: "mine" } });
      }),
      writer.write((sql) => {
        put("d")(sql);
        throw new Error("a mistake");
      }),
      writer.write((sql) => sql.run("not SQL")),
      writer.write(put("e")),
    ]);
    const codes = results.map((result) => result.status === "fulfilled" ? "ok" : result.reason.code);
    assert.deepEqual(codes, ["ok", "conflict", "conflict", "internal", "internal", "ok"]);
    assert.deepEqual([keys(), db.commits], [["a", "e"], 1]);
    assert.deepEqual([writer.report().failures, logged()], [0, []], "the database is well");
  }));

Deno.test("a full database refuses what it cannot hold, for a while, and says so once", () =>
  withWriter(async ({ db, writer, keys, logged }) => {
    await writer.write(put("before"));
    const pages = Number(db.prepare("PRAGMA page_count").get()?.["page_count"]);
    db.exec(`PRAGMA max_page_count = ${pages + 2}`);
    for (const key of ["a", "b"]) {
      const [small, large] = [writer.write(put(`small ${key}`)), writer.write(put(key, 100_000))];
      const reason = await reasonOf(large);
      assert.deepEqual([reason.code, reason.retryable], ["unavailable", true]);
      assert.match(reason.message, /Cannot use the manager's database .*manager\.db: .*full; free some space/);
      assert.equal((await reasonOf(small)).code, "unavailable", "what shares a transaction fails with it");
    }
    assert.deepEqual(logged(), ["writing the manager's database failed"]);
    db.exec("PRAGMA max_page_count = 10000");
    await writer.write(put("c", 100_000));
    assert.deepEqual(keys(), ["before", "c"]);
    assert.deepEqual(logged(), ["writing the manager's database failed", "writing the manager's database works again"]);
    assert.equal(writer.report().failures, 4);
  }));

Deno.test("while another program has the database locked, writes are refused; later ones work", () =>
  withWriter(async ({ writer, path, keys, logged }) => {
    using other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    const reasons = await Promise.all([reasonOf(writer.write(put("a"))), reasonOf(writer.write(put("b")))]);
    for (const { code, retryable, message } of reasons) {
      assert.deepEqual([code, retryable], ["unavailable", true]);
      assert.match(message, /locked; end the other program/);
    }
    other.exec("ROLLBACK");
    await writer.write(put("c"));
    assert.deepEqual(keys(), ["c"]);
    assert.equal(logged().length, 2);
  }));

Deno.test("a file that was moved away takes nothing, until it is back", () =>
  withWriter(async ({ writer, path, clock, keys }) => {
    await writer.write(put("a"));
    Deno.renameSync(path, `${path}.moved`);
    await clock.advance(1_000);
    const reason = await reasonOf(writer.write(put("b")));
    assert.match(reason.message, /moved, deleted or replaced while in use; put it back/);
    assert.deepEqual([reason.code, reason.retryable], ["unavailable", true]);
    Deno.renameSync(`${path}.moved`, path);
    await writer.write(put("c"));
    assert.deepEqual(keys(), ["a", "c"]);
  }));

Deno.test("more than ten thousand writes do not wait: whoever comes then is told to come later", () =>
  withWriter(async ({ writer, keys }) => {
    const writes = Array.from({ length: 10_000 }, (_, at) => writer.write(put(`${at}`)));
    const reason = await reasonOf(writer.write(put("too many")));
    assert.deepEqual([reason.code, reason.retryable], ["unavailable", true]);
    await Promise.all(writes);
    await writer.write(put("later"));
    assert.equal(keys().length, 10_001);
  }));

Deno.test("closing writes what waits, and nothing comes after", () =>
  withWriter(async ({ writer, keys }) => {
    const write = writer.write(put("a"));
    const closed = writer.close();
    const late = await reasonOf(writer.write(put("late")));
    assert.equal(late.code, "unavailable");
    await Promise.all([write, closed, writer.close()]);
    assert.deepEqual(keys(), ["a"]);
  }));

Deno.test("it tells how long writes have taken lately", () =>
  withWriter(async ({ writer, clock }) => {
    let nowMs = 0;
    clock.monotonicMs = () => nowMs;
    assert.equal(writer.report().latencyMs, undefined);
    const taking = (ms: number) => writer.write(() => void (nowMs += ms));
    await taking(10);
    await taking(20);
    assert.equal(writer.report().latencyMs, 15);
    for (let count = 0; count < 3; count++) {
      nowMs += 5_000;
      await taking(4);
    }
    assert.equal(writer.report().latencyMs, 4, "what was long ago counts no more");
  }));
