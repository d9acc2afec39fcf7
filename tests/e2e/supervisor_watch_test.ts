import assert from "node:assert/strict";
import type { ProcessView } from "../../src/protocol/mod.ts";
import { dirname } from "node:path";
import { scenario, type World } from "../helpers/agent.ts";
import { exists, freeAddress, IS_LINUX, readProc, until } from "../helpers/host.ts";
import { configure, eventsOf, processOf, untilProcess, untilState } from "../helpers/supervised.ts";

/** An endpoint of a supervised program, which the test lets be well or not. */
class Endpoint implements AsyncDisposable {
  readonly address = freeAddress();
  readonly url = `http://${this.address.text}/health`;
  status = 503;
  readonly #server = Deno.serve(
    { hostname: this.address.hostname, port: this.address.port, onListen: () => {} },
    () => new Response("body", { status: this.status }),
  );

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** What is asked often, so that tests are quick; a failure counts when it was seen twice. */
const QUICK = `interval: 50ms
      failure_threshold: 2`;

function withEndpoint(
  name: string,
  section: (url: string) => string,
  play: (world: World, endpoint: Endpoint) => Promise<void>,
): void {
  scenario(name, async (world) => {
    await using endpoint = new Endpoint();
    await configure(
      world,
      `  - id: web
    command: [/bin/sleep, "1000"]
${section(endpoint.url)}`,
    );
    await play(world, endpoint);
  });
}

withEndpoint(
  "a process is starting until its endpoint answers well, and then it runs",
  (url) =>
    `    readiness:
      type: http
      target: ${url}
      ${QUICK}
`,
  async (world, endpoint) => {
    await world.start();
    const waiting = await untilProcess(world, "web", ({ probes }) => /503/.test(probes[0]?.reason ?? ""), "is refused");
    assert.equal(waiting.state, "starting");
    endpoint.status = 200;
    const running = await untilState(world, "web", "running");
    assert.deepEqual([running.pid, running.restarts], [waiting.pid, 0]);
    assert.deepEqual([running.probes[0]?.probe, running.probes[0]?.result], ["readiness", "good"]);
  },
);

withEndpoint(
  "a process that does not become ready in its time is restarted",
  (url) =>
    `    readiness:
      type: http
      target: ${url}
      give_up: 200ms
      ${QUICK}
`,
  async (world, endpoint) => {
    await world.start();
    const again = await untilProcess(world, "web", ({ restarts }) => restarts > 0, "is restarted");
    endpoint.status = 200;
    await untilState(world, "web", "running");
    const late = (await eventsOf(world, "web")).find(({ state }) => state === "stopping");
    assert.match(late?.reason ?? "", /^not ready within 200ms: .*503/, JSON.stringify(again));
  },
);

const LIVENESS = (url: string, more = "") =>
  `    liveness:
      type: http
      target: ${url}
      ${QUICK}
${more}`;

withEndpoint("a process whose liveness fails is restarted", LIVENESS, async (world, endpoint) => {
  endpoint.status = 200;
  await world.start();
  const isProbed = ({ probes }: { probes: readonly { result: string }[] }) => probes[0]?.result === "good";
  const first = await untilProcess(world, "web", isProbed, "is well");
  endpoint.status = 500;
  const second = await untilProcess(
    world,
    "web",
    ({ pid }) => pid !== undefined && pid !== first.pid,
    "is restarted",
  );
  endpoint.status = 200;
  await untilProcess(world, "web", (view) => view.state === "running" && isProbed(view), "is well again");
  assert.ok(second.restarts >= 1);
  const reasons = (await eventsOf(world, "web")).filter(({ state }) => state === "stopping");
  assert.match(reasons[0]?.reason ?? "", /500/);
});

withEndpoint(
  "a process whose liveness failure is only an event is unhealthy, and well again when it is",
  (url) => LIVENESS(url, "      on_failure: event\n"),
  async (world, endpoint) => {
    endpoint.status = 200;
    await world.start();
    const first = await untilState(world, "web", "running");
    endpoint.status = 500;
    const unhealthy = await untilState(world, "web", "unhealthy");
    assert.match(unhealthy.reason, /500/);
    assert.equal((await world.agent(["ps"])).stdout.includes("unhealthy"), true);
    endpoint.status = 200;
    const well = await untilState(world, "web", "running");
    assert.deepEqual([unhealthy.pid, well.pid, well.restarts], [first.pid, first.pid, 0]);
    const states = (await eventsOf(world, "web")).map(({ state }) => state);
    assert.deepEqual(states.slice(-3), ["running", "unhealthy", "running"]);
  },
);

