import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempDir } from "../../../../tests/helpers/temp_dir.ts";
import { CastFile } from "./cast_file.ts";

const line = (text: string) => new TextEncoder().encode(`${text}\n`);
const failed = (error: unknown) => {
  throw error;
};

Deno.test("lines stand in the file in the order in which they were added, whoever flushes when", () =>
  inTempDir(async (dir) => {
    const path = join(dir, "a.cast");
    const file = await CastFile.create(path, failed);
    const expected: string[] = [];
    const flushes: Promise<void>[] = [];
    for (let n = 0; n < 2_000; n++) {
      const text = `${n} ${"x".repeat(n % 200)}`;
      expected.push(text);
      file.add(line(text));
      if (n % 7 === 0) flushes.push(file.flush());
      if (n % 500 === 0) await Promise.all(flushes);
    }
    await file.close();
    await file.close();
    assert.deepEqual((await Deno.readTextFile(path)).split("\n"), [...expected, ""]);
    assert.equal(file.writtenBytes, (await Deno.stat(path)).size);
    if (Deno.build.os !== "windows") assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
    file.add(line("late"));
    await file.flush();
    assert.equal(file.writtenBytes, (await Deno.stat(path)).size);
  }));

Deno.test("no more than a window waits for the disk, and there is room again after it was written", () =>
  inTempDir(async (dir) => {
    const file = await CastFile.create(join(dir, "a.cast"), failed);
    const long = line("x".repeat(16 * 1024));
    let added = 0;
    while (file.room() === undefined) {
      file.add(long);
      added += long.length;
    }
    assert.ok(added <= 300 * 1024, `${added} bytes wait`);
    await file.room();
    assert.equal(file.room(), undefined);
    assert.equal(file.sizeBytes, added);
    await file.close();
  }));

Deno.test("a disk that takes no more is told of once, and what is in the file are whole lines", async () => {
  if (Deno.build.os !== "linux") return console.log("skipped: there is no /dev/full here");
  const dir = await Deno.makeTempDir();
  try {
    const path = join(dir, "full");
    await Deno.symlink("/dev/full", path);
    const errors: unknown[] = [];
    // As createNew refuses what is there, the link is opened in its place.
    const { open } = Deno;
    Deno.open = (_, options) => open.call(Deno, path, { ...options, createNew: false });
    const file = await CastFile.create(path, (error) => errors.push(error)).finally(() => Deno.open = open);
    file.add(line("one"));
    await file.flush();
    file.add(line("two"));
    await file.flush();
    await file.close();
    assert.equal(errors.length, 1);
    assert.match(String(errors[0]), /[Nn]o space/);
    assert.deepEqual([file.hasFailed, file.writtenBytes, file.sizeBytes], [true, 0, 0]);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
