import assert from "node:assert/strict";
import { scenario } from "../helpers/agent.ts";
import { IS_ROOT, runs, until } from "../helpers/host.ts";
import {
  configure,
  eventsOf,
  kill,
  processes,
  processOf,
  script,
  supervised,
  untilProcess,
  untilState,
} from "../helpers/supervised.ts";

supervised("a replica that ends is replaced, and the others are left alone", (world) =>
  `  - id: web
    replicas: 3
    command: [/bin/sleep, "1000"]
    env: {WORLD: "${world.dir}"}
`, async (world) => {
  await world.start();
  const before = await processes(world);
  assert.deepEqual(before.map(({ id, group }) => [id, group]), [["web-0", "web"], ["web-1", "web"], ["web-2", "web"]]);
  kill(before[1]?.pid ?? 0);
  await untilProcess(world, "web-1", ({ pid }) => pid !== undefined && pid !== before[1]?.pid, "is replaced");
  const after = await processes(world);
  assert.deepEqual([after[0]?.pid, after[2]?.pid], [before[0]?.pid, before[2]?.pid]);
  assert.deepEqual(after.map(({ restarts }) => restarts), [0, 1, 0]);
});

supervised(
  "values of an env_file reach the program, and one that is wrong is told without them",
  (world) =>
    `  - id: shop
    command: [/bin/sh, -c, 'echo "$COLOUR/$SIZE/$WORLD"; exec sleep 1000']
    env: {SIZE: "of env"}
    env_file: ${world.dir}/shop.env
    restart:
      max_retries: 1
`,
  async (world) => {
    const file = `${world.dir}/shop.env`;
    await Deno.writeTextFile(file, `# comment\nCOLOUR="dark red"\nSIZE=of file\nexport WORLD=${world.dir}\n`);
    await world.start();
    const first = await untilState(world, "shop", "running");
    const output = async () => (await world.expect(0, ["logs", "shop"])).stdout;
    await until(async () => await output() !== "", "it has printed");
    assert.equal(await output(), `dark red/of env/${world.dir}\n`);
    await Deno.writeTextFile(file, "COLOUR=red\nhunter2\n");
    kill(first.pid ?? 0);
    const refused = await untilState(world, "shop", "backoff", "failed");
    assert.match(refused.reason, /shop\.env: line 2/);
    await untilState(world, "shop", "failed");
    await Deno.remove(file);
    await world.agent(["process", "start", "shop"]);
    assert.match((await untilState(world, "shop", "failed")).reason, /shop\.env/);
    assert.doesNotMatch(`${JSON.stringify(await eventsOf(world, "shop"))}${await world.log()}`, /hunter2|dark red/);
    const details = await world.expect(0, ["process", "show", "shop"]);
    assert.doesNotMatch(details.stdout, /dark red/);
  },
);

scenario("a program runs as its user, with what belongs to that user", async (world) => {
  if (!IS_ROOT) return; // only root can make it so
  await configure(
    world,
    `  - id: other
    user: nobody
    command: [/bin/sh, -c, 'id -un; id -gn; echo "$USER $LOGNAME"; echo "$HOME"; pwd; echo x > here; exec sleep 1000']
    env: {WORLD: "${world.dir}"}
`,
  );
  const fields = (await new Deno.Command("getent", { args: ["passwd", "nobody"] }).output()).stdout;
  const home = new TextDecoder().decode(fields).split(":")[5];
  const group = new TextDecoder().decode((await new Deno.Command("id", { args: ["-gn", "nobody"] }).output()).stdout);
  await world.start();
  const { pid } = await untilState(world, "other", "running");
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  assert.doesNotMatch(status, /^[UG]id:.*\t0/m);
  assert.match(status, /^Groups:\s*\d*\s*$/m);
  const output = async () => (await world.expect(0, ["logs", "other"])).stdout.split("\n");
  await until(async () => (await output()).length > 5, "it has told all");
  assert.deepEqual((await output()).slice(0, 4), ["nobody", group.trim(), "nobody nobody", home]);
  assert.equal((await world.expect(0, ["logs", "other", "--stderr"])).stdout, "");
});

supervised("limits of POSIX, priority and umask are the program's own", (world) =>
  `  - id: limited
    command: [/bin/sh, -c, "ulimit -n; ulimit -c; umask; nice; exec sleep 1000"]
    umask: "027"
    nice: 5
    env: {WORLD: "${world.dir}"}
    limits:
      nofile: "123"
      core: "0"
`, async (world) => {
  await world.start();
  await untilState(world, "limited", "running");
  const output = async () => (await world.expect(0, ["logs", "limited"])).stdout;
  await until(async () => (await output()).split("\n").length === 5, "it has told all");
  assert.equal(await output(), "123\n0\n0027\n5\n");
  const { stdout } = await world.expect(0, ["process", "show", "limited"]);
  assert.match(stdout, /nofile/);
});

