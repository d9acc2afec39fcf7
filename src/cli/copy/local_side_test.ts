import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempDir } from "../../../tests/helpers/temp_dir.ts";
import type { Source } from "./contract.ts";
import { LocalSide } from "./local_side.ts";

const posix = { ignore: Deno.build.os === "windows" };
const signal = new AbortController().signal;
const side = new LocalSide();

const from = (etag: string | null, sizeBytes = 6): Source => ({
  sizeBytes,
  mode: "0640",
  ...(etag !== null && { etag }),
  open: () => Promise.reject(new Error("nobody reads it")),
  digest: () => Promise.resolve(null),
});
const stream = (text: string) => new Blob([text]).stream();
const names = (dir: string) => [...Deno.readDirSync(dir)].map(({ name }) => name).toSorted();

Deno.test({
  ...posix,
  name: "a file grows beside its target, and another run for the same content goes on with it",
  fn: () =>
    inTempDir(async (dir) => {
      const path = join(dir, "x".repeat(250));
      const first = await side.sink(path, { source: from("e1"), force: false });
      await first.write(0, stream("abc"), signal);
      await first.abandon(false);
      assert.equal(names(dir).length, 1);
      const other = await side.sink(path, { source: from("e2"), force: false });
      assert.equal(await other.received(signal), 0);
      await other.abandon(true);
      const second = await side.sink(path, { source: from("e1"), force: false });
      assert.equal(await second.received(signal), 3);
      const earlier = await Array.fromAsync(second.earlier(), (chunk) => new TextDecoder().decode(chunk));
      assert.deepEqual(earlier, ["abc"]);
      await second.write(3, stream("def"), signal);
      await second.finish(6, "", signal);
      assert.deepEqual([names(dir), await Deno.readTextFile(path)], [["x".repeat(250)], "abcdef"]);
      assert.equal((await Deno.stat(path)).mode! & 0o7777, 0o640);
    }),
});

Deno.test({
  ...posix,
  name: "nothing is overwritten but what was meant, by no link that somebody has put there",
  fn: () =>
    inTempDir(async (dir) => {
      const path = join(dir, "data");
      await Deno.writeTextFile(join(dir, "victim"), "victim");
      const first = await side.sink(path, { source: from("e1"), force: false });
      await first.write(0, stream("abc"), signal);
      await first.abandon(false);
      const [part = ""] = names(dir).filter((name) => name.endsWith(".part"));
      for (const put of [Deno.symlink, Deno.link]) {
        await Deno.remove(join(dir, part));
        await put(join(dir, "victim"), join(dir, part));
        const second = await side.sink(path, { source: from("e1"), force: false });
        assert.equal(await second.received(signal), 0);
        await second.write(0, stream("abcdef"), signal);
        await second.finish(6, "", signal);
        assert.deepEqual([await Deno.readTextFile(path), await Deno.readTextFile(join(dir, "victim"))], [
          "abcdef",
          "victim",
        ]);
        await assert.rejects(side.sink(path, { source: from("e1"), force: false }), {
          code: "conflict",
          message: /--force/,
        });
        await Deno.remove(path);
      }
      await assert.rejects(side.sink(dir, { source: from(null), force: true }), { code: "conflict" });
      const late = await side.sink(path, { source: from(null, 0), force: false });
      await Deno.writeTextFile(path, "theirs");
      await assert.rejects(late.finish(0, "", signal), { code: "conflict" });
      await late.abandon(true);
      assert.equal(await Deno.readTextFile(path), "theirs");
    }),
});

Deno.test({
  ...posix,
  name: "a file is read from where it is to go on, and one that becomes shorter is an error",
  fn: () =>
    inTempDir(async (dir) => {
      const path = join(dir, "data");
      await Deno.writeTextFile(path, "abcdef");
      const thing = await side.look(path);
      assert.deepEqual([thing?.kind, thing?.sizeBytes, await side.look(join(dir, "none"))], ["file", 6, null]);
      assert.ok(thing !== null);
      const read = async (offset: number) =>
        await new Response(await side.source(path, thing).open(offset, signal)).text();
      assert.deepEqual([await read(0), await read(4), await read(6)], ["abcdef", "ef", ""]);
      await Deno.writeTextFile(path, "abcdef and more");
      assert.equal(await read(0), "abcdef");
      await Deno.truncate(path, 3);
      await assert.rejects(read(0), { code: "conflict" });
    }),
});
