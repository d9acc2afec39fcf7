import assert from "node:assert/strict";
import { join } from "node:path";
import { openFilesWith } from "../../tests/helpers/open_files.ts";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";
import { linuxBeneath } from "./beneath.linux.ts";
import { FOLDER_ERRNO, type FolderCalls, folderCalls } from "./linux/folder_calls.ts";
import { bytesOf } from "./linux/raw_names.ts";
import { until } from "./testing.ts";

const ignore = Deno.build.os !== "linux";
const never = new AbortController().signal;

const withoutOpenat2: FolderCalls = { ...folderCalls, openBeneath: () => Promise.resolve(-FOLDER_ERRNO.ENOSYS) };

/** Replaces a folder by a link and back, as fast as it can, in a process of its own; prints that it runs. */
const SWAPPER = `
const [dir, outside] = Deno.args;
Deno.symlinkSync(outside, dir + "/link");
const encoder = new TextEncoder();
for (let round = 0;; round++) {
  Deno.renameSync(dir + "/x", dir + "/folder");
  Deno.renameSync(dir + "/link", dir + "/x");
  Deno.renameSync(dir + "/x", dir + "/link");
  Deno.renameSync(dir + "/folder", dir + "/x");
  if (round % 1000 === 0) Deno.stdout.writeSync(encoder.encode("."));
}`;

interface Swapper extends AsyncDisposable {
  /** Thousands of times that it has swapped. */
  thousands(): number;
}

async function swapping(dir: string, outside: string): Promise<Swapper> {
  const script = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(script, SWAPPER);
  const args = ["run", "-A", "--no-check", script, dir, outside];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "null" }).spawn();
  let dots = 0;
  const counted = (async () => {
    for await (const chunk of child.stdout) dots += chunk.length;
  })();
  await until(() => dots > 0);
  return {
    thousands: () => dots,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
      await counted;
      await Deno.remove(script);
    },
  };
}

const WAYS = [["resolved by the kernel", folderCalls], ["walked by hand", withoutOpenat2]] as const;

for (const [way, calls] of WAYS) {
  Deno.test({
    name: `nothing outside is read, made, changed or removed while a folder is swapped for a link (${way})`,
    ignore,
    fn: () =>
      inTempDir(async (dir) => {
        const [root, outside] = [join(dir, "root"), join(dir, "outside")];
        for (const folder of [root, join(root, "x"), outside]) await Deno.mkdir(folder);
        await Deno.writeTextFile(join(root, "x", "file"), "inside");
        await Deno.writeTextFile(join(outside, "file"), "secret");
        await Deno.writeTextFile(join(outside, "prey"), "secret");
        const beneath = linuxBeneath(calls);
        const outcomes = { inside: 0, refused: 0 };
        await using swapper = await swapping(root, outside);
        const attempt = async (act: (name: string) => Promise<void>, round: number) => {
          try {
            await act(`made-${round}`);
            outcomes.inside++;
          } catch (error) {
            assert.ok(error instanceof Error && "code" in error, String(error));
            outcomes.refused++;
          }
        };
        const start = swapper.thousands();
        for (let round = 0; round < 300 || swapper.thousands() < start + 3; round++) {
          await attempt(async () => {
            using place = await beneath.find(root, ["x", "file"], { follow: true });
            using file = await place.folder.read(place.name);
            assert.equal(await new Response(file.readable).text(), "inside");
          }, round);
          await attempt(async (name) => {
            using place = await beneath.find(root, ["x", name], { follow: false });
            (await place.folder.create(name)).close();
            await place.folder.setRights(name, { mode: 0o600 });
            await place.folder.remove(name);
          }, round);
          await attempt(async () => {
            using place = await beneath.find(root, ["x", "prey"], { follow: false });
            await place.folder.remove(place.name);
          }, round);
          await attempt(async () => {
            using place = await beneath.find(root, ["x"], { follow: false });
            using folder = await place.folder.enter("x");
            for await (const part of folder.entries(never)) assert.ok(part.every(({ name }) => name !== "prey"));
          }, round);
        }
        assert.ok(outcomes.inside > 0 && outcomes.refused > 0, JSON.stringify(outcomes));
        assert.deepEqual([...Deno.readDirSync(outside)].map(({ name }) => name).toSorted(), ["file", "prey"]);
        assert.equal(await Deno.readTextFile(join(outside, "file")), "secret");
      }),
  });
}

Deno.test({
  name: "a name that is no UTF-8 is listed, and can be renamed and removed",
  ignore,
  fn: () =>
    inTempDir(async (dir) => {
      const odd = "caf\udce9\udcff";
      const names = [
        odd,
        "new\nline",
        "\u202egpj.exe",
        "é".repeat(127),
        "x".repeat(255),
        " ",
        "\\",
        "a:b",
        "\ufeffbom",
      ];
      using place = await linuxBeneath().find(dir, ["x"], { follow: false });
      const { folder } = place;
      for (const name of names) (await folder.create(name)).close();
      const seen: string[] = [];
      for await (const part of folder.entries(never)) seen.push(...part.map(({ name }) => name));
      assert.deepEqual(seen.toSorted(), names.toSorted());
      assert.equal((await folder.facts(odd))?.kind, "file");
      await folder.rename(odd, folder, "good", { replace: false });
      await folder.rename("good", folder, odd, { replace: false });
      assert.deepEqual([...bytesOf(odd)], [99, 97, 102, 0xe9, 0xff, 0]);
      for (const name of names) await folder.remove(name);
      assert.deepEqual([...Deno.readDirSync(dir)], []);
    }),
});

