/** Side by side with node_exporter and Prometheus, where they are installed; CI installs them. */
import assert from "node:assert/strict";
import { EXECUTABLE, scenario, type World } from "../helpers/agent.ts";
import { freeAddress, IS_LINUX, until } from "../helpers/host.ts";
import { isInstalled, parseSeries, parseTypes } from "../helpers/prometheus.ts";

const EXPORTER = "prometheus-node-exporter";
/** A value that moves can differ by chance at one moment; one that is wrong differs at all of them. */
const ROUNDS = 20;
const TOLERANCE = 0.01;
/** After this the agent reads anew for a scrape. */
const REREAD_MS = 1_100;

/** What node_exporter has and we do not, with the reason. */
const LACKING: readonly (readonly [series: RegExp, reason: string])[] = [
  [/^(go|promhttp)_/, "they are about node_exporter's own runtime and server"],
  [/^node_exporter_build_info/, "it is about node_exporter; ours is farhand_build_info"],
  [/^node_scrape_collector_(duration_seconds|success)/, "they are there under the names of our collectors"],
  [/^node_textfile_scrape_error/, "this collector is off as long as it has no directory"],
  [/^node_network_speed_bytes/, "they say -125000 for a speed that is not known; what was not measured is absent"],
  [/^node_disk_info\{.*serial=""/, "where udev knows no serial number, ours is that of /sys"],
];

/** Series of which each of the two programs has its own value. */
const ITS_OWN = /^(process_|node_scrape_collector_)/;

/** For a fetch from a program that is still starting. */
function notYet(error: unknown): null {
  if (error instanceof TypeError) return null;
  throw error;
}

async function scrape(url: string): Promise<string> {
  const response = await fetch(url);
  assert.equal(response.status, 200);
  return await response.text();
}

/** An agent that serves /metrics; gives the address. */
async function serving(world: World): Promise<string> {
  const { text } = freeAddress();
  await world.configure(`metrics:\n  listen: ${text}\n`);
  await world.run();
  return text;
}

async function withProgram(program: string, args: readonly string[], use: () => Promise<void>): Promise<void> {
  const child = new Deno.Command(program, { args: [...args], stdin: "null", stdout: "null", stderr: "null" }).spawn();
  try {
    await use();
  } finally {
    child.kill();
    await child.status;
  }
}

function installedScenario(name: string, programs: readonly string[], play: (world: World) => Promise<void>): void {
  const missing = IS_LINUX ? programs.filter((program) => !isInstalled(program)) : ["Linux"];
  if (missing.length === 0) scenario(name, play);
  else Deno.test({ name: `${name} (skipped: ${missing.join(", ")} not here)`, ignore: true, fn() {} });
}

installedScenario("what node_exporter measures we measure too, under the same names", [EXPORTER], async (world) => {
  const ours = `http://${await serving(world)}/metrics`;
  const { text } = freeAddress();
  await withProgram(EXPORTER, [`--web.listen-address=${text}`], async () => {
    const theirs = `http://${text}/metrics`;
    await until(
      async () => (await fetch(theirs).catch(notYet).then((answer) => answer?.text())) !== undefined,
      "node_exporter answers",
    );
    const differing = new Map<string, string>();
    const agreeing = new Set<string>();
    let lacking: string[] = [];
    for (let round = 0; round < ROUNDS && (round === 0 || differing.size > 0); round++) {
      const before = parseSeries(await scrape(ours));
      const expected = parseSeries(await scrape(theirs));
      await new Promise((resolve) => setTimeout(resolve, REREAD_MS));
      const after = parseSeries(await scrape(ours));
      lacking = [...expected.keys()].filter((key) => !before.has(key) && !after.has(key) && !agreeing.has(key));
      for (const [key, value] of expected) {
        const [low, high] = [before.get(key), after.get(key)];
        if (low === undefined || high === undefined || agreeing.has(key) || ITS_OWN.test(key)) continue;
        if (liesBetween(value, low, high)) {
          agreeing.add(key);
          differing.delete(key);
        } else differing.set(key, `${key}: ${value}, ours ${low} to ${high}`);
      }
    }
    const types = [parseTypes(await scrape(theirs)), parseTypes(await scrape(ours))] as const;
    const otherTypes = [...types[0]].filter(([name, type]) => types[1].has(name) && types[1].get(name) !== type);
    assert.deepEqual([...differing.values()], [], "values that differ by more than 1 %, each time");
    assert.deepEqual(otherTypes, [], "families that have another type there");
    const unexplained = lacking.filter((key) => !LACKING.some(([pattern]) => pattern.test(key)));
    assert.deepEqual(unexplained, [], "series that we lack without a reason");
    assert.ok(agreeing.size > 150, `only ${agreeing.size} series were compared`);
  });
});

/** Whether a value that was read between two of ours lies between them, give or take 1 %. */
function liesBetween(value: number, one: number, other: number): boolean {
  const [low, high] = [Math.min(one, other), Math.max(one, other)];
  const slack = TOLERANCE * Math.max(Math.abs(low), Math.abs(high));
  return value >= low - slack && value <= high + slack;
}

installedScenario(
  "promtool finds nothing to say but of names that are node_exporter's",
  ["promtool", EXPORTER],
  async (world) => {
    const ours = await findings(await scrape(`http://${await serving(world)}/metrics`));
    const { text } = freeAddress();
    await withProgram(EXPORTER, [`--web.listen-address=${text}`], async () => {
      const theirs = `http://${text}/metrics`;
      await until(
        async () => (await fetch(theirs).catch(notYet).then((answer) => answer?.text())) !== undefined,
        "node_exporter answers",
      );
      const forced = await findings(await scrape(theirs)); // existing dashboards ask for these names
      // Its later versions have more of the kernel's own names than the one here.
      const kernels = /^node_netstat_\w+ metric names should be written in 'snake_case'/;
      assert.deepEqual(ours.filter((finding) => !forced.includes(finding) && !kernels.test(finding)), []);
    });
  },
);

/** What promtool has to say of these metrics. */
async function findings(metrics: string): Promise<string[]> {
  const args = ["check", "metrics"];
  const child = new Deno.Command("promtool", { args, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(metrics));
  await writer.close();
  const { stdout, stderr } = await child.output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  return said.split("\n").filter((line) => line !== "");
}

installedScenario("Prometheus scrapes it without an error", ["prometheus"], async (world) => {
  const scrapes = EXECUTABLE === undefined ? 10 : 60;
  const target = await serving(world);
  const { text: listen } = freeAddress();
  await Deno.writeTextFile(
    `${world.dir}/prometheus.yml`,
    `global: {scrape_interval: 1s}
scrape_configs:
  - {job_name: farhand, static_configs: [{targets: ["${target}"]}]}
`,
  );
  const flags = [`--config.file=${world.dir}/prometheus.yml`, `--storage.tsdb.path=${world.dir}/data`];
  await withProgram("prometheus", [...flags, `--web.listen-address=${listen}`, "--log.level=error"], async () => {
    const ask = async (query: string): Promise<string | undefined> => {
      const answer = await fetch(`http://${listen}/api/v1/query?query=${encodeURIComponent(query)}`).catch(notYet);
      if (answer === null || !answer.ok) {
        await answer?.body?.cancel();
        return undefined; // it is still starting
      }
      const { data } = await answer.json();
      return data.result[0]?.value[1];
    };
    const enough = `count_over_time(up{job="farhand"}[10m])`;
    await until(async () => Number(await ask(enough) ?? 0) >= scrapes, `${scrapes} scrapes`, 180_000);
    assert.equal(await ask(`min_over_time(up{job="farhand"}[10m])`), "1");
    assert.ok(Number(await ask(`scrape_samples_scraped{job="farhand"}`)) > 150);
    assert.equal(
      await ask(`count({job="farhand",__name__="node_cpu_seconds_total",mode="idle"}) > 0`) === undefined,
      false,
    );
    const { data } = await (await fetch(`http://${listen}/api/v1/targets`)).json();
    assert.deepEqual(
      data.activeTargets.map((each: { health: string; lastError: string }) => [each.health, each.lastError]),
      [
        ["up", ""],
      ],
    );
  });
});
