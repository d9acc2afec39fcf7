import assert from "node:assert/strict";
import fc from "fast-check";
import { parseStatfs, STATFS_BYTES } from "./statfs.ts";

/** The bytes that a kernel gave for an ext4 file system with reserved blocks, the file system's id aside. */
const EXT4 = bytesOf(
  "53ef000000000000 0010000000000000 9de3ef0300000000 8097b80300000000 d702350100000000 0000000100000000" +
    "9fa7f90000000000 0000000000000000 ff00000000000000 0010000000000000 2010000000000000",
);
/** A FUSE file system that counts in fragments of 512 bytes and recommends blocks of 1 MiB. */
const FUSE = bytesOf(
  "4655546500000000 0000100000000000 0010000000000000 0008000000000000 0004000000000000 0000000000000000" +
    "0000000000000000 0000000000000000 ff00000000000000 0002000000000000 0600000000000000",
);

Deno.test("an ext4 file system's answer is read", () => {
  assert.deepEqual(parseStatfs(EXT4), {
    sizeBytes: 66_053_021 * 4096,
    usedBytes: (66_053_021 - 62_429_056) * 4096,
    freeBytes: 62_429_056 * 4096,
    availableBytes: 20_251_351 * 4096,
    inodes: 16_777_216,
    inodesFree: 16_361_375,
  });
});

Deno.test("blocks are counted in fragments, whatever size of block is recommended", () => {
  const use = parseStatfs(FUSE);
  assert.equal(use.sizeBytes, 4096 * 512);
  assert.equal(use.usedBytes, 2048 * 512);
  assert.equal(use.availableBytes, 1024 * 512);
});

Deno.test("without a fragment size blocks are counted in blocks", () => {
  const bytes = EXT4.slice();
  bytes.fill(0, 72, 80);
  assert.equal(parseStatfs(bytes).sizeBytes, 66_053_021 * 4096);
});

Deno.test("a count that means a negative number is absent", () => {
  const bytes = EXT4.slice();
  bytes.fill(0xff, 32, 40);
  bytes.fill(0xff, 24, 32);
  const use = parseStatfs(bytes);
  assert.equal(use.availableBytes, undefined);
  assert.equal(use.freeBytes, undefined);
  assert.equal(use.usedBytes, undefined);
  assert.equal(use.sizeBytes, 66_053_021 * 4096);
});

Deno.test("more free than there is leaves the used space unknown", () => {
  const bytes = EXT4.slice();
  bytes.fill(0, 16, 24);
  assert.equal(parseStatfs(bytes).usedBytes, undefined);
});

Deno.test("no bytes whatever give NaN, Infinity or a negative number", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: STATFS_BYTES + 8 }), (bytes) => {
    for (const value of Object.values(parseStatfs(new Uint8Array(bytes)))) {
      assert.ok(value === undefined || (Number.isFinite(value) && value >= 0), String(value));
    }
  }));
});

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(STATFS_BYTES);
  (hex.replaceAll(" ", "").match(/../g) ?? []).forEach((byte, index) => bytes[index] = parseInt(byte, 16));
  return bytes;
}
