import assert from "node:assert/strict";
import fc from "fast-check";
import { AppError } from "../core/mod.ts";
import { CorruptError, troubleOf } from "./trouble.ts";

const sqliteError = (message: string, errcode?: number) =>
  Object.assign(new Error(message), { code: "ERR_SQLITE_ERROR", ...(errcode === undefined ? {} : { errcode }) });

Deno.test("what SQLite says is known by its code, and by its words where the runtime leaves the code out", () => {
  const cases = [
    ["database disk image is malformed", 11, "corrupt"],
    ["file is not a database", 26, "corrupt"],
    ["malformed database schema (x)", 11, "corrupt"],
    ["database or disk is full", 13, "full"],
    ["database is locked", 5, "busy"],
    ["database table is locked", 6, "busy"],
    ["attempt to write a readonly database", 8, "unwritable"],
    ["disk I/O error", 10, "unwritable"],
    ["unable to open database file: /x/y", 14, "unwritable"],
    ["no such table: x", 1, "rejected"],
  ] as const;
  for (const [message, code, kind] of cases) {
    assert.equal(troubleOf(sqliteError(message), "/a").kind, kind, message);
    assert.equal(troubleOf(sqliteError("in other words", code), "/a").kind, kind, `code ${code}`);
    assert.equal(troubleOf(sqliteError("in other words", code + 256 * 3), "/a").kind, kind, `extended code of ${code}`);
  }
});

Deno.test("other failures have their kinds too, and only damage is damage", () => {
  assert.equal(troubleOf(new CorruptError("x"), "/a").kind, "corrupt");
  assert.equal(troubleOf(new AppError("unsupported", "x"), "/a").kind, "newer");
  assert.equal(troubleOf(new Deno.errors.PermissionDenied("x"), "/a").kind, "unwritable");
  assert.equal(troubleOf(new Error("No space left on device (os error 28)"), "/a").kind, "unwritable");
  assert.equal(troubleOf(Object.assign(new Error("x"), { code: "EROFS" }), "/a").kind, "unwritable");
  assert.equal(troubleOf(new TypeError("malformed: our own mistake"), "/a").kind, "other");
});

Deno.test("the reason says what, why and what to do", () => {
  assert.equal(
    troubleOf(sqliteError("database or disk is full"), "/var/lib/agent.db").reason,
    "Cannot use the database /var/lib/agent.db: database or disk is full; free some space there",
  );
});

Deno.test("whatever is thrown gives a reason", () => {
  fc.assert(fc.property(fc.anything(), (thrown) => {
    assert.ok(troubleOf(thrown, "/a").reason.startsWith("Cannot use the database /a: "));
  }));
});