scenario("commands can be probes, and have the environment of the program", async (world) => {
  await configure(
    world,
    `  - id: db
    command: [/bin/sleep, "1000"]
    env: {FLAGS: "${world.dir}"}
    readiness:
      type: exec
      command: [/bin/sh, -c, 'test -e "$FLAGS/ready"']
      ${QUICK}
    liveness:
      type: exec
      command: [/bin/sh, -c, 'test ! -e "$FLAGS/broken" || exit 7']
      on_failure: event
      ${QUICK}
`,
  );
  await world.start();
  await untilProcess(world, "db", ({ probes }) => /exited with 1/.test(probes[0]?.reason ?? ""), "was asked");
  assert.equal((await processOf(world, "db")).state, "starting");
  await Deno.writeTextFile(`${world.dir}/ready`, "");
  await untilState(world, "db", "running");
  await Deno.writeTextFile(`${world.dir}/broken`, "");
  const broken = await untilState(world, "db", "unhealthy");
  assert.match(broken.reason, /exited with 7/);
  await Deno.remove(`${world.dir}/broken`);
  await untilState(world, "db", "running");
});

/** A scenario with an address for heartbeats; usage is measured each second. */
function withHeartbeats(
  name: string,
  processes: (world: World) => string,
  play: (world: World, url: string) => Promise<void>,
): void {
  scenario(name, async (world) => {
    const { text } = freeAddress();
    const settings = `supervisor:
  usage_interval: 1s
  heartbeat:
    listen: ${text}
`;
    await configure(world, processes(world), settings);
    await play(world, `http://${text}/heartbeat`);
  });
}

async function beat(url: string, body: unknown, method = "POST") {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(url, {
    method,
    headers: { "content-type": "application/json" },
    ...(method === "GET" ? {} : { body: text }),
  });
  return { status: response.status, answer: await response.json() };
}

withHeartbeats("programs send heartbeats, and what is wrong with one is said", () =>
  `  - id: beater
    command: [/bin/sleep, "1000"]
    readiness:
      type: heartbeat
  - id: resting
    command: [/bin/sleep, "1000"]
    autostart: false
`, async (world, url) => {
  await world.start();
  const { pid, state } = await processOf(world, "beater");
  assert.equal(state, "starting");
  const good = { agent_id: "beater", pid, status: "12 jobs", cpu: 1.5, memory: 1_000_000 };
  for (
    const [body, status, message] of [
      [{ ...good, agent_id: "breater" }, 404, /breater/],
      [{ ...good, agent_id: "resting" }, 409, /not running/],
      [{ ...good, agent_id: 7 }, 400, /agent_id/],
      [{ ...good, pid: "x" }, 400, /pid/],
      [{ ...good, cpu: "much" }, 400, /cpu/],
      [{ ...good, memory: {} }, 400, /memory/],
      ["{not JSON", 400, /JSON/],
    ] as const
  ) {
    const refused = await beat(url, body);
    assert.deepEqual([refused.status, refused.answer.success], [status, false], JSON.stringify(body));
    assert.match(refused.answer.message, message);
  }
  assert.equal((await beat(url, good, "PUT")).status, 405);
  assert.equal((await processOf(world, "beater")).state, "starting");
  const taken = await beat(url, good);
  assert.deepEqual([taken.status, taken.answer.success], [200, true]);
  assert.ok(Math.abs(Date.parse(taken.answer.timestamp) - Date.now()) < 60_000);
  const running = await untilState(world, "beater", "running");
  assert.equal(running.statusText, "12 jobs");
  const { answer: stats } = await beat(`${url}/stats`, "", "GET");
  assert.deepEqual([stats.received, stats.accepted], [8, 1]);
  assert.deepEqual(stats.rejected, { unknown_agent: 1, not_running: 1, bad_request: 5, wrong_method: 1 });
  assert.equal(stats.agents[0].agent_id, "beater");
});

withHeartbeats("silence restarts a process, or makes it unhealthy until it is heard again", () =>
  `  - id: strict
    command: [/bin/sleep, "1000"]
    health_check:
      heartbeat_timeout: 1s
  - id: mild
    command: [/bin/sleep, "1000"]
    health_check:
      heartbeat_timeout: 1s
      on_silence: event
`, async (world, url) => {
  await world.start();
  const first = await processOf(world, "mild");
  const silent = await untilState(world, "mild", "unhealthy");
  assert.match(silent.reason, /^no heartbeat within 1s/);
  assert.equal((await beat(url, { agent_id: "mild", pid: first.pid })).status, 200);
  const heard = await untilState(world, "mild", "running");
  assert.deepEqual([heard.pid, heard.reason], [first.pid, "sends heartbeats again"]);
  await untilProcess(world, "strict", ({ restarts }) => restarts > 0, "is restarted");
  const stopping = (await eventsOf(world, "strict")).find(({ state }) => state === "stopping");
  assert.match(stopping?.reason ?? "", /^no heartbeat within 1s/);
  assert.equal((await processOf(world, "mild")).restarts, 0);
});

withHeartbeats("heartbeats may come as lines over a socket of the process", ({ dir }) =>
  `  - id: liner
    command: [/bin/sleep, "1000"]
    socket_path: ${dir}/liner.sock
    readiness:
      type: heartbeat
`, async (world) => {
  await world.start();
  assert.equal((await processOf(world, "liner")).state, "starting");
  const { pid } = await processOf(world, "liner");
  const connection = await Deno.connect({ transport: "unix", path: `${world.dir}/liner.sock` });
  try {
    const line = JSON.stringify({ pid, timestamp: 1, version: "1.2", status: "fine", cpu: 1, memory: 2 });
    const bytes = new TextEncoder().encode(`no JSON\n${line}\n`);
    assert.equal(await connection.write(bytes.subarray(0, 20)), 20);
    assert.equal(await connection.write(bytes.subarray(20)), bytes.length - 20);
    const running = await untilState(world, "liner", "running");
    assert.equal(running.statusText, "fine");
  } finally {
    connection.close();
  }
});

