import assert from "node:assert/strict";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from "@zip.js/zip.js";
import { IS_LINUX } from "../../../tests/helpers/host.ts";
import { type FilesWorld, withFiles } from "../../../tests/helpers/files_world.ts";

async function archive(world: FilesWorld, path: string): Promise<Map<string, string | null>> {
  const response = await world.request(`/v1/files/zip?${new URLSearchParams({ path })}`);
  assert.deepEqual([response.status, response.headers.get("content-type")], [200, "application/zip"]);
  const reader = new ZipReader(new Uint8ArrayReader(await response.bytes()), { useWebWorkers: false });
  const found = new Map<string, string | null>();
  for (const entry of await reader.getEntries()) {
    const bytes = entry.directory ? null : await entry.getData(new Uint8ArrayWriter(), { checkSignature: true });
    found.set(entry.filename, bytes === null ? null : new TextDecoder().decode(bytes));
  }
  await reader.close();
  return found;
}

Deno.test({
  ignore: !IS_LINUX,
  name: "a folder is sent as an archive of its files and folders, and what is left out is named",
  fn: () =>
    withFiles(async (world) => {
      await world.act({ action: "mkdir", path: world.at("site", "pages", "empty"), recursive: true });
      await world.text("site/index.html", "<h1>");
      await world.text("site/pages/größe \u202e.txt", "é");
      await world.text("outside", "outside");
      await Deno.symlink("../outside", world.at("site", "link"));
      await Deno.symlink("pages", world.at("site", "link to folder"));
      const printf = `mkfifo pipe; printf x > "$(printf 'bad\\377')"`;
      await new Deno.Command("/bin/sh", { args: ["-c", printf], cwd: world.at("site") }).output();
      const found = await archive(world, world.at("site"));
      const note = found.get("site/LEFT-OUT.txt") ?? "";
      found.delete("site/LEFT-OUT.txt");
      assert.deepEqual(
        [...found].toSorted(([a], [b]) => a < b ? -1 : 1),
        [
          ["site/index.html", "<h1>"],
          ["site/pages/", null],
          ["site/pages/empty/", null],
          ["site/pages/größe \u202e.txt", "é"],
        ],
      );
      assert.deepEqual(note.trim().split("\n").toSorted(), [
        "Left out of this archive:",
        "bad\ufffd: its name is no text",
        "link to folder: a link to pages",
        "link: a link to ../outside",
        "pipe: it is no regular file",
      ]);
      await assert.rejects(archive(world, world.at("outside")));
    }),
});

Deno.test({
  ignore: !IS_LINUX,
  name: "the agent's own files are in no archive",
  fn: () =>
    withFiles(async (world) => {
      await Deno.writeTextFile(world.at("agent", "identity.key"), "secret");
      await Deno.writeTextFile(world.at("agent.yaml"), "secret");
      await Deno.link(world.at("agent", "identity.key"), world.at("second"));
      await world.text("mine", "mine");
      const found = await archive(world, world.root);
      assert.ok(![...found.values()].includes("secret"), JSON.stringify([...found]));
      const top = [...found.keys()][0]?.split("/")[0] ?? "";
      assert.equal(found.get(`${top}/mine`), "mine");
      const note = found.get(`${top}/LEFT-OUT.txt`) ?? "";
      for (const name of ["agent", "agent.yaml", "second"]) assert.match(note, new RegExp(`^${name}: it belongs`, "m"));
    }),
});
