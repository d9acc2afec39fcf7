import assert from "node:assert/strict";
import { exists, IS_LINUX, IS_ROOT } from "../../../tests/helpers/host.ts";
import { withFiles } from "../../../tests/helpers/files_world.ts";
import { messageOf } from "../../core/mod.ts";

const posix = { ignore: Deno.build.os === "windows" };

Deno.test({
  ...posix,
  name: "folders are made, also with those above them, with the mode that was asked for",
  fn: () =>
    withFiles(async (world) => {
      await world.act({ action: "mkdir", path: world.at("a"), mode: "0750" });
      assert.equal((await Deno.stat(world.at("a"))).mode! & 0o777, 0o750);
      await assert.rejects(world.act({ action: "mkdir", path: world.at("a") }), { code: "conflict" });
      await assert.rejects(world.act({ action: "mkdir", path: world.at("x", "y", "z") }), { code: "not_found" });
      for (let round = 0; round < 2; round++) {
        await world.act({ action: "mkdir", path: world.at("x", "y", "z"), recursive: true });
        assert.equal((await Deno.stat(world.at("x", "y", "z"))).isDirectory, true);
      }
      await world.text("file", "");
      await assert.rejects(world.act({ action: "mkdir", path: world.at("file"), recursive: true }), {
        code: "conflict",
      });
      await assert.rejects(world.act({ action: "mkdir", path: "/elsewhere", recursive: true }), { code: "forbidden" });
    }),
});

Deno.test({
  ...posix,
  name: "a rename replaces nothing unless it was told to, and never a folder",
  fn: () =>
    withFiles(async (world) => {
      await world.text("a", "a");
      await world.text("b", "b");
      await Deno.mkdir(world.at("folder"));
      const rename = (from: string, to: string, overwrite?: boolean) =>
        world.act({ action: "rename", path: world.at(from), to: world.at(to), ...(overwrite && { overwrite }) });
      await assert.rejects(rename("a", "b"), { code: "conflict" });
      await rename("a", "b", true);
      assert.equal(await Deno.readTextFile(world.at("b")), "a");
      await assert.rejects(rename("b", "folder", true), { code: "conflict" });
      await rename("b", "folder/c");
      await rename("folder", "folder2");
      assert.equal(await Deno.readTextFile(world.at("folder2", "c")), "a");
      await assert.rejects(rename("none", "x"), { code: "not_found" });
      await assert.rejects(world.act({ action: "rename", path: world.at("folder2") }), { code: "invalid_input" });
      await assert.rejects(world.act({ action: "rename", path: world.at("folder2"), to: "/etc/x" }), {
        code: "forbidden",
      });
    }),
});

Deno.test({
  ...posix,
  name: "a folder is removed with all that is in it, and never what its links lead to",
  fn: () =>
    withFiles(async (world) => {
      await world.act({ action: "mkdir", path: world.at("top", "a", "b"), recursive: true });
      for (let at = 0; at < 300; at++) Deno.writeTextFileSync(world.at("top", "a", `file ${at}`), "");
      await Deno.mkdir(world.at("kept"));
      await world.text("kept/file", "kept");
      await Deno.symlink("../../kept", world.at("top", "a", "link"));
      await Deno.symlink(world.at("kept", "file"), world.at("top", "link"));
      const remove = (path: string, recursive?: boolean) =>
        world.act({ action: "delete", path: world.at(path), ...(recursive && { recursive }) });
      await assert.rejects(remove("top"), { code: "conflict", message: /not empty/ });
      assert.deepEqual(await remove("top", true), { path: world.at("top"), removed: 305 });
      assert.equal(await exists(world.at("top")), false);
      assert.equal(await Deno.readTextFile(world.at("kept", "file")), "kept");
      assert.deepEqual(await remove("kept/file"), { path: world.at("kept/file"), removed: 1 });
      await remove("kept");
      await assert.rejects(remove("kept"), { code: "not_found" });
    }),
});

