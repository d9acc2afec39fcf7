import assert from "node:assert/strict";
import { join } from "node:path";
import { inPlainTempDir } from "../../tests/helpers/temp_dir.ts";
import { AppError } from "../core/mod.ts";
import { ensurePrivateDir, isPrivate, replaceFile, writePrivateFile } from "./file_rights.ts";

const ignore = Deno.build.os === "windows";
const modeOf = (path: string) => (Deno.statSync(path).mode ?? 0) & 0o777;

Deno.test(
  { name: "a private file is private even where a public one was", ignore },
  () =>
    inPlainTempDir(async (directory) => {
      const path = join(directory, "key");
      await Deno.writeTextFile(path, "old", { mode: 0o644 });
      assert.equal(isPrivate(path), false);
      await writePrivateFile(path, "sécret");
      assert.equal(await Deno.readTextFile(path), "sécret");
      assert.equal(modeOf(path), 0o600);
      assert.equal(isPrivate(path), true);
    }),
);

Deno.test(
  { name: "any right of group or others makes it not private", ignore },
  () =>
    inPlainTempDir(async (directory) => {
      const path = join(directory, "key");
      await writePrivateFile(path, "x");
      for (const mode of [0o640, 0o620, 0o610, 0o604, 0o602, 0o601]) {
        await Deno.chmod(path, mode);
        assert.equal(isPrivate(path), false, mode.toString(8));
      }
    }),
);

Deno.test(
  { name: "a private directory is made with its parents, and an open one is closed", ignore },
  () =>
    inPlainTempDir((directory) => {
      const path = join(directory, "a/b");
      ensurePrivateDir(path);
      assert.equal(modeOf(path), 0o700);
      Deno.chmodSync(path, 0o755);
      assert.equal(isPrivate(path), false);
      ensurePrivateDir(path);
      assert.equal(modeOf(path), 0o700);
      assert.equal(isPrivate(path), true);
    }),
);

Deno.test(
  { name: "a private directory that belongs to another user is refused", ignore: ignore || Deno.uid() !== 0 },
  () =>
    inPlainTempDir((directory) => {
      const path = join(directory, "theirs");
      Deno.mkdirSync(path);
      Deno.chownSync(path, 65534, 65534);
      assert.throws(() => ensurePrivateDir(path), (error) => error instanceof AppError && error.code === "forbidden");
    }),
);

Deno.test("a write that fails leaves what was there, and nothing else", () =>
  inPlainTempDir(async (directory) => {
    await Deno.mkdir(join(directory, "target"));
    await assert.rejects(
      replaceFile(join(directory, "target"), "text", "everyone"),
      (error) => error instanceof AppError && error.message.startsWith(`Cannot write ${join(directory, "target")}: `),
    );
    assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["target"]);
    await assert.rejects(
      writePrivateFile(join(directory, "none", "file"), "text"),
      (error) => error instanceof AppError,
    );
  }));
