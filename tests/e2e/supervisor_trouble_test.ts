import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { World } from "../helpers/agent.ts";
import { exists, IS_LINUX, IS_ROOT, readProc, runs, until } from "../helpers/host.ts";
import {
  configure,
  eventsOf,
  kill,
  living,
  processes,
  processOf,
  script,
  supervised,
  untilProcess,
  untilState,
} from "../helpers/supervised.ts";

const SLEEPER = `  - id: sleeper
    command: [/bin/sleep, "1000"]
`;

/** How often each process of a world runs: how many sessions carry its marker. */
async function runsOfEach(world: World): Promise<Map<string, number>> {
  const sessions = new Map<string, Set<string>>();
  for (const { pid } of await world.processes()) {
    const id = /(?:^|\0)FARHAND_PROCESS=[0-9a-f]+\/([^/]+)\//.exec(readProc(`${pid}/environ`))?.[1];
    const session = readProc(`${pid}/stat`).replace(/^.*\)/s, ")").split(" ")[4];
    if (id !== undefined && session !== undefined) sessions.set(id, (sessions.get(id) ?? new Set()).add(session));
  }
  return new Map([...sessions].map(([id, { size }]) => [id, size]));
}

async function numbersOf(world: World, id: string): Promise<number[]> {
  const { envelope } = await world.api(`/v1/processes/${id}/logs?lines=10000&file=stdout`);
  return (envelope.data.lines as { text: string }[]).map(({ text }) => Number(/^line (\d+)$/.exec(text)?.[1]));
}

async function killAgent(pid: number): Promise<void> {
  kill(pid);
  await until(() => !runs(pid), "the agent is gone");
}

supervised(
  "an agent that is killed again and again loses, doubles and orphans nobody, and no line of their output",
  (world) =>
    script(world, "counter", 'i=0; while :; do i=$((i+1)); echo "line $i"; sleep 0.2; done').then((path) =>
      `  - id: counter
    replicas: 30
    command: [${path}]
`
    ),
  async (world) => {
    // In the foreground, which is quicker.
    let agent = await world.run();
    await until(async () => (await processes(world)).every(({ state }) => state === "running"), "all run");
    const before = (await processes(world)).map(({ id, pid }) => [id, pid]);
    assert.equal(before.length, 30);
    for (let round = 0; round < 10; round++) {
      await killAgent(agent.pid);
      agent = await world.run();
      const after = await processes(world);
      assert.deepEqual(after.map(({ id, pid }) => [id, pid]), before);
      assert.ok(after.every(({ state, restarts }) => state === "adopted" && restarts === 0), JSON.stringify(after));
    }
    if (IS_LINUX) assert.deepEqual(await runsOfEach(world), new Map(before.map(([id]) => [String(id), 1])));
    for (const [id] of before) {
      const numbers = await numbersOf(world, String(id));
      assert.ok(numbers.length > 5);
      assert.deepEqual(numbers, numbers.map((_, index) => index + 1));
    }
    await world.expect(0, ["stop", "--with-processes"]);
    assert.deepEqual(await living(world, /counter/), []);
  },
);

supervised("agents of different work directories leave each other's processes alone", SLEEPER, async (world) => {
  await using other = await World.create();
  await configure(other, SLEEPER);
  const agents = [await world.start(), await other.start()];
  const [one, two] = [await untilState(world, "sleeper", "running"), await untilState(other, "sleeper", "running")];
  for (const agent of agents) await killAgent(agent);
  await world.start();
  await other.start();
  assert.deepEqual([(await processOf(world, "sleeper")).pid, (await processOf(other, "sleeper")).pid], [
    one.pid,
    two.pid,
  ]);
  await world.expect(0, ["stop", "--with-processes"]);
  assert.deepEqual([runs(one.pid ?? 0), runs(two.pid ?? 0)], [false, true]);
  assert.equal((await processOf(other, "sleeper")).state, "adopted");
});

