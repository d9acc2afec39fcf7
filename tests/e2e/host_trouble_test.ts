import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { scenario, World } from "../helpers/agent.ts";
import { freeAddress, IS_LINUX, IS_ROOT, until } from "../helpers/host.ts";

async function succeeds(program: string, ...args: string[]): Promise<boolean> {
  const { success } = await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output();
  return success;
}

Deno.test({
  name: "an agent whose log's disk is full runs on, and says afterwards how many records were lost",
  ignore: !IS_LINUX || !IS_ROOT,
  fn: async () => {
    await using world = await World.create();
    const disk = `${world.dir}/disk`;
    await Deno.mkdir(disk);
    if (!await succeeds("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk)) {
      console.log("skipped: this host does not let us mount a small disk");
      return;
    }
    try {
      const logFile = `${disk}/agent.log`;
      await world.start(
        "--set",
        `agent.log.file=${logFile}`,
        "--set",
        "agent.log.level=debug",
        "--set",
        "agent.log.rate_limit=0",
      );
      const filler = `${disk}/filler`;
      await fill(filler);
      for (let request = 0; request < 100; request++) assert.equal((await world.api("/healthz")).status, 200);
      assert.equal((await world.status()).state, "ok");
      await Deno.remove(filler);
      await until(async () => {
        await world.api("/healthz");
        return (await Deno.readTextFile(logFile)).includes("log records were lost");
      }, "the loss is told");
      const told = (await Deno.readTextFile(logFile)).split("\n").find((line) =>
        line.includes("log records were lost")
      );
      const { count, reason } = JSON.parse(told ?? "{}");
      assert.ok(count > 0, `${count} lost`);
      assert.match(reason, /space/);
      await world.expect(0, ["stop"]);
    } finally {
      for (const { pid } of await world.processes()) Deno.kill(pid, "SIGKILL");
      await until(() => succeeds("umount", disk), "the disk is unmounted");
    }
  },
});

/** Writes until nothing more fits. */
async function fill(path: string): Promise<void> {
  using file = await Deno.open(path, { create: true, write: true });
  try {
    for (;;) await file.write(new Uint8Array(512));
  } catch (error) {
    if (!/No space/.test(String(error))) throw error;
  }
}

Deno.test({
  name: "no command asks the DNS for anything, so that one that is slow or down delays nothing",
  ignore: !IS_LINUX || !IS_ROOT,
  fn: async () => {
    await using world = await World.create();
    const { hostname } = freeAddress();
    const server = createSocket("udp4");
    let asked = 0;
    server.on("message", () => asked++);
    server.bind(53, hostname);
    await once(server, "listening");
    try {
      const resolver = `${world.dir}/resolv.conf`;
      await Deno.writeTextFile(resolver, `nameserver ${hostname}\noptions timeout:1 attempts:1\n`);
      const shell = `mount --bind ${resolver} /etc/resolv.conf && exec "$@"`;
      const inside = `exec unshare --mount /bin/sh -c '${shell}' sh "$@"`;
      if (!await succeeds("unshare", "--mount", "/bin/sh", "-c", `mount --bind ${resolver} /etc/resolv.conf`)) {
        console.log("skipped: this host does not let us replace /etc/resolv.conf for one program");
        return;
      }
      for (const args of [["start"], ["status"], ["reload"], ["doctor"], ["stop"]]) {
        await world.expect(0, args, { shell: inside });
        assert.equal(asked, 0, `${args} asked the DNS`);
      }
    } finally {
      server.close();
    }
  },
});

scenario("the agent starts again after its work directory was removed under it", async (world) => {
  await world.start();
  await Deno.remove(world.workDir, { recursive: true });
  await world.expect(3, ["status"]);
  for (const { pid } of await world.processes()) Deno.kill(pid, "SIGTERM");
  await until(async () => (await world.processes()).length === 0, "the old one has ended");
  await world.start();
});
