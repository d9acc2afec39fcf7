import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { decodeText, encodeText, Sql, textSet } from "./sql.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("\0", "\u0001", "a", '"', "\ud800", "\udc00", "😀") }),
);

Deno.test("every text is found again, and only itself, to the last character", () => {
  using db = new DatabaseSync(":memory:");
  db.exec("CREATE TABLE texts (text TEXT NOT NULL) STRICT");
  const sql = new Sql(db);
  fc.assert(fc.property(fc.uniqueArray(anyText, { minLength: 1, maxLength: 8 }), (texts) => {
    sql.run("DELETE FROM texts");
    for (const text of texts) sql.run("INSERT INTO texts VALUES (?)", text);
    for (const text of texts) {
      const found = sql.all("SELECT text FROM texts WHERE text = ?", text);
      assert.deepEqual(found.map((row) => decodeText(String(row["text"]))), [text]);
    }
    const ofSet = "SELECT text FROM texts WHERE text IN (SELECT value FROM json_each(?)) ORDER BY rowid";
    assert.deepEqual(sql.all(ofSet, textSet(texts)).map((row) => decodeText(String(row["text"]))), texts);
  }));
});

Deno.test("what is stored has no NUL and is Unicode, and plain texts stand as they are", () => {
  fc.assert(fc.property(anyText, (text) => {
    const stored = encodeText(text);
    assert.ok(!stored.includes("\0") && stored.isWellFormed());
    assert.equal(decodeText(stored), text);
  }));
  for (const text of ["", "web-1", "Zürich 😀", "\u0002"]) assert.equal(encodeText(text), text);
});
