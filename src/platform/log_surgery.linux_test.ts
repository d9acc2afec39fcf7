import assert from "node:assert/strict";
import { join } from "node:path";
import { inPlainTempDir } from "../../tests/helpers/temp_dir.ts";
import { linuxLogSurgery } from "./log_surgery.linux.ts";

const onLinux = Deno.build.os === "linux";
const SHM = "/dev/shm";
const hasShm = onLinux && [...Deno.readDirSync("/dev")].some(({ name }) => name === "shm");
const BLOCK = 4_096;
const signal = new AbortController().signal;

function onLinuxIn(name: string, use: (dir: string) => Promise<void> | void): void {
  Deno.test({ name, ignore: !onLinux }, () => inPlainTempDir(use));
}

/** Three blocks of "a", "b" and "c", and then "end". */
function writeBlocks(path: string): void {
  Deno.writeTextFileSync(path, `${"a".repeat(BLOCK)}${"b".repeat(BLOCK)}${"c".repeat(BLOCK)}end`);
}

onLinuxIn("a part of a file is copied to a place in another of the same owner and rights", async (dir) => {
  const surgery = linuxLogSurgery();
  writeBlocks(join(dir, "log"));
  Deno.chmodSync(join(dir, "log"), 0o604);
  using log = surgery.open(join(dir, "log"));
  using copy = surgery.create(join(dir, "copy"), log);
  assert.equal(await log.copyTo(copy, BLOCK, 3 * BLOCK + 3, 0, signal), "done");
  assert.equal(log.copyNow(copy, 0, 2, 2 * BLOCK + 3), "done");
  assert.equal(Deno.readTextFileSync(join(dir, "copy")), `${"b".repeat(BLOCK)}${"c".repeat(BLOCK)}endaa`);
  assert.equal((Deno.statSync(join(dir, "copy")).mode ?? 0) & 0o777, 0o604);
  assert.throws(() => surgery.create(join(dir, "copy"), log));
});

onLinuxIn("a head is freed in place, and the rest stays where it is", async (dir) => {
  writeBlocks(join(dir, "log"));
  using log = linuxLogSurgery().open(join(dir, "log"));
  assert.equal(log.firstData(), 0);
  if (await log.freeHead(2 * BLOCK) === "unsupported") return; // it depends on where temporary files are
  assert.equal(log.firstData(), 2 * BLOCK);
  assert.equal(new TextDecoder().decode(log.read(2 * BLOCK, BLOCK + 3)), `${"c".repeat(BLOCK)}end`);
});

onLinuxIn("a head is taken out while somebody appends, or it is said that it cannot be", async (dir) => {
  writeBlocks(join(dir, "log"));
  using log = linuxLogSurgery().open(join(dir, "log"));
  using program = Deno.openSync(join(dir, "log"), { append: true });
  const result = await log.collapseHead(2 * BLOCK);
  program.writeSync(new TextEncoder().encode("!"));
  const kept = `${"c".repeat(BLOCK)}end!`;
  const before = result === "done" ? "" : `${"a".repeat(BLOCK)}${"b".repeat(BLOCK)}`;
  assert.equal(Deno.readTextFileSync(join(dir, "log")), before + kept);
  assert.equal(await log.collapseHead(100), "unsupported", "no file system takes out a part of a block");
});

Deno.test({ name: "in memory a head can be freed, though not taken out", ignore: !hasShm }, async () => {
  const dir = Deno.makeTempDirSync({ dir: SHM });
  try {
    writeBlocks(join(dir, "log"));
    using log = linuxLogSurgery().open(join(dir, "log"));
    assert.equal(await log.freeHead(BLOCK), "done");
    assert.equal(await log.collapseHead(BLOCK), "unsupported");
    assert.equal(log.firstData(), BLOCK);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});

onLinuxIn("a file is emptied only at the length that was seen, and for its only user where that is asked", (dir) => {
  writeBlocks(join(dir, "log"));
  using log = linuxLogSurgery().open(join(dir, "log"));
  const { size } = Deno.statSync(join(dir, "log"));
  assert.equal(log.empty(size - 1, false), false);
  {
    using _program = Deno.openSync(join(dir, "log"), { append: true });
    assert.equal(log.isAlone(), false);
    assert.equal(log.empty(size, true), false);
  }
  assert.equal(log.isAlone(), true);
  assert.equal(log.empty(size, true), true);
  assert.equal(Deno.statSync(join(dir, "log")).size, 0);
});

onLinuxIn("what leads elsewhere is not touched: links of both kinds, and what is no file", (dir) => {
  const surgery = linuxLogSurgery();
  Deno.writeTextFileSync(join(dir, "precious"), "mine");
  Deno.symlinkSync(join(dir, "precious"), join(dir, "symbolic"));
  for (const path of ["symbolic", "."]) assert.throws(() => surgery.open(join(dir, path)), path);
  assert.throws(() => surgery.writeOwn(join(dir, "symbolic"), new Uint8Array(9), "replace"), { code: "forbidden" });
  Deno.linkSync(join(dir, "precious"), join(dir, "hard"));
  assert.throws(() => surgery.open(join(dir, "hard")), { code: "forbidden" });
  assert.throws(() => surgery.writeOwn(join(dir, "hard"), new Uint8Array(9), "append"), { code: "forbidden" });
  assert.equal(Deno.readTextFileSync(join(dir, "precious")), "mine");
});

onLinuxIn("a small file of our own is appended to, and replaced by a shorter one", (dir) => {
  const surgery = linuxLogSurgery();
  const bytes = (text: string) => new TextEncoder().encode(text);
  assert.equal(surgery.writeOwn(join(dir, "own"), bytes("one"), "append"), "done");
  surgery.writeOwn(join(dir, "own"), bytes("two"), "append");
  assert.equal(Deno.readTextFileSync(join(dir, "own")), "onetwo");
  surgery.writeOwn(join(dir, "own"), bytes("3"), "replace");
  assert.equal(Deno.readTextFileSync(join(dir, "own")), "3");
});

onLinuxIn("a copy stops when it is told to", async (dir) => {
  writeBlocks(join(dir, "log"));
  using log = linuxLogSurgery().open(join(dir, "log"));
  using copy = linuxLogSurgery().create(join(dir, "copy"), log);
  await assert.rejects(log.copyTo(copy, 0, BLOCK, 0, AbortSignal.abort()));
});
