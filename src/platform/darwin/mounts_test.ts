import assert from "node:assert/strict";
import fc from "fast-check";
import { cStruct, type Member, mutated } from "../../../tests/helpers/c_struct.ts";
import { parseMounts } from "./mounts.ts";

/** struct statfs of <sys/mount.h> with 64-bit inode numbers, member by member. */
function statfs(mountPoint: string, flags: number, blocks = 1000): readonly Member[] {
  return [
    ["u32", 4096], // f_bsize
    ["u32", 1_048_576], // f_iosize
    ["u64", blocks], // f_blocks
    ["u64", 400], // f_bfree
    ["u64", 300], // f_bavail
    ["u64", 2_000_000], // f_files
    ["u64", 1_999_000], // f_ffree
    ["u32", 16_777_229], // f_fsid
    ["u32", 26],
    ["u32", 0], // f_owner
    ["u32", 26], // f_type
    ["u32", flags], // f_flags
    ["u32", 1], // f_fssubtype
    ["char[16]", "apfs"],
    ["char[1024]", mountPoint],
    ["char[1024]", "/dev/disk3s5"],
    ["u32", 1], // f_flags_ext
    ...Array.from({ length: 7 }, (): Member => ["u32"]), // f_reserved
  ];
}

const TWO = cStruct([...statfs("/", 0x0480_1001), ...statfs("/Volumes/Größe", 0x0)]);

Deno.test("mounts stand where Apple's header puts them", () => {
  assert.equal(TWO.length, 2 * 2168);
  const [root, other] = parseMounts(TWO, 2);
  assert.deepEqual(root, {
    mountPoint: "/",
    device: "/dev/disk3s5",
    type: "apfs",
    readOnly: true,
    local: true,
    sizeBytes: 4_096_000,
    usedBytes: 2_457_600,
    freeBytes: 1_638_400,
    availableBytes: 1_228_800,
    inodes: 2_000_000,
    inodesFree: 1_999_000,
  });
  assert.deepEqual([other?.mountPoint, other?.readOnly, other?.local], ["/Volumes/Größe", false, false]);
});

Deno.test("no more mounts are read than there are, nor than there is room for", () => {
  assert.equal(parseMounts(TWO, 1).length, 1);
  assert.equal(parseMounts(TWO, 5).length, 2);
  assert.equal(parseMounts(TWO, -1).length, 0);
});

Deno.test("more free than there is says nothing about what is used", () => {
  assert.equal(parseMounts(cStruct(statfs("/", 0, 10)), 1)[0]?.usedBytes, undefined);
});

Deno.test("whatever the bytes are, sizes are finite and not negative", () => {
  const change = fc.array(fc.tuple(fc.nat(90), fc.nat(255)), { maxLength: 30 });
  fc.assert(fc.property(fc.nat(5000), change, fc.integer({ min: -2, max: 4 }), (length, changes, count) => {
    for (const mount of parseMounts(mutated(TWO, length, changes), count)) {
      const sizes = [mount.sizeBytes, mount.usedBytes, mount.freeBytes, mount.availableBytes, mount.inodes];
      for (const size of sizes) assert.ok(size === undefined || (size >= 0 && Number.isFinite(size)));
    }
  }));
});