/** In batches, so that files are rotated while it prints. */
const PRINTER = `i=0
while [ $i -lt 9000 ]; do
  i=$((i+1)); echo "line $i of some hundred bytes, which are ........................................................"
  case $i in *00) sleep 0.01;; esac
done
echo done >&2
exec sleep 1000`;

supervised(
  "no line is lost or doubled by rotation while the program prints",
  (world) =>
    script(world, "printer", PRINTER).then((path) =>
      `  - id: printer
    command: [${path}]
    log:
      max_size: 64KiB
      max_files: 100
`
    ),
  async (world) => {
    await world.start();
    const files = async () =>
      (await world.api("/v1/processes/printer/logs/files")).envelope.data.files as { name: string; rotated: number }[];
    const rotated = async () => (await files()).find(({ name }) => name === "stdout")?.rotated ?? 0;
    await until(async () => (await world.expect(0, ["logs", "printer", "--stderr"])).stdout !== "", "all is printed");
    await until(async () => await rotated() > 0, "it is rotated");
    const { stdout } = await world.expect(0, ["logs", "printer", "--stdout", "-n", "10000"]);
    const numbers = [...stdout.matchAll(/^line (\d+) of/gm)].map(([, number]) => Number(number));
    assert.deepEqual(numbers, Array.from({ length: 9_000 }, (_, index) => index + 1));
    assert.equal((await processOf(world, "printer")).state, "running");
  },
);

supervised("output and events are followed while they come, over restarts of the program", (world) =>
  `  - id: talker
    command: [/bin/sh, -c, "echo first; until test -e ${world.dir}/go; do sleep 0.02; done; echo second; exec sleep 1000"]
`, async (world) => {
  await world.start();
  const { pid } = await untilState(world, "talker", "running");
  const [logs, events] = [await world.spawn(["logs", "-f", "talker"]), await world.spawn(["events", "-f"])];
  await logs.printed("first\n");
  await Deno.writeTextFile(`${world.dir}/go`, "");
  await logs.printed("second\n");
  await events.printed("running");
  kill(pid ?? 0);
  await until(() => logs.stdout.split("first\n").length === 3, "the next run is followed");
  await events.printed("SIGKILL");
  assert.match(logs.stdout, /^first\nsecond\nfirst\n(second\n)?$/);
  assert.equal(logs.stderr + events.stderr, "");
  for (const follower of [logs, events]) {
    follower.signal("SIGINT");
    assert.equal((await follower.ended).code, 130);
  }
});

scenario("a cycle of dependencies is an error of the config that tells the cycle", async (world) => {
  const item = (id: string, needs: string) =>
    `  - id: ${id}
    command: [/bin/true]
    depends_on: [${needs}]
`;
  await configure(world, item("a", "b") + item("b", "c") + item("c", "a"));
  const { code, stderr } = await world.agent(["start"]);
  assert.notEqual(code, 0);
  assert.match(stderr, /a -> b -> c -> a|a → b → c → a/);
});

supervised(
  "a signal reaches the program, and only what runs can be sent one",
  (world) =>
    script(world, "hup", "trap 'echo reloaded' HUP\necho ready\nwhile :; do sleep 0.02; done").then((path) =>
      `  - id: hup
    command: [${path}]
    readiness:
      type: log
      pattern: ready
  - id: resting
    command: [/bin/sleep, "1000"]
    autostart: false
`
    ),
  async (world) => {
    await world.start();
    const { pid } = await untilState(world, "hup", "running");
    await world.expect(0, ["process", "signal", "HUP", "hup"]);
    await until(
      async () => (await world.expect(0, ["logs", "hup"])).stdout === "ready\nreloaded\n",
      "the program has heard it",
    );
    assert.deepEqual([(await processOf(world, "hup")).pid, runs(pid ?? 0)], [pid, true]);
    const refused = await world.agent(["process", "signal", "HUP", "resting"]);
    assert.notEqual(refused.code, 0);
    assert.match(`${refused.stdout}${refused.stderr}`, /does not run/);
    const unknown = await world.agent(["process", "signal", "NONSENSE", "hup"]);
    assert.notEqual(unknown.code, 0);
    assert.match(unknown.stderr, /NONSENSE/);
  },
);