const SENDER = `const socket = Deno.listenDatagram({ transport: "unixpacket", path: Deno.args[0] });
const path = Deno.env.get("NOTIFY_SOCKET");
const bytes = new TextEncoder().encode(Deno.args.slice(1).join("\\n"));
await socket.send(bytes, { transport: "unixpacket", path });
socket.close();
`;

/** Ways to send a notification, as the beginning of a command line. */
const SENDERS: readonly { name: string; isThere: boolean; command: (dir: string) => string }[] = [
  {
    name: "systemd-notify",
    isThere: await new Deno.Command("systemd-notify", { args: ["--version"], stdout: "null" }).output().then(
      ({ success }) => success,
      () => false,
    ),
    command: () => "systemd-notify",
  },
  {
    name: "a program",
    isThere: true,
    command: (dir) =>
      `DENO_DIR=${dir}/deno "${Deno.execPath()}" run --no-config -A --unstable-net ${dir}/send.js ${dir}/$$.sock`,
  },
];

for (const { name, isThere, command } of SENDERS) {
  if (!isThere || !IS_LINUX) continue;
  scenario(`${name} can notify as for systemd: that it is ready, and its status`, async (world) => {
    const { dir } = world;
    await Deno.writeTextFile(`${dir}/send.js`, SENDER);
    const body = `until test -e ${dir}/open; do sleep 0.02; done
${command(dir)} READY=1 STATUS="serves 3"
exec sleep 1000`;
    await Deno.writeTextFile(`${dir}/notifier`, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    await configure(
      world,
      `  - id: notifier
    command: [${dir}/notifier]
    readiness:
      type: notify
`,
    );
    await world.start();
    assert.equal((await processOf(world, "notifier")).state, "starting");
    await Deno.writeTextFile(`${dir}/open`, "");
    const running = await untilState(world, "notifier", "running");
    assert.deepEqual([running.statusText, running.reason], ["serves 3", "it has said so itself"]);
    const socketOf = () => /(?:^|\0)NOTIFY_SOCKET=([^\0]+)/.exec(readProc(`${running.pid}/environ`))?.[1] ?? "";
    let socket = "";
    await until(
      () => (socket = socketOf()) !== "",
      "its environment is there, which for a moment of an exec it is not",
    );
    assert.equal(await exists(socket), true);
    await world.expect(0, ["stop", "--with-processes"]);
    assert.equal(await exists(dirname(socket)), false);
  });
}

const HOLDER = `  - id: holder
    command: [/bin/sh, -c, "x=$(head -c 8000000 /dev/zero | tr '\\\\0' a); while :; do sleep 1; done"]
`;

withHeartbeats("what a process uses is measured and remembered", () => HOLDER, async (world) => {
  await world.start();
  // While the script sets up its pipe there are more of them for a moment.
  const isMeasured = ({ usage }: ProcessView) => (usage?.rssBytes ?? 0) > 8e6 && usage?.processes === 2;
  await untilProcess(world, "holder", isMeasured, "is measured");
  const report = async () => (await world.api("/v1/processes/holder/usage?duration=5m")).envelope.data;
  const { usage: history, intervalMs } = await report() as { usage: { rssBytes?: number }[]; intervalMs: number };
  assert.equal(intervalMs, 1_000);
  assert.ok(history.some(({ rssBytes = 0 }) => rssBytes > 8e6), JSON.stringify(history));
  assert.equal((await world.api("/v1/processes/holder/usage?duration=long")).status, 400);
});

withHeartbeats(
  "too much memory is an event, and over its limit a process is restarted, control groups or not",
  () =>
    `${HOLDER}    health_check:
      memory_threshold: 4MB
      threshold_duration: 0s
${HOLDER.replace("holder", "limited")}    limits:
      memory: 4MB
`,
  async (world) => {
    await world.start("--set", "supervisor.cgroups=off");
    const first = await untilState(world, "holder", "running");
    const limited = await untilProcess(world, "limited", ({ restarts }) => restarts > 0, "is restarted");
    const kinds = async (id: string) => (await eventsOf(world, id)).filter(({ kind }) => kind === "threshold");
    const [told] = await kinds("limited");
    assert.match(told?.reason ?? "", /^over its memory limit: .* of 4 MB/);
    assert.notEqual(limited.pid, told?.pid);
    const [over] = await kinds("holder");
    assert.match(over?.reason ?? "", /^memory .* is over 4 MB/);
    const { state, pid, restarts } = await processOf(world, "holder");
    assert.deepEqual([state, pid, restarts], ["running", first.pid, 0]);
  },
);