Deno.test({
  name: "where a rename cannot refuse to replace in one step, nothing is replaced all the same",
  ignore,
  fn: () =>
    inTempDir(async (dir) => {
      const older = { ...folderCalls, renameNew: () => Promise.resolve(-FOLDER_ERRNO.EINVAL) };
      const plain = { ...older, link: () => Promise.resolve(-FOLDER_ERRNO.EPERM) };
      for (const calls of [older, plain]) {
        using place = await linuxBeneath(calls).find(dir, ["x"], { follow: false });
        const { folder } = place;
        await Deno.writeTextFile(join(dir, "a"), "a");
        await Deno.writeTextFile(join(dir, "b"), "b");
        await Deno.mkdir(join(dir, "folder"));
        await assert.rejects(folder.rename("a", folder, "b", { replace: false }), { code: "conflict" });
        await assert.rejects(folder.rename("a", folder, "folder", { replace: false }), { code: "conflict" });
        await assert.rejects(folder.rename("folder", folder, "b", { replace: false }), { code: "conflict" });
        await folder.rename("a", folder, "c", { replace: false });
        await folder.rename("folder", folder, "folder2", { replace: false });
        const names = [...Deno.readDirSync(dir)].map(({ name }) => name).toSorted();
        assert.deepEqual(names, ["b", "c", "folder2"]);
        for (const name of names) await Deno.remove(join(dir, name));
      }
    }),
});

Deno.test({
  name: "what the kernel makes up as it is read is told from files",
  ignore,
  fn: () =>
    inTempDir(async (dir) => {
      const isOfKernel = async (root: string) => {
        using place = await linuxBeneath().find(root, [], { follow: true });
        return await place.folder.isOfKernel();
      };
      assert.deepEqual([await isOfKernel("/proc"), await isOfKernel("/proc/self"), await isOfKernel(dir)], [
        true,
        true,
        false,
      ]);
    }),
});

Deno.test({
  name: "links that the kernel makes up lead nowhere but where their text does",
  ignore,
  fn: async () => {
    // The root directory of another process, and a file of ours that has no name any more.
    const read = async (root: string, parts: string[]) => {
      using place = await linuxBeneath().find(root, parts, { follow: true });
      return await place.folder.path();
    };
    assert.equal(await read("/", ["proc", "self", "root", "etc"]), "/");
    await assert.rejects(read("/proc", ["self", "root", "etc"]), { code: "forbidden" });
    await assert.rejects(read("/proc", ["self", "cwd", "x"]), { code: "forbidden" });
  },
});

Deno.test({
  name: "no descriptor is left behind, whatever fails on the way",
  ignore,
  fn: () =>
    inTempDir(async (dir) => {
      await Deno.mkdir(join(dir, "a", "b"), { recursive: true });
      await Deno.symlink("../..", join(dir, "a", "out"));
      await Deno.symlink("b", join(dir, "a", "link"));
      await Deno.writeTextFile(join(dir, "a", "b", "file"), "");
      const paths = ["a/b/file", "a/link/file", "a/out/x", "a/none/x", "a/b/file/x", "a/link", "a", ""];
      const once = async (calls: FolderCalls) => {
        for (const path of paths) {
          for (const follow of [true, false]) {
            try {
              using place = await linuxBeneath(calls).find(dir, path.split("/").filter((part) => part !== ""), {
                follow,
              });
              for await (const _ of place.folder.entries(never)) break;
              await place.folder.sync();
              using file = await place.folder.read(place.name);
              file.statSync();
            } catch (error) {
              assert.ok(error instanceof Error && "code" in error, String(error));
            }
          }
        }
      };
      await once(folderCalls);
      const open = () => openFilesWith((path) => path.startsWith(dir));
      for (const [, calls] of WAYS) await once(calls);
      assert.equal(open(), 0);
    }),
});

Deno.test({
  name: "a folder that is closed under the hands of a slow call is closed when the call has returned",
  ignore,
  fn: () =>
    inTempDir(async (dir) => {
      const returned = Promise.withResolvers<void>();
      const closed: number[] = [];
      const slow: FolderCalls = {
        ...folderCalls,
        stat: async (...given) => (await returned.promise, await folderCalls.stat(...given)),
        close: (fd) => (closed.push(fd), folderCalls.close(fd)),
      };
      const place = await linuxBeneath(slow).find(dir, ["x"], { follow: false });
      const facts = place.folder.facts(".");
      place[Symbol.dispose]();
      assert.deepEqual(closed, []);
      await assert.rejects(place.folder.facts("."), /closed/);
      returned.resolve();
      assert.equal((await facts)?.kind, "directory");
      assert.equal(closed.length, 1);
    }),
});
