import assert from "node:assert/strict";
import fc from "fast-check";
import { anyDamage } from "../../../../tests/helpers/any_damage.ts";
import { badNumbers, damaged, hostText } from "../../../../tests/helpers/fixture_host.ts";
import { IS_LINUX } from "../../../../tests/helpers/host.ts";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import { countOpenFiles, isProcfs, parseIo, parsePss, readMember } from "./member_files.ts";

Deno.test("of input and output what reached the storage counts", () => {
  const text =
    "rchar: 900\nwchar: 800\nsyscr: 7\nsyscw: 6\nread_bytes: 4096\nwrite_bytes: 512\ncancelled_write_bytes: 1\n";
  assert.deepEqual(parseIo(text), { readBytes: 4096, writtenBytes: 512 });
  assert.deepEqual(parseIo("read_bytes: x\n"), { readBytes: undefined, writtenBytes: undefined });
});

Deno.test("the proportional size is in bytes, and not that of its parts", () => {
  assert.equal(
    parsePss("55-7f ---p 0 00:00 0 [rollup]\nRss:  9 kB\nPss_Dirty: 1 kB\nPss:      7 kB\nPss_Anon: 2 kB\n"),
    7168,
  );
  assert.equal(parsePss("Rss: 9 kB\n"), undefined);
});

Deno.test("a file that is not there is neither text nor a refusal", () => {
  assert.deepEqual(readMember("/nowhere/1/io"), {});
  assert.deepEqual(countOpenFiles("/nowhere/1/fd", false), {});
});

Deno.test("open files are counted, and a directory's size means nothing outside of /proc", async () => {
  await inPlainTempDir((dir) => {
    for (const name of ["0", "1", "2"]) Deno.writeTextFileSync(`${dir}/${name}`, "");
    assert.equal(isProcfs(dir), false);
    assert.deepEqual(countOpenFiles(dir, isProcfs(dir)), { count: 3 });
  });
});

Deno.test({
  name: "the kernel's own tree is known, and its short way gives the number of open files",
  ignore: !IS_LINUX,
}, () => {
  assert.equal(isProcfs("/proc"), true);
  const { count = 0 } = countOpenFiles("/proc/self/fd", true);
  const walked = countOpenFiles("/proc/self/fd", false).count ?? 0;
  // The walk opens one more for itself; other tests of this process may open and close some meanwhile.
  assert.ok(count > 2 && Math.abs(count + 1 - walked) <= 20, `${count} and ${walked}`);
});

Deno.test("damaged files never make a number that cannot be", () => {
  const io = hostText("vm", "proc/3921/io");
  const rollup = hostText("vm", "proc/3921/smaps_rollup");
  fc.assert(fc.property(fc.array(anyDamage()), (damages) => {
    assert.deepEqual(badNumbers([parseIo(damaged(io, damages)), parsePss(damaged(rollup, damages))]), []);
  }));
});
