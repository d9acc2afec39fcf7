import assert from "node:assert/strict";
import { exists, IS_LINUX, IS_ROOT, NOBODY, until } from "../../../../tests/helpers/host.ts";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { type FilesWorld, withFiles } from "../../../../tests/helpers/files_world.ts";
import { fileUpload } from "../../../protocol/mod.ts";
import { MAX_UPLOADS } from "./uploads.ts";

const posix = { ignore: Deno.build.os === "windows" };
const CONTENT = new Uint8Array(1_000_003).map((_, at) => (at * 7 + (at >> 9)) & 255);

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

async function view(world: FilesWorld, id: string) {
  return fileUpload().parse(await world.api.call(`/v1/files/uploads/${id}`));
}

/** A body that breaks after so much. */
function breaking(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
    },
    pull(controller) {
      controller.error(new Error("the connection broke"));
    },
  });
}

/** One that never ends. */
function stuck(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.enqueue(bytes) });
}

const hidden = (world: FilesWorld) => [...Deno.readDirSync(world.root)].filter(({ name }) => name.startsWith("."));

Deno.test({
  ...posix,
  name: "a file grows beside its target, is checked, and gets its name in one step",
  fn: () =>
    withFiles(async (world) => {
      const path = world.at("data.bin");
      const { id, receivedBytes } = await world.begin({ path, sizeBytes: CONTENT.length, mode: "0750" });
      assert.equal(receivedBytes, 0);
      const [growing] = hidden(world);
      assert.equal(growing?.name, `.data.bin.farhand-${id}.part`);
      assert.equal((await Deno.stat(world.at(growing?.name ?? ""))).mode! & 0o777, 0o600);
      const half = await world.put(id, 0, CONTENT.slice(0, 400_000));
      assert.deepEqual([half.status, (await half.json()).data], [200, { receivedBytes: 400_000 }]);
      assert.equal(await exists(path), false);
      await assert.rejects(world.commit(id), { code: "conflict", message: /400000 of the 1000003 bytes/ });
      assert.equal(
        (await (await world.put(id, 400_000, CONTENT.slice(400_000))).json()).data.receivedBytes,
        CONTENT.length,
      );
      const done = await world.commit(id, { sha256: await sha256(CONTENT) });
      assert.deepEqual(done, { path, sizeBytes: CONTENT.length, sha256: await sha256(CONTENT) });
      assert.deepEqual(await Deno.readFile(path), CONTENT);
      assert.equal((await Deno.stat(path)).mode! & 0o777, 0o750);
      assert.deepEqual([hidden(world), [...Deno.readDirSync(`${world.workDir}/uploads`)]], [[], []]);
      await assert.rejects(world.commit(id), { code: "not_found" });
      const told = world.records.filter(({ msg }) => msg === "file uploaded").map(({ fields }) => fields);
      assert.deepEqual(told.map(({ by, bytes }) => [by, bytes]), [["owner", CONTENT.length]]);
    }),
});

Deno.test({
  ...posix,
  name: "what has come stays when the connection breaks, and whoever comes back goes on from there",
  fn: () =>
    withFiles(async (world) => {
      const { id } = await world.begin({ path: world.at("data"), sizeBytes: CONTENT.length });
      const broken = await world.put(id, 0, breaking(CONTENT.slice(0, 300_000)));
      assert.equal(broken.status, 499);
      await broken.body?.cancel();
      assert.equal((await view(world, id)).receivedBytes, 300_000);
      const wrong = await world.put(id, 100, CONTENT.slice(100));
      assert.deepEqual([wrong.status, (await wrong.json()).data], [409, { receivedBytes: 300_000 }]);
      // The old connection is stuck, and the agent does not know that nobody is there.
      const old = world.put(id, 300_000, stuck(CONTENT.slice(300_000, 400_000)));
      await until(async () => (await view(world, id)).receivedBytes === 400_000, "the stuck one has brought something");
      const rest = await world.put(id, 400_000, CONTENT.slice(400_000));
      assert.equal((await rest.json()).data.receivedBytes, CONTENT.length);
      assert.equal((await old).status, 409);
      assert.equal((await world.commit(id)).sha256, await sha256(CONTENT));
    }),
});

