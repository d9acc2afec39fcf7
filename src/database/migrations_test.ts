import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";
import { openFile } from "./database_file.ts";
import { migrate, schemaVersion } from "./migrations.ts";
import { handleNamed, reasonsOf, storeIn } from "../../tests/helpers/supervisor_store.ts";

const FIRST = "CREATE TABLE notes (id TEXT PRIMARY KEY) STRICT";
const SECOND = "ALTER TABLE notes ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'";
const schemaOf = (...migrations: string[]) => ({ part: "notes", migrations, smallTables: ["notes"] });

Deno.test("the tables of an older agent are brought up to date, with what is in them", () =>
  inTempDir((dir) => {
    const path = `${dir}/agent.db`;
    const older = openFile(path, { parts: [schemaOf(FIRST)] });
    older.db.exec("INSERT INTO notes VALUES ('a')");
    older.db.close();
    for (let opening = 1; opening <= 2; opening++) {
      const { db } = openFile(path, { parts: [schemaOf(FIRST, SECOND)] });
      assert.deepEqual({ ...db.prepare("SELECT * FROM notes").get() }, { id: "a", colour: "red" });
      assert.equal(schemaVersion(db, "notes"), 2);
      assert.equal(schemaVersion(db, "others"), 0, "each part counts by itself");
      db.close();
    }
  }));

Deno.test("a migration that fails leaves everything as it was", () => {
  const db = new DatabaseSync(":memory:");
  assert.throws(() => migrate(db, 0, schemaOf(FIRST, "CREATE TABLE more (a)", "not SQL")));
  assert.deepEqual(db.prepare("SELECT name FROM sqlite_schema").all(), []);
  migrate(db, 0, schemaOf(FIRST));
  assert.equal(schemaVersion(db, "notes"), 1);
  db.close();
});

Deno.test("the tables of a newer agent are not touched: memory has to do, and it is said", () =>
  inTempDir(async (dir) => {
    {
      using first = storeIn(dir);
      first.store.saveHandle(handleNamed("web"));
    }
    const path = `${dir}/agent.db`;
    const db = new DatabaseSync(path);
    db.exec("UPDATE schema_versions SET version = 99");
    db.close();
    const before = Deno.readFileSync(path);
    using older = storeIn(dir);
    const { store, troubles, clock } = older;
    assert.deepEqual(store.handles(), []);
    store.saveHandle(handleNamed("db"));
    assert.ok(
      store.addEvent({ timeMs: 1, process: "db", kind: "log", level: "info", state: "running", reason: "r" }).seq > 0,
    );
    await clock.advance(600_000);
    assert.deepEqual([store.handles().map(({ id }) => id), reasonsOf(store)], [["db"], ["r"]]);
    assert.equal(troubles.length, 1);
    assert.match(
      troubles[0] ?? "",
      /Cannot use the database .*agent\.db: it was written by a newer version of this program/,
    );
    assert.match(troubles[0] ?? "", /version 99, this one knows \d+\); run that version again/);
    store.close();
    assert.deepEqual(Deno.readFileSync(path), before);
  }));

Deno.test("tables of other parts are left alone", () =>
  inTempDir((dir) => {
    const path = `${dir}/agent.db`;
    const other = openFile(path, { parts: [schemaOf(FIRST)] });
    other.db.exec("INSERT INTO notes VALUES ('a')");
    other.db.close();
    {
      using store = storeIn(dir);
      store.store.saveHandle(handleNamed("web"));
      assert.deepEqual(store.troubles, []);
    }
    const again = openFile(path, { parts: [schemaOf(FIRST)] });
    assert.equal(again.db.prepare("SELECT count(*) AS n FROM notes").get()?.["n"], 1);
    again.db.close();
  }));

Deno.test("all parts of a file are brought up to date, or none when one of them is newer", () =>
  inTempDir((dir) => {
    const path = `${dir}/shared.db`;
    const others = { part: "others", migrations: ["CREATE TABLE others (id TEXT) STRICT"], smallTables: ["others"] };
    const both = openFile(path, { parts: [schemaOf(FIRST), others] });
    assert.deepEqual(["notes", "others"].map((part) => schemaVersion(both.db, part)), [1, 1]);
    both.db.exec("UPDATE schema_versions SET version = 9 WHERE part = 'others'");
    both.db.close();
    assert.throws(() => openFile(path, { parts: [schemaOf(FIRST, SECOND), others] }), { code: "unsupported" });
    const { db } = openFile(path, { parts: [schemaOf(FIRST)] });
    assert.equal(schemaVersion(db, "notes"), 1, "it was changed although the file could not be used");
    db.close();
  }));
