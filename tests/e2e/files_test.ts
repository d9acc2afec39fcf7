import assert from "node:assert/strict";
import { exists, IS_ROOT, runs, until } from "../helpers/host.ts";
import { type Managed, managed } from "../helpers/managed.ts";
import type { World } from "../helpers/agent.ts";

const filesOf = (policy: string, roots = "[]") => `policy:\n  files: ${policy}\nfiles:\n  roots: ${roots}\n`;
const WRITE = filesOf("write");
const LARGE_BYTES = 160_000_000;
const SOME_BYTES = 2_000_000;

/** A folder for files of a host, beside its own directory, which is the agent's. */
async function folderOf(host: World): Promise<string> {
  await Deno.mkdir(`${host.dir}/files`);
  return `${host.dir}/files`;
}

async function digestOf(path: string): Promise<string> {
  const { stdout } = await new Deno.Command("sha256sum", { args: [path] }).output();
  return new TextDecoder().decode(stdout).split(" ")[0] ?? "";
}

/** Sparse but for some pages, so that it is made at once and no two parts of it are the same. */
async function largeFile(path: string): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  for (let at = 0; at < LARGE_BYTES; at += 4_000_000) {
    await file.seek(at, Deno.SeekMode.Start);
    await file.write(crypto.getRandomValues(new Uint8Array(4_096)));
  }
  await file.truncate(LARGE_BYTES);
}

const partIn = (folder: string) => [...Deno.readDirSync(folder)].find(({ name }) => name.includes(".farhand-"))?.name;

async function audited(world: Managed): Promise<string[]> {
  const { stdout } = await world.manager(["audit", "list", "--json", "-n", "1000"]);
  const entries: { action: string; actor: string; result: string }[] = JSON.parse(stdout).entries;
  return entries.map(({ actor, result, action }) => `${actor} ${result} ${action}`);
}

managed("files go to hosts and come back, with their modes, one by one or whole folders", async (world) => {
  const host = await world.host("web-1", WRITE);
  await world.untilHost("web-1", ({ state }) => state === "online", "is online");
  const [folder, here] = [await folderOf(host), `${world.managerWorld.dir}/here`];
  await Deno.mkdir(here);
  await Deno.writeTextFile(`${here}/app.sh`, "#!/bin/sh\n");
  await Deno.chmod(`${here}/app.sh`, 0o750);
  await world.expectUser(0, ["cp", `${here}/app.sh`, `web-1:${folder}`]);
  assert.equal((await Deno.stat(`${folder}/app.sh`)).mode! & 0o777, 0o750);
  const refused = await world.expectUser(1, ["cp", `${here}/app.sh`, `web-1:${folder}/app.sh`]);
  assert.match(refused.stderr, /is there already/);
  await world.expectUser(0, ["cp", "--force", `${here}/app.sh`, `web-1:${folder}/app.sh`]);
  await world.expectUser(0, ["cp", `web-1:${folder}/app.sh`, `${here}/back.sh`]);
  assert.equal((await Deno.stat(`${here}/back.sh`)).mode! & 0o777, 0o750);
  assert.equal((await world.user(["cp", `web-1:${folder}/app.sh`, `${here}/back.sh`])).code, 1);

  const odd = "größe \u202e\n.txt";
  await Deno.mkdir(`${folder}/tree/empty`, { recursive: true });
  await Deno.writeTextFile(`${folder}/tree/${odd}`, "odd");
  await Deno.symlink("/etc/passwd", `${folder}/tree/link`);
  const copied = await world.expectUser(1, ["cp", "-r", `web-1:${folder}/tree`, here]);
  assert.match(copied.stderr, /left out .*tree\/link: it is a link/);
  assert.deepEqual([...Deno.readDirSync(`${here}/tree`)].map(({ name }) => name).toSorted(), ["empty", odd].toSorted());
  await Deno.remove(`${folder}/tree/link`);
  await world.expectUser(0, ["cp", "-r", `web-1:${folder}/tree`, `web-1:${folder}/again`]);
  assert.equal(await Deno.readTextFile(`${folder}/again/${odd}`), "odd");
  await world.expectUser(2, ["cp", `web-1:${folder}/tree`, here]);
  await world.expectUser(2, ["cp", here, here]);
  await world.expectUser(1, ["cp", `web-1:${folder}/none`, here]);

  const listed = await world.expectUser(0, ["ls", "-l", `web-1:${folder}`]);
  assert.match(listed.stdout, /^-0750 .* 10 .* app\.sh$/m);
  const names = (await world.expectUser(0, ["ls", `web-1:${folder}/tree`])).stdout;
  assert.equal(names, "empty\ngröße ??.txt\n");
  const json = JSON.parse((await world.expectUser(0, ["ls", "--json", `web-1:${folder}/tree`])).stdout);
  assert.equal(json.entries[1].name, odd);
  assert.match((await world.expectUser(0, ["ls", "web-1:"])).stdout, /^\/ +read and write$/m);
  assert.match((await host.expect(0, ["ls", folder])).stdout, /^again\napp\.sh\ntree\n$/);
  assert.deepEqual(JSON.parse((await host.expect(0, ["ls", "--json"])).stdout).roots, [{
    path: "/",
    isWritable: true,
  }]);

  const told = await audited(world);
  for (const entry of ["ada ok file.upload", "ada ok file.upload_commit", "ada ok file.read", "ada ok file.mkdir"]) {
    assert.ok(told.includes(entry), `${entry} in ${told.join("\n")}`);
  }
  const log = await Deno.readTextFile(host.logFile);
  assert.match(log, /"msg":"file uploaded".*"by":"manager: ada"/);
});

