import assert from "node:assert/strict";
import type { FileEntry } from "../../../protocol/mod.ts";
import { entryKeys, isFolder, isReadable, isText, linesOf, nameKey, shownEntries } from "./listing.ts";

const entry = (name: string, more: Partial<FileEntry> = {}): FileEntry => ({
  name,
  kind: "file",
  sizeBytes: 1,
  modifiedMs: 0,
  ...more,
});

Deno.test("hidden ones and those that do not fit are left out", () => {
  const entries = [entry(".env"), entry("App.log"), entry("app.conf")];
  assert.deepEqual(shownEntries(entries, { text: "", showsHidden: false }).length, 2);
  assert.deepEqual(shownEntries(entries, { text: " APP.L", showsHidden: true }).map(({ name }) => name), ["App.log"]);
});

Deno.test("folders come first, and numbers count as numbers", () => {
  const entries = [entry("f10"), entry("F2"), entry("z", { kind: "directory" }), entry("a")];
  const names = entries.toSorted((a, b) => nameKey(a) < nameKey(b) ? -1 : 1).map(({ name }) => name);
  assert.deepEqual(names, ["z", "a", "F2", "f10"]);
});

Deno.test("a link counts as what it leads to", () => {
  assert.ok(isFolder(entry("l", { kind: "link", targetKind: "directory" })));
  assert.ok(isReadable(entry("l", { kind: "link", targetKind: "file" })));
  assert.ok(!isReadable(entry("l", { kind: "link" })));
  assert.ok(!isReadable(entry("\ufffd", { hasOddName: true })));
});

Deno.test("entries whose names are no text are told apart, however alike they look", () => {
  const odd = () => entry("bad-\ufffd", { hasOddName: true });
  const entries = [odd(), odd(), entry("bad-\ufffd"), entry("a")];
  const keys = entryKeys(entries);
  assert.equal(new Set(keys.values()).size, entries.length);
  assert.deepEqual(entries.slice(2).map((each) => keys.get(each)), ["bad-\ufffd", "a"]);
});

Deno.test("text is told from what is none", () => {
  const of = (text: string) => new TextEncoder().encode(text);
  assert.ok(isText(of("plain\ttext\r\n\x1b[31mred\n")));
  assert.ok(isText(of("Größe 日本")));
  assert.ok(isText(of("")));
  assert.ok(!isText(of("ELF\0\x01")));
  assert.ok(!isText(Uint8Array.from({ length: 100 }, (_, index) => index % 8 + 1)));
});

Deno.test("a file's beginning is cut into lines, whatever ends them", () => {
  const of = (text: string) => new TextEncoder().encode(text);
  assert.deepEqual(linesOf(of("a\r\nb\rc\n"), true), ["a", "b", "c"]);
  assert.deepEqual(linesOf(of(""), true), []);
  assert.deepEqual(linesOf(of("a\nbü").subarray(0, -1), false), ["a", "b"]);
});