Deno.test({
  ...posix,
  name: "neither a root nor the agent's own files are renamed, removed or replaced, nor what they are in",
  fn: () =>
    withFiles(async (world) => {
      await Deno.mkdir(world.at("inner", "deep"), { recursive: true });
      await world.text("inner/deep/file", "");
      await Deno.writeTextFile(world.at("agent.yaml"), "policy");
      await world.text("mine", "");
      const bad: readonly string[] = [world.root, world.at("inner", "deep"), world.at("inner"), world.workDir];
      for (const path of [...bad, world.at("agent.yaml")]) {
        await assert.rejects(world.act({ action: "delete", path, recursive: true }), { code: "forbidden" }, path);
        const to = world.at("elsewhere");
        await assert.rejects(world.act({ action: "rename", path, to }), { code: "forbidden" }, path);
      }
      const overwrite = {
        action: "rename",
        path: world.at("mine"),
        to: world.at("agent.yaml"),
        overwrite: true,
      } as const;
      await assert.rejects(world.act(overwrite), { code: "forbidden" });
      await assert.rejects(world.act({ action: "chmod", path: world.at("agent.yaml"), mode: "0666" }), {
        code: "forbidden",
      });
      await world.act({ action: "delete", path: world.at("inner", "deep", "file") });
    }, { roots: (dir) => [{ path: dir, write: true }, { path: `${dir}/inner/deep`, write: true }] }),
});

Deno.test({
  ...posix,
  name: "a root that may be read only is not written, by whatever way",
  fn: () =>
    withFiles(async (world) => {
      await Deno.mkdir(world.at("fixed"));
      await world.text("fixed/file", "fixed");
      await Deno.symlink("fixed", world.at("link"));
      await Deno.symlink("fixed/file", world.at("link to file"));
      const { at } = world;
      const attempts = [
        { action: "delete", path: at("fixed", "file") },
        { action: "delete", path: at("link", "file") },
        { action: "delete", path: at("fixed"), recursive: true },
        { action: "mkdir", path: at("link", "x", "y"), recursive: true },
        { action: "rename", path: at("link", "file"), to: at("mine") },
        { action: "chmod", path: at("link to file"), mode: "0600" },
      ] as const;
      for (const attempt of attempts) {
        await assert.rejects(world.act(attempt), { code: "forbidden" }, JSON.stringify(attempt));
      }
      for (const path of [at("fixed", "new"), at("link", "new"), at("link to file")]) {
        await assert.rejects(world.begin({ path, overwrite: true }), { code: "forbidden" }, path);
      }
      assert.deepEqual(await world.names(at("fixed")), ["file"]);
      await world.act({ action: "delete", path: at("link") });
    }, { roots: (dir) => [{ path: dir, write: true }, { path: `${dir}/fixed`, write: false }] }),
});

Deno.test({
  ...posix,
  name: "the mode of a file is changed, and who did what is in the log",
  fn: () =>
    withFiles(async (world) => {
      await world.text("file", "");
      await Deno.symlink("file", world.at("link"));
      await world.act({ action: "chmod", path: world.at("link"), mode: "0640" });
      assert.equal((await Deno.stat(world.at("file"))).mode! & 0o7777, 0o640);
      await assert.rejects(world.act({ action: "chmod", path: world.at("file") }), { code: "invalid_input" });
      await assert.rejects(world.act({ action: "chmod", path: world.at("none"), mode: "600" }), { code: "not_found" });
      const told = world.records.filter(({ msg }) => msg === "file action").map(({ fields }) => fields);
      const expected = { action: "chmod", path: world.at("link"), by: "manager: alice root", mode: "0640" };
      assert.deepEqual(told.map(({ action, path, by, mode }) => ({ action, path, by, mode })), [expected]);
    }, { byManager: true }),
});

Deno.test({
  ignore: !IS_LINUX || !IS_ROOT,
  name: "a recursive removal stops at what is mounted in a folder, be it of the same file system",
  fn: () =>
    withFiles(async (world) => {
      await world.act({ action: "mkdir", path: world.at("top", "mounted"), recursive: true });
      await Deno.mkdir(world.at("precious"));
      await world.text("precious/file", "precious");
      const run = async (...args: [string, ...string[]]) => {
        const [command, ...rest] = args;
        return (await new Deno.Command(command, { args: rest, stderr: "null" }).output()).success;
      };
      if (!await run("mount", "--bind", world.at("precious"), world.at("top", "mounted"))) return; // no right to mount here
      try {
        const removal = world.act({ action: "delete", path: world.at("top"), recursive: true });
        const error = await removal.then(() => null, (thrown) => thrown);
        assert.match(messageOf(error), /something is mounted there/);
        assert.equal(await Deno.readTextFile(world.at("precious", "file")), "precious");
      } finally {
        await run("umount", world.at("top", "mounted"));
      }
    }),
});