Deno.test({
  ...posix,
  name: "an upload goes on after the agent has been restarted",
  fn: () =>
    withFiles(async (world) => {
      const { id } = await world.begin({
        path: world.at("data"),
        sizeBytes: CONTENT.length,
        sha256: await sha256(CONTENT),
      });
      await (await world.put(id, 0, CONTENT.slice(0, 300_000))).body?.cancel();
      await world.restart();
      assert.equal((await view(world, id)).receivedBytes, 300_000);
      await (await world.put(id, 300_000, CONTENT.slice(300_000))).body?.cancel();
      await world.restart();
      assert.equal((await world.commit(id)).sha256, await sha256(CONTENT));
      assert.deepEqual(await Deno.readFile(world.at("data")), CONTENT);
    }),
});

Deno.test({
  ignore: !IS_LINUX,
  name: "another file in the place of the growing one is neither written nor given its name",
  fn: () =>
    withFiles(async (world) => {
      await world.text("victim", "victim");
      for (const swap of ["link", "hard link", "file"] as const) {
        for (const restarts of [true, false]) {
          const { id } = await world.begin({ path: world.at("data") });
          await (await world.put(id, 0, "abc")).body?.cancel();
          const growing = world.at(`.data.farhand-${id}.part`);
          await Deno.remove(growing);
          if (swap === "link") await Deno.symlink("victim", growing);
          else if (swap === "hard link") await Deno.link(world.at("victim"), growing);
          else await Deno.writeTextFile(growing, "other");
          if (restarts) await world.restart();
          const put = await world.put(id, 3, "def");
          await put.body?.cancel();
          await assert.rejects(world.commit(id), Error, `${swap} ${restarts}`);
          assert.equal(await Deno.readTextFile(world.at("victim")), "victim");
          assert.equal((await Deno.stat(world.at("victim"))).mode! & 0o777, 0o644);
          assert.equal(await exists(world.at("data")), false);
          await Deno.remove(growing).catch(() => {}); // where the upload has taken it away already
        }
      }
    }),
});

Deno.test({
  ...posix,
  name: "what is not what was sent is thrown away, and its sender can ask why",
  fn: () =>
    withFiles(async (world) => {
      const { id } = await world.begin({ path: world.at("data"), sizeBytes: 3, sha256: "0".repeat(64) });
      await (await world.put(id, 0, "abc")).body?.cancel();
      await assert.rejects(world.commit(id), { code: "conflict", message: /is not what was sent/ });
      assert.deepEqual([await exists(world.at("data")), hidden(world)], [false, []]);
      await assert.rejects(view(world, id), { code: "conflict", message: /is not what was sent/ });
      const other = await world.begin({ path: world.at("data"), sizeBytes: 3 });
      const long = await world.put(other.id, 0, "abcd");
      assert.deepEqual([long.status, hidden(world)], [413, []]);
      await long.body?.cancel();
    }),
});

Deno.test({
  ...posix,
  name: "a file is replaced only when that was asked for, and keeps its owner and mode",
  fn: () =>
    withFiles(async (world) => {
      const path = await world.text("data", "old");
      if (IS_ROOT) await Deno.chown(path, NOBODY, NOBODY);
      await Deno.chmod(path, 0o4751);
      await assert.rejects(world.begin({ path }), { code: "conflict", message: /was not to be overwritten/ });
      const { id } = await world.begin({ path, overwrite: true });
      await (await world.put(id, 0, "new")).body?.cancel();
      assert.equal(await Deno.readTextFile(path), "old");
      await world.commit(id, { sizeBytes: 3 });
      const { mode, uid } = await Deno.stat(path);
      assert.deepEqual([await Deno.readTextFile(path), (mode ?? 0) & 0o7777], ["new", 0o751]);
      if (IS_ROOT) assert.equal(uid, NOBODY);
      // One that appears meanwhile is not replaced either.
      const late = await world.begin({ path: world.at("late") });
      await world.text("late", "theirs");
      await assert.rejects(world.commit(late.id), { code: "conflict" });
      assert.equal(await Deno.readTextFile(world.at("late")), "theirs");
      await Deno.mkdir(world.at("folder"));
      await assert.rejects(world.begin({ path: world.at("folder"), overwrite: true }), { code: "conflict" });
      await assert.rejects(world.begin({ path: world.at("none", "x") }), { code: "not_found" });
      // What a link leads to is written, and the link stays.
      await Deno.symlink("data", world.at("link"));
      const through = await world.begin({ path: world.at("link"), overwrite: true });
      await world.commit(through.id);
      assert.deepEqual([await Deno.readTextFile(path), (await Deno.lstat(world.at("link"))).isSymlink], ["", true]);
    }),
});

