import assert from "node:assert/strict";
import { fileList, fileRoots } from "../../src/protocol/mod.ts";
import { withFiles } from "../helpers/files_world.ts";

const ignore = Deno.build.os !== "windows";

Deno.test({
  name: "files are listed, sent, taken, renamed and removed, with the names that Windows gives them",
  ignore,
  fn: () =>
    withFiles(async (world) => {
      const { root, at } = world;
      assert.match(root, /^[A-Z]:\\/);
      await Deno.mkdir(at("logs"));
      await Deno.writeTextFile(at("logs", "wéb.log"), "one\r\ntwo\r\n");
      const query = (path: string) => new URLSearchParams({ path });
      const listed = fileList().parse(await world.api.call(`/v1/files?${query(at("logs"))}`));
      assert.deepEqual(
        listed.entries.map(({ name, kind, sizeBytes, mode, user }) => [name, kind, sizeBytes, mode, user]),
        [["wéb.log", "file", 10, undefined, undefined]],
      );
      const response = await world.request(`/v1/files/content?${query(at("logs", "wéb.log"))}`);
      assert.equal(await response.text(), "one\r\ntwo\r\n");
      const tail = await world.request(`/v1/files/tail?${query(at("logs", "wéb.log"))}`);
      assert.match(await tail.text(), /data: {"text":"one"}\n\nevent: line\ndata: {"text":"two"}/);

      const path = at("logs", "new.bin");
      const { id } = await world.begin({ path, sizeBytes: 3, mode: "0600" });
      await (await world.put(id, 0, "abc")).body?.cancel();
      await world.restart();
      await world.commit(id, { sizeBytes: 3 });
      assert.equal(await Deno.readTextFile(path), "abc");
      const again = await world.begin({ path, overwrite: true });
      await world.commit(again.id);
      assert.equal((await Deno.stat(path)).size, 0);

      await world.act({ action: "mkdir", path: at("a", "b"), recursive: true });
      await world.act({ action: "rename", path, to: at("a", "b", "moved.bin") });
      await assert.rejects(world.act({ action: "chmod", path: at("a"), mode: "0700" }), { code: "unsupported" });
      await world.act({ action: "delete", path: at("a"), recursive: true });
      assert.deepEqual(await world.names(at("logs")), ["wéb.log"]);

      await assert.rejects(world.names(at("agent")), { code: "forbidden" });
      await assert.rejects(world.names("C:\\Windows"), { code: "forbidden" });
      for (const bad of ["\\\\.\\C:", "C:", `${at("logs")}\\..`, at("logs", "x:stream")]) {
        await assert.rejects(world.names(bad), { code: "invalid_input" }, bad);
      }
    }),
});

Deno.test({
  name: "without roots all fixed drives can be reached",
  ignore,
  fn: () =>
    withFiles(async (world) => {
      const { roots } = fileRoots().parse(await world.api.call("/v1/files/roots"));
      assert.ok(roots.some(({ path }) => path === "C:\\"), JSON.stringify(roots));
      assert.ok((await world.names("C:\\")).some((name) => name.toLowerCase() === "windows"));
    }, { roots: () => [] }),
});
