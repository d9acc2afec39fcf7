/** What the agent measures, as it is asked for over its API and by scrapers. */
import assert from "node:assert/strict";
import { scenario, type World } from "../helpers/agent.ts";
import { freeAddress, until } from "../helpers/host.ts";
import { parseSeries } from "../helpers/prometheus.ts";

interface Status {
  readonly name: string;
  readonly state: string;
  readonly intervalMs?: number;
  readonly reason?: string;
}

async function collectors(world: World): Promise<Map<string, Status>> {
  const { collectors: rows } = (await world.api("/v1/collectors")).envelope.data as { collectors: Status[] };
  return new Map(rows.map((row) => [row.name, row]));
}

async function untilState(world: World, name: string, state: string): Promise<Status> {
  let status: Status | undefined;
  await until(async () => (status = (await collectors(world)).get(name))?.state === state, `${name} is ${state}`);
  return status!;
}

scenario("an agent without any config measures its host, remembers it and says what it is", async (world) => {
  await world.run(["--set", "collectors.interval=1s"]);
  for (const name of ["cpu", "memory", "load", "disk", "network", "host", "self"]) await untilState(world, name, "ok");
  const points = async () => {
    const { readings } = (await world.api("/v1/samples")).envelope.data as {
      readings: { points: Record<string, number> }[];
    };
    return Object.assign({}, ...readings.map((reading) => reading.points)) as Record<string, number>;
  };
  await until(async () => (await points())["cpu.usage_percent"] !== undefined, "there are rates");
  const cpu = (await points())["cpu.usage_percent"] ?? -1;
  assert.ok(cpu >= 0 && cpu <= 100, `${cpu} %`);
  const past = (await world.api("/v1/samples?duration=1m&series=memory.used_percent,cpu.*")).envelope.data as {
    history: { stepMs: number; series: { name: string; mean: (number | null)[] }[] };
  };
  assert.equal(past.history.stepMs, 1_000);
  const used = past.history.series.find(({ name }) => name === "memory.used_percent");
  assert.ok(used?.mean.some((value) => value !== null && value > 0 && value < 100));
  assert.ok(past.history.series.every(({ name }) => /^(memory\.used_percent|cpu\.)/.test(name)));
});

scenario(
  "a user's own metrics come from files and commands, and a broken one says where it is broken",
  async (world) => {
    const { text } = freeAddress();
    const dir = `${world.dir}/textfile`;
    await Deno.mkdir(dir);
    await Deno.writeTextFile(`${dir}/backup.prom`, '# TYPE shop_orders counter\nshop_orders{region="eu"} 7\n');
    await Deno.writeTextFile(`${dir}/broken.prom`, "fine 1\nnot a metric at all\n");
    await world.configure(`metrics: {listen: "${text}"}
collectors:
  textfile: {directory: ${dir}, interval: 1s}
  exec:
    - {name: queue, command: [/bin/sh, -c, 'echo "queue_length 3"'], interval: 1s}
    - {name: failing, command: [/bin/sh, -c, 'echo no database >&2; exit 3'], interval: 1s}
`);
    await world.run();
    await untilState(world, "exec/queue", "ok");
    const { reason } = await untilState(world, "textfile", "partial");
    assert.match(reason ?? "", /broken\.prom.*line 2/);
    await until(
      async () => (await collectors(world)).get("exec/failing")?.state !== "waiting",
      "the command has failed",
    );
    assert.match((await collectors(world)).get("exec/failing")?.reason ?? "", /3.*no database/s);
    const series = parseSeries(await (await fetch(`http://${text}/metrics`)).text());
    assert.equal(series.get('shop_orders{region="eu"}'), 7);
    assert.equal(series.get("queue_length"), 3);
    assert.equal(series.get('farhand_exec_success{name="queue"}'), 1);
    assert.equal(series.get('farhand_exec_success{name="failing"}'), 0);
  },
);