Deno.test({
  ...posix,
  name: "unfinished uploads are given up after their time, also those of before a restart, and nothing is left",
  fn: async () => {
    const clock = new FakeClock();
    await withFiles(async (world) => {
      const first = await world.begin({ path: world.at("a") });
      await (await world.put(first.id, 0, "abc")).body?.cancel();
      await world.begin({ path: world.at("b") });
      await world.restart();
      assert.equal(hidden(world).length, 2);
      await clock.advance(86_400_000 / 2);
      await (await world.put(first.id, 3, "def")).body?.cancel();
      await clock.advance(86_400_000 / 2 + 60_000);
      await until(() => hidden(world).length === 1, "the one that nobody has gone on with is gone");
      assert.equal((await view(world, first.id)).receivedBytes, 6);
      await until(() => clock.sleeping > 0, "it has gone on to wait for the next one");
      await clock.advance(86_400_000);
      await until(() => hidden(world).length === 0, "the other one is gone");
      const records = () => [...Deno.readDirSync(`${world.workDir}/uploads`)].length;
      await until(() => records() === 0, "nothing is remembered of it");
      await assert.rejects(view(world, first.id), { code: "not_found" });
    }, { clock });
  },
});

Deno.test({
  ...posix,
  name: "uploads are bounded in number and size, and can be given up",
  fn: () =>
    withFiles(async (world) => {
      await assert.rejects(world.begin({ path: world.at("x"), sizeBytes: 11 }), { code: "too_large" });
      const long = await world.begin({ path: world.at("x") });
      assert.equal((await world.put(long.id, 0, "x".repeat(11))).status, 413);
      const ids = [];
      for (let at = 0; at < MAX_UPLOADS; at++) ids.push((await world.begin({ path: world.at(`f${at}`) })).id);
      await assert.rejects(world.begin({ path: world.at("x") }), { code: "rate_limited" });
      const [id = ""] = ids;
      await world.api.call(`/v1/files/uploads/${id}`, { method: "DELETE" });
      assert.equal(hidden(world).length, MAX_UPLOADS - 1);
      await world.begin({ path: world.at("x") });
      await assert.rejects(view(world, id), { code: "not_found" });
      for (const path of [`${"0".repeat(31)}`, "../../x", "0".repeat(33)]) {
        const response = await world.request(`/v1/files/uploads/${encodeURIComponent(path)}`);
        assert.ok([400, 404].includes(response.status));
        await response.body?.cancel();
      }
    }, { maxUploadBytes: 10 }),
});

Deno.test({
  ignore: !IS_LINUX || !IS_ROOT,
  name: "a disk that is full is told of in words, and nothing is left on it",
  fn: () =>
    withFiles(async (world) => {
      await Deno.mkdir(world.at("small"));
      const mount = ["-t", "tmpfs", "-o", "size=1m", "tmpfs", world.at("small")];
      const { success } = await new Deno.Command("mount", { args: mount, stderr: "null" }).output();
      if (!success) return; // no right to mount here
      try {
        const early = world.begin({ path: world.at("small", "data"), sizeBytes: 2_000_000 });
        await assert.rejects(early, { code: "no_space", message: /2000000 bytes, and \d+ are free/ });
        const { id } = await world.begin({ path: world.at("small", "data") });
        const response = await world.put(id, 0, new Uint8Array(2_000_000));
        const { code, msg } = await response.json();
        assert.deepEqual([response.status, code], [507, 10_016]);
        assert.match(msg, /the disk is full; nothing of it was kept/);
        assert.deepEqual([...Deno.readDirSync(world.at("small"))], []);
        await assert.rejects(view(world, id), { code: "no_space" });
      } finally {
        await new Deno.Command("umount", { args: [world.at("small")] }).output();
      }
    }),
});