supervised("a process whose pid was given to another one is not taken for it, and that one not touched", (world) =>
  // Without the marker in its environment, the handle alone tells it.
  `  - id: bare
    command: [/usr/bin/env, -i, "WORLD=${world.dir}", /bin/sleep, "1000"]
    stop:
      timeout: 200ms
`, async (world) => {
  await world.start();
  const first = await untilState(world, "bare", "running");
  await until(() => !readProc(`${first.pid}/environ`).includes("FARHAND_PROCESS"), "it has no marker");
  await world.expect(0, ["restart"]);
  const adopted = await processOf(world, "bare");
  assert.deepEqual([adopted.state, adopted.pid], ["adopted", first.pid]);
  await world.expect(0, ["stop"]);
  {
    using db = new DatabaseSync(`${world.workDir}/agent.db`);
    const row = db.prepare("SELECT data FROM supervisor_handles WHERE id = 'bare'").get();
    const handle = JSON.parse(String(row?.["data"]));
    assert.equal(handle.identity.pid, first.pid);
    handle.identity.startTime = String(Number(handle.identity.startTime) - 1_000);
    db.prepare("UPDATE supervisor_handles SET data = ? WHERE id = 'bare'").run(JSON.stringify(handle));
  }
  await world.start();
  const second = await untilState(world, "bare", "running");
  assert.notEqual(second.pid, first.pid);
  const adoptions = (await eventsOf(world, "bare")).filter(({ state }) => state === "adopted");
  assert.equal(adoptions.length, 1); // by the agent before
  await world.expect(0, ["stop", "--with-processes"]);
  assert.deepEqual([runs(first.pid ?? 0), runs(second.pid ?? 0)], [true, false]);
});

async function succeeds(program: string, ...args: string[]): Promise<boolean> {
  const { success } = await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output();
  return success;
}

Deno.test({
  name: "a process whose logs have no room runs on under an agent that does, and writes again when there is some",
  ignore: !IS_LINUX || !IS_ROOT,
  fn: async () => {
    await using world = await World.create();
    const disk = `${world.dir}/disk`;
    await Deno.mkdir(disk);
    if (!await succeeds("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk)) {
      console.log("skipped: this host does not let us mount a small disk");
      return;
    }
    try {
      await playFullDisk(world, disk);
    } finally {
      await until(async () => {
        for (const { pid } of await world.processes()) killIfThere(pid);
        return await succeeds("umount", disk);
      }, "the disk is unmounted");
    }
  },
});

function killIfThere(pid: number): void {
  try {
    kill(pid);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof TypeError)) throw error; // it has just ended
  }
}

async function playFullDisk(world: World, disk: string): Promise<void> {
  const path = await script(
    world,
    "printer",
    // In long lines, so that what is left of its last page is soon used up.
    `i=0; while :; do i=$((i+1)); echo "line $i ${"x".repeat(2_000)}" || :; echo $i > $0.at; sleep 0.02; done`,
  );
  await configure(
    world,
    `  - id: printer
    command: [${path}]
    log:
      stdout: ${disk}/out.log
      stderr: ${world.dir}/err.log
`,
  );
  await world.start();
  const { pid } = await untilState(world, "printer", "running");
  const count = async () => Number(await Deno.readTextFile(`${path}.at`).catch(() => "0"));
  const size = async () => (await Deno.stat(`${disk}/out.log`)).size;
  await until(async () => await count() > 3, "it prints");
  await Deno.writeFile(`${disk}/filler`, new Uint8Array(1)).then(() => fill(`${disk}/filler`));
  await until(async () => (await Deno.stat(`${world.dir}/err.log`)).size > 0, "it cannot print");
  const [stuck, at] = [await size(), await count()];
  await until(async () => await count() > at + 3, "it goes on");
  assert.equal(await size(), stuck);
  assert.equal((await world.api("/healthz")).status, 200);
  const full = await processOf(world, "printer");
  assert.deepEqual([full.state, full.pid, full.restarts], ["running", pid, 0]);
  await Deno.remove(`${disk}/filler`);
  await until(async () => await size() > stuck, "it prints again");
  assert.equal((await processOf(world, "printer")).pid, pid);
}

/** Writes until nothing more fits. */
async function fill(path: string): Promise<void> {
  using file = await Deno.open(path, { append: true });
  try {
    for (;;) await file.write(new Uint8Array(512));
  } catch (error) {
    if (!/No space/.test(String(error))) throw error;
  }
}

