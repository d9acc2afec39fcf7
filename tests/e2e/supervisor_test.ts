import assert from "node:assert/strict";
import { exists, runs, until } from "../helpers/host.ts";
import {
  configure,
  eventsOf,
  kill,
  living,
  post,
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

supervised(
  "a process of the config runs, is shown, and comes back at once when it is killed",
  SLEEPER,
  async (world) => {
    const { stdout } = await world.expect(0, ["start"]);
    assert.match(stdout, /processes +1: 1 running/);
    const first = await untilState(world, "sleeper", "running");
    assert.ok(first.pid !== undefined && runs(first.pid));
    kill(first.pid);
    const second = await untilProcess(
      world,
      "sleeper",
      ({ pid, state }) => state === "running" && pid !== first.pid,
      "is back",
    );
    assert.deepEqual([second.restarts, second.lastExit?.signal], [1, "SIGKILL"]);
    const shown = await world.expect(0, ["ps"]);
    assert.match(shown.stdout, /sleeper +running/);
    const events = await eventsOf(world, "sleeper");
    assert.deepEqual(
      events.map(({ state }) => state),
      ["starting", "running", "starting", "running"],
    );
    assert.deepEqual(events[2]?.exit?.signal, "SIGKILL");
    await world.expect(0, ["stop", "--with-processes"]);
    assert.equal(runs(second.pid ?? 0), false);
  },
);

supervised(
  "a process that cannot stay up is given up, with the reason",
  (world) =>
    script(world, "crash", "exit 3").then((path) =>
      `  - id: crash
    command: [${path}]
    restart:
      max_retries: 2
`
    ),
  async (world) => {
    await world.start();
    const failed = await untilState(world, "crash", "failed");
    assert.equal(failed.reason, "ended with exit code 3; 2 restarts within 10m are enough");
    assert.deepEqual([failed.lastExit?.code, failed.restarts], [3, 2]);
    const status = await world.expect(0, ["status"]);
    assert.match(status.stdout, /supervisor +degraded .*crash failed/);
  },
);

supervised("a program that is not there is told, and started when it is", (world) =>
  `  - id: late
    command: ["${world.dir}/late"]
    restart:
      max_retries: 0
`, async (world) => {
  await world.start();
  const waiting = await untilState(world, "late", "backoff");
  assert.match(waiting.reason, /late.*(no such|not found|does not exist|missing)/i);
  await script(world, "late", "exec sleep 1000");
  await untilState(world, "late", "running");
});

/** One that ignores SIGTERM, with a child in a session of its own, and one that a dead parent has left behind. */
const STUBBORN = `trap '' TERM
setsid sh -c 'trap "" TERM; sleep 1000' &
setsid sh -c '(setsid sleep 1001 &) ; exit 0'
(sh -c 'sleep 1002 & exit 0')
while :; do sleep 1003; done`;

supervised(
  "a stop leaves nobody: not what ignores it, nor what has changed its session or its parent",
  (world) =>
    script(world, "stubborn", STUBBORN).then((path) =>
      `  - id: stubborn
    command: [${path}]
    stop:
      timeout: 200ms
`
    ),
  async (world) => {
    await world.start();
    await untilState(world, "stubborn", "running");
    await until(async () => (await living(world, /^sleep 100/)).length === 4, "all of its tree run");
    await world.expect(0, ["process", "stop", "stubborn"]);
    assert.deepEqual(await living(world, /^sleep 100/), []);
    assert.deepEqual(await living(world, /stubborn/), []);
    assert.equal((await processOf(world, "stubborn")).state, "stopped");
  },
);

supervised(
  "an agent that is killed loses and doubles nothing: the next one takes over",
  (world) =>
    script(world, "counter", 'i=0; while :; do i=$((i+1)); echo "line $i"; sleep 0.01; done').then((path) =>
      `  - id: counter
    command: [${path}]
${SLEEPER}`
    ),
  async (world) => {
    const agent = await world.start();
    const before = [await untilState(world, "counter", "running"), await untilState(world, "sleeper", "running")];
    kill(agent);
    await until(() => !runs(agent), "the agent is gone");
    await world.start();
    const after = await processes(world);
    assert.deepEqual(after.map(({ pid }) => pid), before.map(({ pid }) => pid));
    assert.deepEqual(after.map(({ state }) => state), ["adopted", "adopted"]);
    assert.equal((await living(world, /^\/bin\/sh .*counter/)).length, 1);
    kill(before[0]?.pid ?? 0);
    await untilProcess(
      world,
      "counter",
      ({ state, pid }) => state === "running" && pid !== before[0]?.pid,
      "is replaced",
    );
    const lines = await world.expect(0, ["logs", "counter", "-n", "5000", "--stdout"]);
    const numbers = [...lines.stdout.matchAll(/^line (\d+)$/gm)].map(([, number]) => Number(number));
    const restart = numbers.indexOf(1, 1);
    for (const run of [numbers.slice(0, restart), numbers.slice(restart)]) {
      assert.deepEqual(run, run.map((_, index) => index + 1));
    }
  },
);

supervised("stop leaves the processes running and says so; start takes them over again", SLEEPER, async (world) => {
  await world.start();
  const { pid } = await untilState(world, "sleeper", "running");
  const stopped = await world.expect(0, ["stop"]);
  assert.match(stopped.stdout, /1 process.* (go|goes) on running/);
  assert.ok(runs(pid ?? 0));
  await world.start();
  const adopted = await processOf(world, "sleeper");
  assert.deepEqual([adopted.state, adopted.pid], ["adopted", pid]);
});

supervised("what a user has stopped stays so when the agent is restarted", SLEEPER, async (world) => {
  await world.start();
  await untilState(world, "sleeper", "running");
  await world.expect(0, ["process", "stop", "sleeper"]);
  await world.expect(0, ["restart"]);
  assert.equal((await processOf(world, "sleeper")).state, "stopped");
  await world.expect(0, ["process", "start", "sleeper"]);
  assert.equal((await processOf(world, "sleeper")).state, "running");
});

supervised("what depends on others waits for them, and a stop of all goes the other way round", (world) =>
  `  - id: shop
    command: [/bin/sh, -c, "echo shop >> ${world.dir}/order; exec sleep 1000"]
    depends_on: [db, {id: init, condition: completed}]
  - id: init
    kind: oneshot
    command: [/bin/sh, -c, "sleep 0.2; echo init >> ${world.dir}/order"]
  - id: db
    command: [/bin/sh, -c, "echo db >> ${world.dir}/order; until test -e ${world.dir}/open; do sleep 0.02; done; echo up; exec sleep 1000"]
    readiness:
      type: log
      pattern: "^up$"
`, async (world) => {
  await world.start();
  await untilState(world, "init", "stopped");
  const waiting = await processOf(world, "shop");
  assert.deepEqual([waiting.state, waiting.reason], ["starting", "waits for db to be ready"]);
  await Deno.writeTextFile(`${world.dir}/open`, "");
  await untilState(world, "shop", "running");
  const written = () => Deno.readTextFileSync(`${world.dir}/order`).trim().split("\n");
  await until(() => written().includes("shop"), "shop has written");
  assert.deepEqual(written().at(-1), "shop");
  await world.expect(0, ["process", "stop", "--all"]);
  const stops = (await world.api("/v1/events?limit=100")).envelope.data as {
    events: { process: string; state: string }[];
  };
  const order = stops.events.filter(({ state }) => state === "stopped").map(({ process }) => process);
  assert.ok(order.indexOf("shop") < order.indexOf("db"), order.join());
  await world.expect(0, ["restart"]);
  assert.equal((await processOf(world, "init")).reason, "was completed before this agent has started");
});

supervised(
  "a reload starts what is new, restarts what has changed, stops what is gone, and leaves the rest alone",
  `${SLEEPER}  - id: other
    command: [/bin/sleep, "1001"]
  - id: gone
    command: [/bin/sleep, "1002"]
`,
  async (world) => {
    await world.start();
    const [same, other, gone] = [
      await untilState(world, "sleeper", "running"),
      await untilState(world, "other", "running"),
      await untilState(world, "gone", "running"),
    ];
    await configure(
      world,
      `${SLEEPER}  - id: other
    command: [/bin/sleep, "2001"]
  - id: new
    command: [/bin/sleep, "1003"]
`,
    );
    await world.expect(0, ["reload"]);
    await untilState(world, "new", "running");
    const changed = await untilProcess(
      world,
      "other",
      ({ pid, state }) => state === "running" && pid !== other.pid,
      "is restarted",
    );
    assert.notEqual(changed.pid, other.pid);
    await until(async () => !(await processes(world)).some(({ id }) => id === "gone"), "gone is gone");
    assert.equal(runs(gone.pid ?? 0), false);
    assert.equal((await processOf(world, "sleeper")).pid, same.pid);
  },
);

supervised(
  "a process can be registered while the agent runs, outlives it, and can be removed",
  SLEEPER,
  async (world) => {
    await world.start();
    await world.expect(0, ["process", "add", "extra", "--", "/bin/sleep", "1004"]);
    const { pid } = await untilState(world, "extra", "running");
    const twice = await post(world, "/v1/processes", { process: { id: "sleeper", command: ["/bin/true"] } });
    assert.equal(twice.status, 400);
    assert.match(twice.envelope.msg, /sleeper/);
    await world.expect(0, ["restart"]);
    assert.deepEqual([(await processOf(world, "extra")).pid, (await processOf(world, "extra")).origin], [pid, "api"]);
    const refused = await world.expect(1, ["process", "remove", "sleeper"]);
    assert.match(refused.stderr, /it is in the config/);
    await world.expect(0, ["process", "remove", "extra"]);
    await until(async () => (await processes(world)).length === 1, "extra is gone");
    assert.equal(runs(pid ?? 0), false);
  },
);

supervised("replicas have ids, ports and logs of their own", (world) =>
  `  - id: web
    replicas: 3
    port_base: 9000
    command: [/bin/sh, -c, "echo {{id}} {{index}} {{port}}; exec sleep 1000"]
    env: {WORLD: "${world.dir}"}
`, async (world) => {
  await world.start();
  for (const id of ["web-0", "web-1", "web-2"]) await untilState(world, id, "running");
  const { stdout } = await world.expect(0, ["logs", "web-2"]);
  assert.equal(stdout, "web-2 2 9002\n");
  await world.expect(0, ["process", "stop", "web"]);
  assert.deepEqual((await processes(world)).map(({ state }) => state), ["stopped", "stopped", "stopped"]);
});

supervised("a damaged database is put aside, said, and costs no process", SLEEPER, async (world) => {
  await world.start();
  const { pid } = await untilState(world, "sleeper", "running");
  await world.expect(0, ["stop"]);
  await Deno.writeTextFile(
    `${world.workDir}/agent.db`,
    "this is not a database, and long enough to be read as one".repeat(50),
  );
  await world.start();
  const adopted = await processOf(world, "sleeper");
  assert.deepEqual([adopted.state, adopted.pid], ["adopted", pid]);
  const aside = [...Deno.readDirSync(world.workDir)].filter(({ name }) => name.startsWith("agent.db.corrupt-"));
  assert.equal(aside.length, 1);
});

supervised(
  "an external process is found by its pid file, watched, and stopped by its own command",
  (world) =>
    script(world, "daemon", `setsid sh -c 'echo $$ > ${world.dir}/d.pid; exec sleep 1005' >/dev/null 2>&1 &`).then((
      path,
    ) =>
      `  - id: daemon
    pid_strategy: match
    command: [${path}]
    match:
      pid_file: ${world.dir}/d.pid
    stop:
      command: [/bin/sh, -c, "kill $(cat ${world.dir}/d.pid)"]
`
    ),
  async (world) => {
    await world.start();
    const found = await untilState(world, "daemon", "adopted");
    kill(found.pid ?? 0);
    await untilProcess(
      world,
      "daemon",
      ({ pid, state }) => state === "adopted" && pid !== found.pid,
      "is started again",
    );
    await world.expect(0, ["process", "stop", "daemon"]);
    assert.deepEqual(await living(world, /^sleep 1005/), []);
  },
);

supervised("a work directory that is removed and a program that is replaced harm nobody", async (world) => {
  const path = await script(world, "prog", "echo one; exec sleep 1000");
  return `  - id: prog
    command: [${path}]
    work_dir: ${world.dir}/here
`;
}, async (world) => {
  await Deno.mkdir(`${world.dir}/here`);
  await world.start();
  const first = await untilState(world, "prog", "running");
  await Deno.remove(`${world.dir}/here`);
  kill(first.pid ?? 0);
  const waiting = await untilState(world, "prog", "backoff", "failed");
  assert.match(waiting.reason, /here/);
  await Deno.mkdir(`${world.dir}/here`);
  await Deno.writeTextFile(`${world.dir}/prog.new`, "#!/bin/sh\necho two; exec sleep 1000\n", { mode: 0o755 });
  await Deno.rename(`${world.dir}/prog.new`, `${world.dir}/prog`);
  await world.expect(0, ["process", "start", "prog"]);
  await until(
    async () => (await world.expect(0, ["logs", "prog"])).stdout.endsWith("two\n"),
    "the new program has spoken",
  );
  assert.equal(await exists(`${world.dir}/here`), true);
});
