import assert from "node:assert/strict";
import { scenario, type World } from "../helpers/agent.ts";
import { IS_LINUX, until } from "../helpers/host.ts";

const LEAVE = "\x1b[?25h\x1b[?1049l";

scenario("collectors tells how each does, in words and in JSON", async (world) => {
  await world.start();
  const { stdout } = await world.expect(0, ["collectors"]);
  assert.match(stdout, /^COLLECTOR +STATE +INTERVAL +LAST READING +TOOK +REASON\n/);
  for (const name of ["cpu", "memory", "disk", "network"]) assert.match(stdout, new RegExp(`^${name} +\\w+ `, "m"));
  assert.match(stdout, /\nhistory: \d+ series in \S+ k?B of at most 4\.2 MB\n$/);
  const { collectors } = JSON.parse((await world.expect(0, ["collectors", "--json"])).stdout);
  for (const name of ["cpu", "memory"]) {
    const found = collectors.find((each: { name: string }) => each.name === name);
    assert.ok(["ok", "partial"].includes(found.state), `${name}: ${found.state}, ${found.reason}`);
    assert.equal(found.intervalMs, 60_000);
  }
});

scenario("top without a terminal prints one summary, with rates", async (world) => {
  await world.start();
  const { stdout, stderr } = await world.expect(0, ["top"]);
  assert.equal(stderr, "");
  assert.match(stdout, /^\S+ {2}up \d/);
  assert.match(stdout, /\n\d+ cores? {2}load \d+\.\d\d /);
  assert.match(stdout, /\nCPU {2}\[[| ]+\] +\d+\.\d % {2}user \d/);
  assert.match(stdout, /\nMem {2}\[\|[| ]+\] +\d+\.\d % {2}\S+ .B of /);
  assert.match(stdout, /\nMOUNT .*\n\/.* \d/);
  assert.match(stdout, /PROCESS \(by CPU\)\n +\d+ /);
  assert.equal(stdout.includes("\x1b"), false);
});

scenario("top --json prints readings by collector, whose points are rates", async (world) => {
  await world.start();
  const { timeMs, readings } = JSON.parse((await world.expect(0, ["top", "--json"])).stdout);
  assert.ok(Math.abs(Date.now() - timeMs) < 60_000);
  const { collector, sample, points } = readings.cpu;
  assert.equal(collector, "cpu");
  assert.ok(sample.logicalCores >= 1);
  const usage = points["cpu.usage_percent"];
  assert.ok(usage >= 0 && usage <= 100, String(usage));
  assert.ok(readings.memory.sample.totalBytes > 0);
});

scenario("top says that the agent is not running, and does not touch the screen", async (world) => {
  for (const args of [["top"], ["top", "--json"], ["collectors"]]) {
    const { stdout, stderr } = await world.expect(3, args);
    assert.equal(stdout, "");
    assert.match(stderr, /The agent is not running|10014/);
  }
});

/** The program in a terminal of its own, with keys that are pressed from here. */
class InTerminal {
  readonly #child: Deno.ChildProcess;
  readonly #keys: WritableStreamDefaultWriter<Uint8Array>;
  readonly #printed: Promise<void>;
  text = "";

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#keys = child.stdin.getWriter();
    this.#printed = this.#collect();
  }

  /** Null where there is no `script` to make a terminal with. */
  static async open(world: World, args: readonly string[]): Promise<InTerminal | null> {
    const line = world.argv(args).map((word) => `'${word}'`).join(" ");
    const env = await world.env({ SHELL: "/bin/sh", TERM: "xterm" });
    const options = { args: ["-qefc", line, "/dev/null"], cwd: world.dir, env, clearEnv: true };
    try {
      const child = new Deno.Command("script", { ...options, stdin: "piped", stdout: "piped", stderr: "null" }).spawn();
      return new InTerminal(child);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      console.log("skipped: there is no script here");
      return null;
    }
  }

  async shows(text: string): Promise<void> {
    await until(() => this.text.includes(text), `the terminal shows ${JSON.stringify(text)}`);
  }

  async press(key: string): Promise<void> {
    await this.#keys.write(new TextEncoder().encode(key));
  }

  /** Waits for its end; gives the exit code and what it printed after it gave the screen back. */
  async ended(): Promise<{ code: number; after: string }> {
    const { code } = await this.#child.status;
    await this.#printed;
    await this.#keys.close().catch(() => {}); // the terminal has gone already
    const left = this.text.lastIndexOf(LEAVE);
    assert.ok(left > 0, "the screen was not given back");
    return { code, after: this.text.slice(left + LEAVE.length) };
  }

  async #collect(): Promise<void> {
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) this.text += text;
  }
}

async function withTop(world: World, use: (top: InTerminal) => Promise<void>): Promise<void> {
  await world.start();
  if (!IS_LINUX) return console.log("skipped: script has other options here");
  const top = await InTerminal.open(world, ["top", "--interval", "1s"]);
  if (top === null) return;
  await top.shows("\x1b[?1049h\x1b[?25l");
  await top.shows("CPU  [");
  await use(top);
}

scenario("top in a terminal goes on, heeds keys, and gives the screen back", (world) =>
  withTop(world, async (top) => {
    await top.shows("(by CPU)");
    await top.press("m");
    await top.shows("(by memory)");
    await top.press("?");
    await top.shows("any key goes back");
    await top.press("q");
    assert.deepEqual(await top.ended(), { code: 0, after: "" });
  }));

scenario("top gives the screen back when it is interrupted", (world) =>
  withTop(world, async (top) => {
    await top.press("\x03");
    assert.deepEqual(await top.ended(), { code: 0, after: "" });
    const other = await InTerminal.open(world, ["top"]);
    await other?.shows("CPU  [");
    const processes = await world.processes();
    const found = processes.find(({ argv }) => argv.endsWith(" top") && !argv.startsWith("script"));
    assert.ok(found, JSON.stringify(processes));
    Deno.kill(found.pid, "SIGTERM");
    const { code, after } = await other?.ended() ?? {};
    assert.equal(code, 130);
    assert.match(after ?? "", /error:.* Interrupted/);
  }));

scenario("top gives the screen back when the agent stops", (world) =>
  withTop(world, async (top) => {
    await world.expect(0, ["stop"]);
    const { code, after } = await top.ended();
    assert.equal(code, 3);
    assert.match(after, /error:.* The agent has stopped/);
  }));