managed("standard input and output are as good as files", async (world) => {
  const host = await world.host("web-1", WRITE);
  await world.untilHost("web-1", ({ state }) => state === "online", "is online");
  const folder = await folderOf(host);
  const text = "a line\n".repeat(50_000);
  await Deno.writeTextFile(`${folder}/input`, text);
  const shell = `exec "$@" < ${folder}/input`;
  await world.expectUser(0, ["cp", "-", `web-1:${folder}/text`], { shell });
  assert.equal(await Deno.readTextFile(`${folder}/text`), text);
  const { stdout, stderr } = await world.expectUser(0, ["cp", `web-1:${folder}/text`, "-"]);
  assert.deepEqual([stdout, stderr], [text, ""]);
});

managed("a copy goes on after the manager was killed, and after the agent was", async (world) => {
  const host = await world.host("web-1", `${WRITE}manager:\n  reconnect_interval: 1s\n`);
  await world.untilHost("web-1", ({ state }) => state === "online", "is online");
  const [folder, here] = [await folderOf(host), `${world.managerWorld.dir}/here`];
  await Deno.mkdir(here);
  await largeFile(`${folder}/large`);
  const digest = await digestOf(`${folder}/large`);

  const down = await world.spawnUser(["cp", `web-1:${folder}/large`, here]);
  const sizeIn = (dir: string) => {
    const part = partIn(dir);
    return part === undefined ? 0 : Deno.statSync(`${dir}/${part}`).size;
  };
  await until(() => sizeIn(here) > SOME_BYTES, "some of it has come");
  const manager = await world.managerPid();
  Deno.kill(manager, "SIGKILL");
  await until(() => !runs(manager), "the manager is gone");
  await world.start();
  const { code, stderr } = await down.ended;
  assert.equal(code, 0, stderr);
  assert.match(stderr, /it is tried again/);
  assert.deepEqual([await digestOf(`${here}/large`), partIn(here)], [digest, undefined]);

  const up = await world.spawnUser(["cp", `${here}/large`, `web-1:${folder}/up`]);
  await until(() => sizeIn(folder) > SOME_BYTES, "some of it has arrived");
  Deno.kill(await host.pid(), "SIGKILL");
  await host.expect(0, ["start"]);
  const ended = await up.ended;
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stderr, /it is tried again/);
  assert.deepEqual([await digestOf(`${folder}/up`), partIn(folder)], [digest, undefined]);

  const left = await world.spawnUser(["cp", `web-1:${folder}/large`, `${here}/interrupted`]);
  await until(() => sizeIn(here) > SOME_BYTES, "some of it has come");
  left.signal("SIGINT");
  assert.equal((await left.ended).code, 130);
  const size = sizeIn(here);
  assert.ok(size > SOME_BYTES && size <= LARGE_BYTES, String(size));
  await world.expectUser(0, ["cp", `web-1:${folder}/large`, `${here}/interrupted`]);
  assert.deepEqual([await digestOf(`${here}/interrupted`), partIn(here)], [digest, undefined]);
});

