import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";
import { type Beneath, type FileKind, type Folder, ITSELF } from "./beneath_contract.ts";
import { beneath } from "./beneath.ts";
import { darwinBeneath } from "./beneath.darwin.ts";
import { linuxBeneath } from "./beneath.linux.ts";
import { FOLDER_ERRNO, folderCalls } from "./linux/folder_calls.ts";

const never = new AbortController().signal;
const isPosix = Deno.build.os !== "windows";

/** A kernel before 5.6. */
const withoutOpenat2 = { ...folderCalls, openBeneath: () => Promise.resolve(-FOLDER_ERRNO.ENOSYS) };

/** Each of the ways that can be walked on this system. */
function ways(): readonly (readonly [name: string, beneath: Beneath])[] {
  if (Deno.build.os === "linux") {
    return [
      ["resolved by the kernel", linuxBeneath()],
      ["walked by hand", linuxBeneath(withoutOpenat2)],
      ["by path, as on macOS", darwinBeneath()],
    ];
  }
  return [["on this system", beneath()]];
}

function suite(name: string, check: (beneath: Beneath, root: string, outside: string) => Promise<void>): void {
  for (const [way, made] of ways()) {
    Deno.test({
      name: `${name} (${way})`,
      ignore: !isPosix,
      fn: () =>
        inTempDir(async (dir) => {
          const real = await Deno.realPath(dir);
          await Deno.mkdir(join(real, "root"));
          await Deno.mkdir(join(real, "outside"));
          await Deno.writeTextFile(join(real, "outside", "secret"), "secret");
          await check(made, join(real, "root"), join(real, "outside"));
        }),
    });
  }
}

async function textAt(beneath: Beneath, root: string, path: string): Promise<string> {
  using place = await beneath.find(root, path.split("/"), { follow: true });
  using file = await place.folder.read(place.name);
  return await new Response(file.readable).text();
}

async function kindAt(beneath: Beneath, root: string, path: string, follow = false): Promise<FileKind | undefined> {
  using place = await beneath.find(root, path === "" ? [] : path.split("/"), { follow });
  return (await place.folder.facts(place.name))?.kind;
}

async function namesIn(folder: Folder): Promise<string[]> {
  const names: string[] = [];
  for await (const part of folder.entries(never)) names.push(...part.map(({ name }) => name));
  return names.toSorted();
}

suite("files are found, read, made, renamed and removed below a root", async (beneath, root) => {
  await Deno.mkdir(join(root, "a", "b"), { recursive: true });
  await Deno.writeTextFile(join(root, "a", "b", "file"), "text");
  assert.equal(await textAt(beneath, root, "a/b/file"), "text");
  using place = await beneath.find(root, ["a", "b", "file"], { follow: true });
  const { folder } = place;
  assert.equal(await folder.path(), join(root, "a", "b"));
  const facts = await folder.facts("file");
  const expected = await Deno.lstat(join(root, "a", "b", "file"));
  assert.deepEqual([facts?.kind, facts?.sizeBytes, facts?.mode], ["file", 4, (expected.mode ?? 0) & 0o7777]);
  assert.deepEqual([facts?.uid, facts?.gid, facts?.modifiedMs], [
    expected.uid,
    expected.gid,
    expected.mtime?.getTime(),
  ]);
  assert.equal(await folder.facts("none"), null);

  using made = await folder.create("new");
  await made.write(new TextEncoder().encode("made"));
  assert.equal((await Deno.lstat(join(root, "a", "b", "new"))).mode! & 0o777, 0o600);
  await assert.rejects(folder.create("new"), { code: "conflict" });
  await folder.setRights("new", { mode: 0o640 });
  const { identity = "" } = await folder.facts("new") ?? {};
  await assert.rejects(folder.setRights("file", { mode: 0, identity }), { code: "conflict" });
  await folder.setRights("new", { mode: 0o4640, owner: { uid: Deno.uid() ?? 0, gid: Deno.gid() ?? 0 }, identity });
  assert.equal((await folder.facts("new"))?.mode, 0o4640);
  await assert.rejects(folder.rename("new", folder, "file", { replace: false }), { code: "conflict" });
  await folder.rename("new", folder, "newer", { replace: false });
  await folder.rename("newer", folder, "file", { replace: true });
  assert.equal(await textAt(beneath, root, "a/b/file"), "made");
  await folder.makeFolder("c");
  await assert.rejects(folder.makeFolder("c"), { code: "conflict" });
  using above = await beneath.find(root, ["a"], { follow: false });
  await folder.rename("c", above.folder, "c2", { replace: false });
  await folder.sync();
  assert.deepEqual([await namesIn(above.folder), await namesIn(folder)], [["a", "c2"], ["file"]]);
  await above.folder.removeFolder("c2");
  await assert.rejects(above.folder.removeFolder("a"), { code: "conflict" });
  await assert.rejects(folder.removeFolder("file"), { code: "conflict" });
  await assert.rejects(above.folder.remove("a"));
  await folder.remove("file");
  assert.deepEqual(await namesIn(folder), []);
  await assert.rejects(folder.remove("file"), {
    code: "not_found",
    message: /remove .*\/a\/b\/file: there is no such/,
  });
});

suite("links are followed as far as they stay below the root", async (beneath, root) => {
  await Deno.mkdir(join(root, "releases", "3"), { recursive: true });
  await Deno.writeTextFile(join(root, "releases", "3", "app"), "three");
  await Deno.symlink(join(root, "releases", "3"), join(root, "absolute"));
  await Deno.symlink("releases/3", join(root, "relative"));
  await Deno.symlink("../../releases/./3/../3/app", join(root, "releases", "3", "dots"));
  await Deno.symlink("relative/dots", join(root, "chain"));
  for (const path of ["absolute/app", "relative/app", "relative/dots", "chain", "absolute/dots"]) {
    assert.equal(await textAt(beneath, root, path), "three", path);
  }
  assert.equal(await kindAt(beneath, root, "chain"), "link");
  assert.equal(await kindAt(beneath, root, "absolute", true), "directory");
  using last = await beneath.find(root, ["chain"], { follow: false });
  assert.equal(await last.folder.linkTarget("chain"), "relative/dots");
  assert.equal(await kindAt(beneath, root, ""), "directory");
});

