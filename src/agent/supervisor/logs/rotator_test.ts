/** Rotation of files that real programs write, on each kind of file system that is at hand. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { until } from "../../../../tests/helpers/host.ts";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import { systemClock } from "../../../core/mod.ts";
import { plainLogSurgery } from "../../../platform/mod.ts";
import { assertNumbered, keepLogs, KIB, numberedLines, regex, startWriter, wholeLog } from "./testing.ts";

const hasShell = Deno.build.os !== "windows";
const SHM = "/dev/shm";

/** Temporary files are on a disk mostly; /dev/shm, where there is one, can free room but take nothing out. */
function onFileSystems(name: string, use: (dir: string) => Promise<void>): void {
  Deno.test({ name: `${name} (temporary files)`, ignore: !hasShell, fn: () => inPlainTempDir(use) });
  Deno.test({
    name: `${name} (in memory)`,
    ignore: Deno.build.os !== "linux" || !isDirectory(SHM),
    async fn() {
      const dir = Deno.makeTempDirSync({ dir: SHM });
      try {
        await use(dir);
      } finally {
        Deno.removeSync(dir, { recursive: true });
      }
    },
  });
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    // Then it is none.
    return false;
  }
}

function append(path: string, text: string): void {
  Deno.writeTextFileSync(path, text, { append: true });
}

const rotatedCount = (kept: ReturnType<typeof keepLogs>) => kept.logs.files("p")[0]?.rotated ?? 0;
const sizeOf = (path: string) => Deno.lstatSync(path).size;

onFileSystems("a program goes on writing while its log is rotated, and each line is there once", async (dir) => {
  await using kept = keepLogs(dir);
  await startWriter(kept.path, 60, 2_000).status;
  await until(() => (kept.logs.files("p")[0]?.sizeBytes ?? Infinity) <= 64 * KIB, "the file is within its limit");
  assert.ok(rotatedCount(kept) >= 40);
  await kept.logs.stop();
  await assertNumbered(kept.path, 1, 120_000);
  assert.deepEqual(kept.events, []);
});

onFileSystems("whoever follows sees each line once, through all rotations", async (dir) => {
  await using kept = keepLogs(dir);
  const stopped = new AbortController();
  const following = (async () => {
    const numbers: number[] = [];
    for await (const { text } of kept.logs.follow("p", { lines: 0 }, stopped.signal)) {
      numbers.push(Number(text.split(" ")[1]));
      if (numbers.length === 60_000) stopped.abort();
    }
    return numbers;
  })();
  await startWriter(kept.path, 30, 2_000, 0.1).status;
  const numbers = await following;
  assert.deepEqual(numbers, Array.from({ length: 60_000 }, (_, index) => index + 1));
  assert.ok(rotatedCount(kept) > 10);
});

onFileSystems("rotated files are compressed, and are read like the others", async (dir) => {
  for (const withGzip of [true, false]) {
    const own = join(dir, String(withGzip));
    await using kept = keepLogs(own, { compress: true }, { withGzip });
    append(kept.path, numberedLines(1, 9_000));
    const packed = () => [...Deno.readDirSync(own)].filter(({ name }) => name.endsWith(".gz")).length;
    await until(
      () => rotatedCount(kept) >= 4 && packed() === rotatedCount(kept) - 1,
      "all but the newest are compressed",
    );
    append(kept.path, numberedLines(9_001, 9_010));
    const signal = new AbortController().signal;
    const { lines } = await kept.logs.read("p", { lines: 10_000 }, signal);
    assert.deepEqual(lines.map(({ text }) => text), numberedLines(1, 9_010).trimEnd().split("\n"));
    const found = await kept.logs.read("p", { lines: 10, grep: regex("line 7 ") }, signal);
    assert.deepEqual([found.lines.length, found.incomplete], [1, false]);
    await kept.logs.stop();
    await assertNumbered(kept.path, 1, 9_010);
  }
});

onFileSystems("no more is kept than was asked for, and what is kept is the newest", async (dir) => {
  await using kept = keepLogs(dir, { maxFiles: 3 });
  await startWriter(kept.path, 20, 2_000).status;
  await until(() => (kept.logs.files("p")[0]?.sizeBytes ?? Infinity) <= 64 * KIB, "the file is within its limit");
  assert.equal(rotatedCount(kept), 2);
  await kept.logs.stop();
  const lines = (await wholeLog(kept.path)).split("\n").slice(1); // the first one has lost its beginning
  assert.ok(lines.join("\n").length > 128 * KIB && lines.join("\n").length <= 3 * 64 * KIB);
  assert.equal(lines.join("\n"), numberedLines(1, 40_000).split("\n").slice(-lines.length).join("\n"));
});

