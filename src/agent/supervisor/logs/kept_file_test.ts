/** On a disk that really becomes full: a small file system in memory, which only root can make. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { IS_LINUX, IS_ROOT, until } from "../../../../tests/helpers/host.ts";
import { keepLogs, KIB, numberedLines, regex } from "./testing.ts";

const SIZE = 2_048 * KIB;

async function run(program: string, ...args: string[]): Promise<boolean> {
  return (await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output()).success;
}

async function mayMount(): Promise<boolean> {
  const dir = Deno.makeTempDirSync();
  const mounted = await run("mount", "-t", "tmpfs", "-o", "size=1m", "none", dir);
  if (mounted) await run("umount", dir);
  Deno.removeSync(dir);
  return mounted;
}

function onSmallDisk(name: string, use: (dir: string, t: Deno.TestContext) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !IS_LINUX || !IS_ROOT,
    async fn(t) {
      if (!await mayMount()) {
        await t.step({ name: "skipped: nothing may be mounted here", ignore: true, fn: () => {} });
        return;
      }
      const dir = Deno.makeTempDirSync();
      await run("mount", "-t", "tmpfs", "-o", `size=${SIZE}`, "none", dir);
      try {
        await use(dir, t);
      } finally {
        await run("umount", "-l", dir);
        Deno.removeSync(dir);
      }
    },
  });
}

/** Takes so much of the disk that only this much is left. */
function fillBut(dir: string, left: number): void {
  const filler = join(dir, "filler");
  const block = new Uint8Array(4 * KIB);
  using file = Deno.openSync(filler, { append: true, create: true });
  let bytes = 0;
  try {
    for (;;) bytes += file.writeSync(block);
  } catch {
    // The disk is full, as it was meant to be.
  }
  file.truncateSync(Math.max(0, Deno.statSync(filler).size - left));
}

function append(path: string, text: string): void {
  Deno.writeTextFileSync(path, text, { append: true });
}

onSmallDisk("on a full disk the oldest files make room for the newest lines", async (dir) => {
  await using kept = keepLogs(dir, { maxBytes: 256 * KIB, maxFiles: 5 });
  const report = () => kept.logs.files("p")[0];
  const linesOf256KiB = 8_000;
  for (let round = 0; round < 3; round++) {
    append(kept.path, numberedLines(round * linesOf256KiB + 1, (round + 1) * linesOf256KiB));
    await until(() => (report()?.rotated ?? 0) >= round + 1, "it is rotated");
  }
  fillBut(dir, 300 * KIB);
  append(kept.path, numberedLines(3 * linesOf256KiB + 1, 4 * linesOf256KiB));
  await until(() => (report()?.sizeBytes ?? Infinity) <= 256 * KIB, "it is rotated all the same");
  const { lines } = await kept.logs.read("p", { lines: 10_000 }, new AbortController().signal);
  assert.equal(lines.at(-1)?.text, `line ${4 * linesOf256KiB} of a program that prints`);
  assert.equal(lines.length, 10_000);
});

onSmallDisk("where nothing can be copied the file grows, which is told, and it recovers by itself", async (dir) => {
  fillBut(dir, 600 * KIB);
  await using kept = keepLogs(dir, { maxBytes: 256 * KIB, maxFiles: 5 });
  append(kept.path, numberedLines(1, 14_000)); // some 540 KiB
  await until(() => kept.events.length > 0, "it is told");
  assert.match(kept.events[0]?.reason ?? "", /the disk is full: it is not rotated but grows/);
  assert.equal(kept.events[0]?.level, "warn");
  Deno.removeSync(join(dir, "filler"));
  await until(() => kept.events.length > 1, "it is told that it works again");
  assert.equal(kept.events[1]?.level, "info");
  const { lines } = await kept.logs.read(
    "p",
    { lines: 10_000, grep: regex("line (1|13999) ") },
    new AbortController().signal,
  );
  assert.deepEqual(lines.map(({ text }) => text.split(" ")[1]), ["1", "13999"]);
  assert.equal(kept.events.length, 2);
});

onSmallDisk("a file that has more than all may have together gives up its oldest lines even then", async (dir) => {
  await using kept = keepLogs(dir, { maxBytes: 128 * KIB, maxFiles: 2 });
  const report = () => kept.logs.files("p")[0];
  append(kept.path, numberedLines(1, 10_000)); // some 380 KiB
  fillBut(dir, 4 * KIB);
  await until(() => (report()?.sizeBytes ?? Infinity) <= 256 * KIB && kept.events.length > 0, "it is short enough");
  const { lines } = await kept.logs.read("p", { lines: 1 }, new AbortController().signal);
  assert.equal(lines[0]?.text, "line 10000 of a program that prints");
  assert.match(kept.events[0]?.reason ?? "", /loses its oldest lines/);
});