scenario("a check of this host's own tells whether it is up, and why not", async (world) => {
  const { text } = freeAddress();
  const closed = freeAddress().text;
  await world.configure(`metrics: {listen: "${text}"}
collectors:
  watch:
    - {name: itself, type: http, target: "http://${text}/metrics", body: "node_|windows_", interval: 1s}
    - {name: closed, type: tcp, target: "${closed}", interval: 1s}
`);
  await world.run();
  const values = async () => parseSeries(await (await fetch(`http://${text}/metrics`)).text());
  const up = async (name: string, type: string, target: string) =>
    (await values()).get(`farhand_watch_up{name="${name}",target="${target}",type="${type}"}`);
  await until(async () => await up("itself", "http", `http://${text}/metrics`) === 1, "it sees itself");
  await until(async () => await up("closed", "tcp", closed) === 0, "it sees that nobody listens");
});

scenario("a reload changes what is measured and how often, and keeps what is remembered", async (world) => {
  await world.configure("collectors: {interval: 1s}\n");
  await world.run();
  await untilState(world, "cpu", "ok");
  await world.configure("collectors: {interval: 1s, cpu: {interval: 1h}, load: {enabled: off}}\n");
  const { envelope } = await world.api("/v1/reload", { method: "POST" });
  assert.deepEqual(envelope.data["needsRestart"], []);
  assert.deepEqual(envelope.data["applied"], ["collectors.cpu.interval", "collectors.load.enabled"]);
  await untilState(world, "load", "disabled");
  assert.equal((await collectors(world)).get("cpu")?.intervalMs, 3_600_000);
  const past = (await world.api("/v1/samples?duration=1m&series=memory.*")).envelope.data as {
    history: { series: unknown[] };
  };
  assert.ok(past.history.series.length > 0);
});

scenario("a stream sends readings until the agent stops, which it does not delay", async (world) => {
  const agent = await world.run();
  const client = Deno.createHttpClient({ proxy: { transport: "unix", path: world.socket } });
  const response = await fetch("http://agent/v1/samples/stream?interval=500ms&collectors=cpu,load", { client });
  assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  let text = "";
  let stopping: Promise<unknown> | undefined;
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.split("event: sample").length > 5) stopping ??= world.expect(0, ["stop"]);
  }
  client.close();
  await stopping;
  assert.equal((await agent.ended).code, 0);
  assert.match(text, /"collector":"cpu"/);
  assert.match(text, /"cpu\.usage_percent":\d/);
  assert.match(await world.log(), /"agent stopped".*"stuck":\[\]/);
});

scenario("/metrics on an address of its own: for everybody, or for whoever has the token", async (world) => {
  const token = "0123456789abcdef0123";
  await Deno.writeTextFile(`${world.dir}/token`, `${token}\n`);
  const { text } = freeAddress();
  await world.configure(`metrics: {listen: "${text}", token_file: ${world.dir}/token}\n`);
  await world.run();
  const status = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`http://${text}${path}`, { headers });
    await response.body?.cancel();
    return response.status;
  };
  const owner = { authorization: `Bearer ${token}` };
  assert.deepEqual([await status("/metrics"), await status("/metrics", owner)], [401, 200]);
  assert.deepEqual([await status("/v1/status", owner), await status("/v1/samples", owner)], [404, 404]);
});

scenario("metrics are sent to an OpenTelemetry collector, and a state says when that fails", async (world) => {
  const bodies: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    bodies.push(await request.text());
    return new Response("{}");
  });
  const endpoint = `http://127.0.0.1:${server.addr.port}/v1/metrics`;
  await world.configure(`metrics: {otlp: {endpoint: "${endpoint}", interval: 1s}}\n`);
  await world.run();
  await until(() => bodies.length >= 2, "two requests have come");
  await server.shutdown();
  const { resourceMetrics } = JSON.parse(bodies[1] ?? "");
  const names = resourceMetrics[0].scopeMetrics[0].metrics.map(({ name }: { name: string }) => name);
  assert.ok(names.includes("node_load1") && names.includes("node_cpu_seconds_total"));
  await until(async () => {
    const components = (await world.status())["components"] as { name: string; state: string }[];
    return components.find(({ name }) => name === "metrics-otlp")?.state === "degraded";
  }, "the exporter is degraded");
});
