import assert from "node:assert/strict";
import fc from "fast-check";
import { parseEntries, parseStat, STAT_BYTES } from "./folder_structs.ts";
import { bytesOf, nameOf } from "./raw_names.ts";

Deno.test("every name that a kernel can have comes back as it was, and no two have the same text", () => {
  const bytes = fc.uint8Array({ maxLength: 255 }).map((given) => given.map((byte) => byte === 0 ? 1 : byte));
  fc.assert(fc.property(bytes, (given) => {
    const name = nameOf(given);
    assert.deepEqual([...bytesOf(name)], [...given, 0]);
  }));
});

Deno.test("a name that is UTF-8 is its text, and well-formed", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    const bytes = new TextEncoder().encode(text);
    assert.deepEqual([nameOf(bytes), text.isWellFormed()], [text, true]);
    assert.deepEqual([...bytesOf(text)], [...bytes, 0]);
  }));
  assert.equal(nameOf(new Uint8Array([0xef, 0xbb, 0xbf, 0x61])), "\ufeffa");
  // Forms that UTF-8 forbids: too long, a surrogate, cut off.
  for (const odd of [[0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf4, 0x90, 0x80, 0x80]]) {
    assert.equal(nameOf(new Uint8Array(odd)).isWellFormed(), false);
  }
});

Deno.test("no bytes in the place of entries or of a stat make their readers fail", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (given) => {
    const bytes = new Uint8Array(given);
    for (const { name } of parseEntries(bytes, bytes.length)) assert.equal(typeof name, "string");
    const stat = new Uint8Array(STAT_BYTES);
    stat.set(bytes.subarray(0, STAT_BYTES));
    for (const arch of ["x86_64", "aarch64"] as const) assert.ok(!Number.isNaN(parseStat(stat, arch).modifiedMs));
  }));
});

Deno.test("both processors' struct stat are read", () => {
  const bytes = new Uint8Array(STAT_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, 7n, true);
  view.setBigUint64(8, 9n, true);
  view.setBigInt64(48, 5_000_000_000n, true);
  view.setBigInt64(88, 1_700_000_000n, true);
  view.setBigUint64(96, 123_456_789n, true);
  const common = { sizeBytes: 5_000_000_000, modifiedMs: 1_700_000_000_123, device: "7", identity: "7:9" };
  view.setUint32(16, 3, true);
  view.setUint32(24, 0o100644, true);
  view.setUint32(28, 1000, true);
  view.setUint32(32, 1001, true);
  const version = "1700000000.123456789";
  assert.deepEqual(parseStat(bytes, "x86_64"), {
    kind: "file",
    mode: 0o644,
    uid: 1000,
    gid: 1001,
    links: 3,
    version,
    ...common,
  });
  view.setUint32(16, 0o041777, true);
  view.setUint32(20, 4, true);
  view.setUint32(24, 5, true);
  view.setUint32(28, 6, true);
  assert.deepEqual(parseStat(bytes, "aarch64"), {
    kind: "directory",
    mode: 0o1777,
    uid: 5,
    gid: 6,
    links: 4,
    version,
    ...common,
  });
});
