import assert from "node:assert/strict";
import type { HostSamples } from "../../src/protocol/mod.ts";
import { IS_LATER, PROGRAM } from "../helpers/agent.ts";
import { until } from "../helpers/host.ts";
import { Managed } from "../helpers/managed.ts";
import { Nat, natMissing } from "../helpers/nat.ts";
import { userShell } from "../helpers/user_shell.ts";

const missing = await natMissing();
if (missing !== null) console.log(`tests behind a NAT are skipped: ${missing}`);

/** The trial in full has 300; what it shows takes no longer than the deadlines after it. */
const BLACKHOLE_SECONDS = Number(Deno.env.get("FARHAND_BLACKHOLE_SECONDS") ?? "20");
/** The longest wait between two tries to connect, three missed pings of 2 s, and the same for a busy machine. */
const RECOVERY_MS = 60_000;

const CONFIG = `manager:
  heartbeat_interval: 1s
  reconnect_interval: 5s
collectors:
  interval: 1s
policy:
  exec: on
  files: write
  terminal: on
terminal:
  shell: /bin/sh
processes:
  - id: web
    command: [/bin/sh, -c, 'while :; do echo "line"; sleep 0.2; done']
`;
const OUTPUT_BYTES = 20_000_000;
/** Of a file that is brought here, and back. The trial in full has 500 MB. */
const FILE_BYTES = Number(Deno.env.get("FARHAND_FILE_BYTES") ?? "20000000");

/** Not the same throughout, so that a part in the place of another would show. */
async function writeLarge(path: string): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  const part = crypto.getRandomValues(new Uint8Array(60_000));
  for (let left = FILE_BYTES; left > 0; left -= part.length) {
    part[0] = left & 0xff;
    await file.write(part.subarray(0, Math.min(left, part.length)));
  }
}

function behindNat(name: string, play: (world: Managed, nat: Nat) => Promise<void>): void {
  Deno.test({
    name,
    ignore: IS_LATER || missing !== null,
    fn: async () => {
      await using nat = await Nat.create();
      const outside = [...nat.inside("outside"), ...PROGRAM] as const;
      await using world = await Managed.create({
        listen: `https://${nat.outsideAddress}:0`,
        managerConfig: "hosts:\n  heartbeat_interval: 1s\n  unreachable_after: 5s\n  offline_after: 10s\n",
        managerProgram: outside as [string, ...string[]],
        hostProgram: [...nat.inside("host"), ...PROGRAM] as [string, ...string[]],
      });
      await play(world, nat);
    },
  });
}

/** How many readings are missing of those that there should be, a second apart. */
async function gaps(world: Managed, hostId: string, fromMs: number, toMs: number): Promise<string[]> {
  const path = `/api/v1/hosts/${hostId}/samples?from=${fromMs}&to=${toMs}&step=2s`;
  const { envelope } = await world.api(path);
  const { timesMs, series } = envelope.data as unknown as HostSamples;
  const memory = series.find(({ name }) => name === "memory.used_percent")?.values ?? [];
  return timesMs.flatMap((timeMs, index) => (memory[index] ?? null) === null ? [new Date(timeMs).toISOString()] : []);
}

behindNat("a host behind a NAT is fully controlled", async (world) => {
  const host = await world.host("web-1", CONFIG);
  await world.untilHost("web-1", ({ state, latest }) => state === "online" && latest !== undefined, "reports");
  assert.match((await world.expectUser(0, ["ps", "--host", "web-1"])).stdout, /web +running/);
  const follower = await world.spawnUser(["logs", "web", "-f", "-n", "0", "--host", "web-1"]);
  await follower.printed("line");
  follower.signal("SIGINT");
  await follower.ended;
  await world.expectUser(0, ["process", "stop", "web", "--host", "web-1"]);
  await world.expectUser(0, ["process", "start", "web", "--host", "web-1"]);
  const told = await world.expectUser(0, ["exec", "web-1", "--", "hostname", "-I"]);
  assert.match(told.stdout, /10\.91\.1\.2/);
  const big = await world.expectUser(0, ["exec", "web-1", "--", "sh", "-c", `yes abcdefg | head -c ${OUTPUT_BYTES}`]);
  assert.equal(big.stdout.length, OUTPUT_BYTES);
  const [there, here, back] = [`${host.dir}/large`, `${world.dataDir}/../large`, `${host.dir}/back`];
  await writeLarge(there);
  for (const [from, to] of [[`web-1:${there}`, here], [here, `web-1:${back}`]] as const) {
    await world.expectUser(0, ["cp", "--quiet", from, to]); // checked by SHA-256
  }
  assert.equal((await Deno.stat(back)).size, FILE_BYTES);
  assert.ok((await host.status()).pid);
  const terminal = await userShell(world, "web-1");
  if (terminal === null) return;
  await terminal.shows("~? helps]");
  await terminal.press("stty size; hostname -I\r");
  await terminal.shows(/30 100\r\n10\.91\.1\.2/);
  await terminal.press("exit 7\r");
  assert.equal((await terminal.ended()).code, 7);
});

behindNat(
  "a host comes back by itself from all that a router does, and nothing is lost or done twice",
  async (world, nat) => {
    const host = await world.host("web-1", CONFIG);
    const { id } = await world.untilHost("web-1", ({ latest }) => latest !== undefined, "reports");
    const done = `${host.dir}/done`;
    const fromMs = Date.now() + 2_000;
    let marks = 0;
    const mark = async () => {
      const script = `echo ${++marks} >> ${done}`;
      await world.expectUser(0, ["tasks", "run", "web-1", "--title", `mark ${marks}`, "--", "sh", "-c", script]);
    };
    const isBack = async (what: string) => {
      const answers = async () => (await world.user(["ps", "--host", "web-1"])).code === 0;
      await until(answers, `the host is back after ${what}`, RECOVERY_MS);
    };

    const terminal = await userShell(world, "web-1");
    await terminal?.shows("~? helps]");
    await terminal?.press("word=kept; echo it is $word\r");
    await terminal?.shows("it is kept");
    await mark();
    await nat.forgetConnections();
    await mark();
    await isBack("its router forgot the connections");
    await nat.changeAddress(9);
    await mark();
    await isBack("its router got another address");
    await nat.blackhole(true);
    await mark();
    await world.untilHost("web-1", ({ state }) => state === "offline", "is offline", RECOVERY_MS);
    await new Promise((resolve) => setTimeout(resolve, BLACKHOLE_SECONDS * 1_000));
    terminal?.clear();
    await nat.blackhole(false);
    await isBack("the network was gone");
    await terminal?.shows("[attached again]", RECOVERY_MS);
    await terminal?.press("echo still $word\r");
    await terminal?.shows("still kept", RECOVERY_MS);
    await terminal?.press("exit\r");
    await terminal?.ended();

    const ended = async () => (await world.tasks()).every(({ state }) => state === "done");
    await until(ended, "all tasks are done");
    const lines = (await Deno.readTextFile(done)).trimEnd().split("\n").map(Number).sort((a, b) => a - b);
    assert.deepEqual(lines, Array.from({ length: marks }, (_, index) => index + 1));
    const toMs = Date.now() - 4_000;
    await until(async () => (await gaps(world, id, fromMs, toMs)).length === 0, "the samples have no gap");
  },
);