supervised(
  "an agent whose work directory is removed goes on to supervise, and leaves as it should",
  (world) =>
    `  - id: sleeper
    command: [/bin/sleep, "1000"]
    env: {WORLD: "${world.dir}"}
`,
  async (world) => {
    const agent = await world.start();
    const first = await untilState(world, "sleeper", "running");
    await Deno.remove(world.workDir, { recursive: true });
    kill(first.pid ?? 0);
    const sleepers = () => living(world, /^\/bin\/sleep/);
    await until(async () => (await sleepers()).some((pid) => pid !== first.pid), "it is started again");
    kill(agent, "SIGTERM");
    await until(() => !runs(agent), "the agent has ended");
    assert.equal((await sleepers()).length, 1);
  },
);

supervised(
  "an agent whose database is removed goes on, and the next one takes its processes over",
  SLEEPER,
  async (world) => {
    const agent = await world.start();
    const first = await untilState(world, "sleeper", "running");
    for (const { name } of [...Deno.readDirSync(world.workDir)]) {
      if (name.startsWith("agent.db")) await Deno.remove(`${world.workDir}/${name}`);
    }
    kill(first.pid ?? 0);
    const second = await untilProcess(
      world,
      "sleeper",
      ({ state, pid }) => state === "running" && pid !== first.pid,
      "is started again",
    );
    assert.ok((await eventsOf(world, "sleeper")).length >= 2);
    await killAgent(agent);
    await world.start();
    const adopted = await processOf(world, "sleeper");
    assert.deepEqual([adopted.state, adopted.pid], ["adopted", second.pid]);
    assert.ok(await exists(`${world.workDir}/agent.db`));
  },
);

supervised(
  "two hundred processes start and stop",
  Array.from({ length: 200 }, (_, index) => `  - id: p${index}\n    command: [/bin/sleep, "1000"]\n`).join(""),
  async (world) => {
    await world.start();
    await until(async () => (await processes(world)).every(({ state }) => state === "running"), "all run");
    assert.equal((await living(world, /^\/bin\/sleep/)).length, 200);
    const { stdout } = await world.expect(0, ["stop", "--with-processes"]);
    assert.match(stdout, /200/);
    assert.deepEqual(await living(world, /^\/bin\/sleep/), []);
  },
);

supervised("a oneshot that fails is tried as often as it may be, and then has failed", (world) =>
  `  - id: work
    kind: oneshot
    command: [/bin/sh, -c, "echo tried >> ${world.dir}/tries; exit 4"]
    restart:
      max_retries: 2
`, async (world) => {
  await world.start();
  const failed = await untilState(world, "work", "failed");
  assert.match(failed.reason, /^ended with exit code 4; 2 restarts/);
  assert.equal(await Deno.readTextFile(`${world.dir}/tries`), "tried\n".repeat(3));
  await world.expect(0, ["restart"]);
  await untilState(world, "work", "failed");
});

supervised("a process that hangs is killed when its time to stop is over", (world) =>
  `  - id: hanging
    command: [/bin/sleep, "1000"]
    env: {WORLD: "${world.dir}"}
    stop:
      timeout: 300ms
`, async (world) => {
  await world.start();
  const { pid } = await untilState(world, "hanging", "running");
  kill(pid ?? 0, "SIGSTOP");
  await world.expect(0, ["process", "stop", "hanging"]);
  const stopped = await processOf(world, "hanging");
  assert.equal(stopped.state, "stopped");
  assert.match(stopped.reason, /killed, not ended 300ms after SIGTERM/);
  assert.equal(runs(pid ?? 0), false);
});

/** Ends and leaves a child behind; says so when it finds that of the run before. */
const LEAVER = `if test -e "$0.pid" && grep -q "^State:.[^ZX]" "/proc/$(cat "$0.pid")/status" 2>/dev/null; then
  echo overlap
fi
sleep 1000 &
echo $! > "$0.pid"
echo started
sleep 0.1
exit 1`;

if (IS_LINUX) {
  supervised(
    "what a program leaves behind when it ends is ended before the next one is started",
    (world) =>
      script(world, "leaver", LEAVER).then((path) =>
        `  - id: leaver
    command: [${path}]
    restart:
      max_retries: 3
`
      ),
    async (world) => {
      await world.start();
      await untilState(world, "leaver", "failed");
      await until(async () => (await living(world, /^sleep 1000/)).length === 0, "nobody is left");
      const { stdout } = await world.expect(0, ["logs", "leaver"]);
      assert.equal(stdout, "started\n".repeat(4));
      const left = (await eventsOf(world, "leaver")).filter(({ reason }) => /left others behind/.test(reason));
      assert.equal(left.length, 4);
    },
  );
}