onFileSystems("of a log with one file only the newer half stays", async (dir) => {
  await using kept = keepLogs(dir, { maxFiles: 1 });
  append(kept.path, numberedLines(1, 3_000));
  await until(() => (kept.logs.files("p")[0]?.sizeBytes ?? Infinity) <= 64 * KIB, "the file is within its limit");
  assert.equal(rotatedCount(kept), 0);
  const { lines } = await kept.logs.read("p", { lines: 10_000 }, new AbortController().signal);
  assert.equal(lines.at(-1)?.text, "line 3000 of a program that prints");
  assert.ok(lines.length > 500 && lines.length < 1_000);
  // The first one is what is left of a line.
  lines.slice(1).forEach(({ text, cut }, index) => {
    assert.equal(text, `line ${3_000 - lines.length + 2 + index} of a program that prints`);
    assert.equal(cut, undefined);
  });
  assert.equal(lines[0]?.cut, true);
});

onFileSystems("a log that is old is rotated, though it is short", async (dir) => {
  await using kept = keepLogs(dir, { maxAgeMs: 1 });
  append(kept.path, numberedLines(1, 200));
  await until(() => rotatedCount(kept) > 0, "it is rotated");
  await kept.logs.stop();
  await assertNumbered(kept.path, 1, 200);
});

onFileSystems("a file of which only room was freed begins anew when nobody has it open any more", async (dir) => {
  let nowMs = 0;
  const clock = {
    nowMs: () => Date.now(),
    monotonicMs: () => nowMs += 1_000,
    sleep: (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => setTimeout(resolve, signal?.aborted ? 0 : 5)),
  };
  await using kept = keepLogs(dir, {}, { clock });
  append(kept.path, numberedLines(1, 3_000));
  await until(() => rotatedCount(kept) > 0 && sizeOf(kept.path) <= 64 * KIB, "the file is short, by whichever way");
  append(kept.path, numberedLines(3_001, 3_010));
  await kept.logs.stop();
  await assertNumbered(kept.path, 1, 3_010);
});

onFileSystems("a program that prints 1 GB a minute fills no more of the disk than it may", async (dir) => {
  await using kept = keepLogs(dir, { maxBytes: 1024 * KIB, maxFiles: 4 }, { clock: systemClock });
  const script = 'exec >>"$0"; for i in $(seq 34); do yes "a line of a flood" | head -c 1700000; sleep 0.1; done';
  const writer = new Deno.Command("/bin/sh", { args: ["-c", script, kept.path] }).spawn();
  let most = 0;
  let isDone = false;
  const ended = writer.status.then(() => isDone = true);
  while (!isDone) {
    let bytes = 0;
    for (const { name } of Deno.readDirSync(dir)) bytes += usedBytes(join(dir, name));
    most = Math.max(most, bytes);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await ended;
  await until(() => (kept.logs.files("p")[0]?.sizeBytes ?? Infinity) <= 1024 * KIB, "the file is within its limit");
  assert.equal(rotatedCount(kept), 3);
  // 57.8 MB were printed; before the first look at a log that was silent until then there can be a second's worth.
  assert.ok(most < 40_000_000, `${most} bytes`);
});

/** On the disk; 0 for what was renamed at this moment. */
function usedBytes(path: string): number {
  try {
    return (Deno.lstatSync(path).blocks ?? 0) * 512;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

for (
  const [name, surgery] of [["the way of this system", undefined], ["copying and emptying", plainLogSurgery()]] as const
) {
  Deno.test(`a log is rotated when nobody writes, and read as a whole (${name})`, () =>
    inPlainTempDir(async (dir) => {
      await using kept = keepLogs(dir, {}, surgery === undefined ? {} : { surgery });
      append(kept.path, numberedLines(1, 2_000));
      await until(() => rotatedCount(kept) === 1, "it is rotated");
      append(kept.path, numberedLines(2_001, 4_000));
      await until(() => rotatedCount(kept) === 2, "it is rotated again");
      append(kept.path, "and no line feed");
      const { lines, incomplete } = await kept.logs.read("p", { lines: 10_000 }, new AbortController().signal);
      assert.equal(lines.map(({ text }) => text).join("\n"), `${numberedLines(1, 4_000)}and no line feed`);
      assert.equal(incomplete, false);
      assert.ok(lines.slice(2_001).every(({ timeMs }) => Math.abs((timeMs ?? 0) - Date.now()) < 120_000));
    }));
}