suite("what leads out of the root is refused, however it does", async (beneath, root, outside) => {
  await Deno.mkdir(join(root, "in"));
  await Deno.symlink(outside, join(root, "absolute"));
  await Deno.symlink("../outside", join(root, "relative"));
  await Deno.symlink("../../outside/secret", join(root, "in", "file"));
  await Deno.symlink("..", join(root, "up"));
  await Deno.symlink("in/../../outside", join(root, "in-and-out"));
  await Deno.symlink(`${root}-other`, join(root, "prefix"));
  await Deno.mkdir(`${root}-other`);
  await Deno.writeTextFile(join(`${root}-other`, "secret"), "secret");
  const paths = [
    "absolute/secret",
    "relative/secret",
    "in/file",
    "up/outside/secret",
    "in-and-out/secret",
    "prefix/secret",
  ];
  for (const path of paths) {
    await assert.rejects(textAt(beneath, root, path), { code: "forbidden", message: /leads out of/ }, path);
  }
  // The links themselves are in the root.
  assert.equal(await kindAt(beneath, root, "in/file"), "link");
  assert.equal(await kindAt(beneath, root, "absolute"), "link");
  await assert.rejects(kindAt(beneath, root, "absolute", true), { code: "forbidden" });
});

suite("a name in a held folder is never followed when it is a link", async (beneath, root, outside) => {
  await Deno.symlink(join(outside, "secret"), join(root, "file"));
  await Deno.symlink(outside, join(root, "folder"));
  await Deno.symlink(join(outside, "made"), join(root, "dangling"));
  using place = await beneath.find(root, ["x"], { follow: false });
  const { folder } = place;
  await assert.rejects(folder.read("file"), { code: "forbidden" });
  await assert.rejects(folder.write("file"), { code: "forbidden" });
  await assert.rejects(folder.enter("folder"), { code: "conflict" });
  await assert.rejects(folder.create("dangling"), { code: "conflict" });
  await assert.rejects(folder.setRights("file", { mode: 0o777 }));
  await assert.rejects(folder.setRights("file", { owner: { uid: 0, gid: 0 } }));
  await folder.remove("folder");
  await folder.rename("file", folder, "file2", { replace: false });
  assert.equal(await Deno.readTextFile(join(outside, "secret")), "secret");
  assert.deepEqual([...Deno.readDirSync(outside)].map(({ name }) => name), ["secret"]);
});

suite("links in a circle, names too long and paths that end on the way are errors in words", async (beneath, root) => {
  await Deno.symlink("b", join(root, "a"));
  await Deno.symlink("a", join(root, "b"));
  await Deno.writeTextFile(join(root, "file"), "");
  await assert.rejects(textAt(beneath, root, "a"), { code: "forbidden", message: /too many links/ });
  await assert.rejects(textAt(beneath, root, "a/x"), { code: "forbidden" });
  await assert.rejects(kindAt(beneath, root, "x".repeat(256)), { code: "invalid_input", message: /too long/ });
  await assert.rejects(kindAt(beneath, root, "none/x"), { code: "not_found" });
  await assert.rejects(kindAt(beneath, root, "file/x"), { code: "conflict", message: /no folder/ });
  await assert.rejects(beneath.find(join(root, "none"), [], { follow: true }), { code: "not_found" });
  assert.equal(await kindAt(beneath, root, "none"), undefined);
});

suite("nothing but regular files is ever opened", async (beneath, root) => {
  await new Deno.Command("mkfifo", { args: [join(root, "pipe")] }).output();
  using socket = Deno.listen({ transport: "unix", path: join(root, "socket") });
  await Deno.symlink("pipe", join(root, "link"));
  using place = await beneath.find(root, ["link"], { follow: true });
  assert.equal(place.name, "pipe");
  for (const name of ["pipe", "socket"]) {
    assert.equal((await place.folder.facts(name))?.kind, "other");
    await assert.rejects(place.folder.read(name), { code: "unsupported", message: /no regular file/ });
    await assert.rejects(place.folder.write(name), { code: "unsupported" });
  }
  await Deno.mkdir(join(root, "folder"));
  await assert.rejects(place.folder.read("folder"), { code: "conflict", message: /it is a folder/ });
  socket.close();
});

suite("the whole host is a root like any other", async (beneath, root, outside) => {
  const [whole = ""] = await beneath.everything();
  await Deno.symlink(join(outside, "secret"), join(root, "link"));
  const parts = beneath.partsOf(join(root, "link")) ?? [];
  using place = await beneath.find(whole, parts, { follow: true });
  assert.deepEqual([await place.folder.path(), place.name], [outside, "secret"]);
  using itself = await beneath.find(whole, [], { follow: true });
  assert.deepEqual([await itself.folder.path(), itself.name], ["/", ITSELF]);
});

suite("paths are taken apart by their names alone", (beneath) => {
  assert.deepEqual(beneath.partsOf("/a//b c/"), ["a", "b c"]);
  assert.deepEqual(beneath.partsOf("/"), []);
  for (const path of ["", "a", "./a", "/a/../b", "/./a", "/a\0b", "/\ud800"]) {
    assert.equal(beneath.partsOf(path), null, path);
  }
  assert.equal(beneath.pathOf(["a", "b"]), "/a/b");
  return Promise.resolve();
});
