import assert from "node:assert/strict";
import { join } from "node:path";
import { AppError } from "../../src/core/mod.ts";
import { ensurePrivateDir, isPrivate, writePrivateFile } from "../../src/platform/mod.ts";
import { currentUser, readRights } from "../../src/platform/windows/ffi/advapi32.ts";
import { inPlainTempDir } from "../helpers/temp_dir.ts";

// Wine keeps the Unix mode of a file and makes a security descriptor out of it: what it shows is that the calls are
// right and that owner, system and nobody else come back. It drops the inheritance flags and the P (protected) flag,
// and makes no difference between owner rights (OW) and the owner, so those need a real Windows.
const ignore = Deno.build.os !== "windows";

const isForbidden = (message: RegExp) => (error: unknown) =>
  error instanceof AppError && error.code === "forbidden" && message.test(error.message);

function isWine(): boolean {
  return Deno.env.has("WINEPREFIX");
}

/** Windows lets nobody do this without a privilege that has to be enabled; Wine runs programs of the host, as root. */
async function giveAway(path: string): Promise<void> {
  const nobody = "65534";
  const prefix = Deno.env.get("WINEPREFIX");
  const hostPath = `${prefix}/drive_c${path.slice(2).replaceAll("\\", "/")}`;
  const args = ["/c", "start", "/wait", "/unix", "/bin/chown", nobody, hostPath];
  assert.ok((await new Deno.Command("cmd", { args }).output()).success);
}

Deno.test(
  { name: "a private file grants rights to its owner, the system and administrators only", ignore },
  () =>
    inPlainTempDir(async (directory) => {
      const path = join(directory, "kéy.txt");
      await Deno.writeTextFile(path, "everybody's");
      assert.equal(isPrivate(path), false);
      await writePrivateFile(path, "secret");
      assert.equal(await Deno.readTextFile(path), "secret");
      assert.match(readRights(path), /^O:.*D:.*\(A;/);
      assert.equal(isPrivate(path), true);
      await writePrivateFile(path, "again");
      assert.equal(await Deno.readTextFile(path), "again");
      assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["kéy.txt"]);
    }),
);

Deno.test(
  { name: "a private directory is made with its parents, an open one is closed, both can be used", ignore },
  () =>
    inPlainTempDir(async (directory) => {
      const path = join(directory, "a", "b");
      ensurePrivateDir(path);
      assert.equal(isPrivate(path), true);
      const open = join(directory, "open");
      await Deno.mkdir(open);
      assert.equal(isPrivate(open), false);
      ensurePrivateDir(open);
      assert.equal(isPrivate(open), true);
      await writePrivateFile(join(open, "file"), "text");
      assert.equal(await Deno.readTextFile(join(open, "file")), "text");
    }),
);

Deno.test(
  { name: "a directory that others can enter is left alone when there is something in it", ignore },
  () =>
    inPlainTempDir(async (directory) => {
      await Deno.writeTextFile(join(directory, "theirs"), "");
      const before = readRights(directory);
      // Real Windows makes temporary directories private.
      if (isPrivate(directory)) return ensurePrivateDir(directory);
      assert.throws(() => ensurePrivateDir(directory), isForbidden(/it is not empty; .*icacls "/));
      assert.equal(readRights(directory), before);
    }),
);

Deno.test(
  { name: "our own private directory is taken again, with all that is in it", ignore },
  () =>
    inPlainTempDir(async (directory) => {
      const path = join(directory, "ours");
      ensurePrivateDir(path);
      await Deno.writeTextFile(join(path, "file"), "text");
      ensurePrivateDir(path);
      assert.equal(await Deno.readTextFile(join(path, "file")), "text");
    }),
);

Deno.test(
  { name: "a file in the place of the directory is refused, and keeps its rights", ignore },
  () =>
    inPlainTempDir(async (directory) => {
      const path = join(directory, "file");
      await Deno.writeTextFile(path, "");
      assert.throws(() => ensurePrivateDir(path), isForbidden(/a link or a file/));
      assert.equal(isPrivate(path), isPrivate(directory));
    }),
);

Deno.test(
  { name: "what we make belongs to us or to administrators", ignore },
  () =>
    inPlainTempDir((directory) => {
      const owner = /^O:(BA|S-[\d-]+)/.exec(readRights(directory))?.[1];
      assert.ok(owner === "BA" || owner === currentUser(), owner);
    }),
);

Deno.test(
  { name: "a directory of another user is refused, even a private and empty one", ignore: ignore || !isWine() },
  () =>
    inPlainTempDir(async (directory) => {
      const path = join(directory, "theirs");
      ensurePrivateDir(path);
      await giveAway(path);
      assert.match(readRights(path), /^O:AN/);
      assert.equal(isPrivate(path), false);
      assert.throws(() => ensurePrivateDir(path), isForbidden(/belongs to another user \(AN\)/));
    }),
);

Deno.test(
  { name: "a missing file or parent is an error that names it", ignore },
  () =>
    inPlainTempDir(async (directory) => {
      assert.throws(() => isPrivate(join(directory, "none")), /Cannot read the rights of .*none.*Windows error 2/);
      await assert.rejects(writePrivateFile(join(directory, "none", "file"), "x"), /Cannot create .*Windows error 3/);
    }),
);

Deno.test(
  { name: "a file that somebody reads is replaced as soon as they are done", ignore },
  () =>
    inPlainTempDir(async (directory) => {
      const path = join(directory, "token");
      await writePrivateFile(path, "old");
      const reader = await Deno.open(path);
      const replaced = writePrivateFile(path, "new");
      // Wine refuses it while the reader has the file; Windows, of late, does not.
      await Promise.race([replaced, new Promise((resolve) => setTimeout(resolve, 100))]);
      reader.close();
      await replaced;
      assert.equal(await Deno.readTextFile(path), "new");
      assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["token"]);
    }),
);