managed("the host's policy decides, as it is at that moment", async (world) => {
  const host = await world.host("web-1");
  await world.untilHost("web-1", ({ state }) => state === "online", "is online");
  const folder = await folderOf(host);
  await Deno.writeTextFile(`${folder}/file`, "text");
  await Deno.writeTextFile(`${folder}/mine`, "text");
  const base = await Deno.readTextFile(host.configFile);
  const attempts = {
    ls: () => world.user(["ls", `web-1:${folder}`]),
    read: () => world.user(["cp", `web-1:${folder}/file`, "-"]),
    write: () => world.user(["cp", "--force", `${folder}/mine`, `web-1:${folder}/copy`]),
  };
  const codes = () => Promise.all(Object.values(attempts).map(async (attempt) => (await attempt()).code));
  const put = async (config: string) => {
    await host.configure(`${base}\n${config}`);
    await host.expect(0, ["reload"]);
  };
  assert.deepEqual(await codes(), [4, 4, 4]);
  assert.match((await attempts.ls()).stderr, /policy\.files: read/);
  await put(filesOf("read"));
  assert.deepEqual(await codes(), [0, 0, 4]);
  assert.match((await attempts.write()).stderr, /policy\.files: write/);
  await put(filesOf("write"));
  assert.deepEqual(await codes(), [0, 0, 0]);
  await put(filesOf("write", `[{ path: ${folder}, write: off }]`));
  assert.deepEqual(await codes(), [0, 0, 4]);
  await put(filesOf("write", "[/nowhere]"));
  assert.deepEqual(await codes(), [4, 4, 4]);
  // The agent's own files are nobody's, whatever the policy says.
  await put(filesOf("write"));
  for (const path of [`${host.workDir}/identity.json`, host.configFile]) {
    assert.equal((await world.user(["cp", `web-1:${path}`, "-"])).code, 4, path);
    assert.equal((await world.user(["cp", "--force", `${folder}/mine`, `web-1:${path}`])).code, 4, path);
  }
  // What is under way when it changes is ended.
  await largeFile(`${folder}/large`);
  const long = await world.spawnUser(["cp", "--give-up", "0s", `web-1:${folder}/large`, `${folder}/back`]);
  await until(() => partIn(folder) !== undefined, "it has begun");
  await put(filesOf("off"));
  assert.notEqual((await long.ended).code, 0);
  assert.equal(await exists(`${folder}/back`), false);
});

if (IS_ROOT && Deno.build.os === "linux") {
  managed("a full disk of a host is told of in words, and nothing is left on it", async (world) => {
    const host = await world.host("web-1", WRITE);
    await world.untilHost("web-1", ({ state }) => state === "online", "is online");
    const folder = await folderOf(host);
    const mount = ["-t", "tmpfs", "-o", "size=8m", "tmpfs", folder];
    if (!(await new Deno.Command("mount", { args: mount, stderr: "null" }).output()).success) return; // no right to mount
    try {
      const large = `${world.managerWorld.dir}/large`;
      await Deno.writeFile(large, new Uint8Array(20_000_000));
      const known = await world.expectUser(1, ["cp", large, `web-1:${folder}/x`]);
      assert.match(known.stderr, /20000000 bytes, and \d+ are free there/);
      const shell = `exec "$@" < ${large}`;
      const piped = await world.expectUser(1, ["cp", "-", `web-1:${folder}/x`], { shell });
      assert.match(piped.stderr, /the disk is full; nothing of it was kept/);
      assert.deepEqual([...Deno.readDirSync(folder)], []);
    } finally {
      await new Deno.Command("umount", { args: [folder] }).output();
    }
  });
}
