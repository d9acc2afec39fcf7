/**
 * `deno task bench:collect [EXECUTABLE] [--seconds 60] [--scrapes 30] [--minutes 10] [--json]`: what collecting costs.
 * One run measures the agent at intervals of 1 s and 10 s, scrapes of `/metrics` beside those of node_exporter where that
 * is installed, the same on a large synthetic host, and the agent's memory after some minutes. It reads /proc: Linux.
 */
import { join } from "node:path";
import {
  benchArguments,
  median,
  percentile,
  printResults,
  type Result,
  runAgent,
  temporaryHome,
  untilReady,
} from "./bench_support.ts";
import { CpuMeter, pause, readMemory } from "./process_use.ts";
import { runScript } from "./support.ts";
import { createSyntheticHost, type SyntheticHost } from "./synthetic_host.ts";

/** What the agent reads anew at a scrape must be older than its own limit of a second. */
const SCRAPE_PAUSE_SECONDS = 1.1;
/** After this the agent has compacted its memory for the first times, which it does seldom from then on. */
const WARM_UP_SECONDS = 45;
const LARGE = { processes: 1_000, mounts: 200, interfaces: 500 };
const EXPORTERS = ["prometheus-node-exporter", "node_exporter"] as const;

interface Subject {
  readonly pid: number;
  readonly url: string;
}

interface ScrapeCost {
  readonly cpuMs: number;
  readonly wallMs: number[];
  readonly bytes: number;
  readonly lines: number;
}

async function freePort(): Promise<number> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return await Promise.resolve(listener.addr.port);
}

function rootFlags({ proc, sys, root }: SyntheticHost): string[] {
  const roots = { proc, sys, root };
  return Object.entries(roots).flatMap(([name, path]) => ["--set", `collectors.roots.${name}=${path}`]);
}

async function withAgent<T>(
  agent: string,
  sets: readonly string[],
  use: (subject: Subject, collectorsMs: () => Promise<Map<string, number>>) => Promise<T>,
): Promise<T> {
  await using home = await temporaryHome();
  const port = await freePort();
  const where = ["--work-dir", home.workDir];
  const listen = ["--set", `metrics.listen=127.0.0.1:${port}`];
  const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
  const args = ["run", ...where, ...listen, ...sets];
  const child = new Deno.Command(agent, { args, env: home.env, ...quiet }).spawn();
  try {
    await untilReady(agent, home.workDir, home.env);
    const socket = join(home.workDir, "agent.sock");
    return await use({ pid: child.pid, url: `http://127.0.0.1:${port}/metrics` }, () => durations(socket));
  } finally {
    await runAgent(agent, ["stop", ...where], home.env);
    await child.status;
  }
}

async function withExporter<T>(
  program: string,
  host: SyntheticHost | null,
  use: (subject: Subject) => Promise<T>,
): Promise<T> {
  const port = await freePort();
  const roots = host === null
    ? []
    : [`--path.procfs=${host.proc}`, `--path.sysfs=${host.sys}`, `--path.rootfs=${host.root}`];
  const args = [`--web.listen-address=127.0.0.1:${port}`, ...roots];
  const child = new Deno.Command(program, { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
  try {
    const url = `http://127.0.0.1:${port}/metrics`;
    for (let attempt = 0; attempt < 100 && !await answers(url); attempt++) await pause(0.1);
    return await use({ pid: child.pid, url });
  } finally {
    child.kill();
    await child.status;
  }
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url).catch((error) => {
    if (error instanceof TypeError) return null; // it does not listen yet
    throw error;
  });
  return response !== null && await response.text() !== "";
}

/** Milliseconds of the last reading of each collector, as the agent tells them. */
async function durations(socket: string): Promise<Map<string, number>> {
  const client = Deno.createHttpClient({ proxy: { transport: "unix", path: socket } });
  try {
    const { data } = await (await fetch("http://agent/v1/collectors", { client })).json();
    const rows: { name: string; durationMs?: number }[] = data.collectors;
    return new Map(rows.flatMap(({ name, durationMs }) => durationMs === undefined ? [] : [[name, durationMs]]));
  } finally {
    client.close();
  }
}

async function scrape({ pid, url }: Subject, scrapes: number): Promise<ScrapeCost> {
  const meter = new CpuMeter(pid);
  const wallMs: number[] = [];
  let cpu = 0;
  let text = "";
  for (let number = -3; number < scrapes; number++) {
    await pause(SCRAPE_PAUSE_SECONDS);
    const cpuBefore = await meter.nanoseconds();
    const begin = performance.now();
    text = await (await fetch(url)).text();
    const tookMs = performance.now() - begin;
    await pause(0.02); // what it does after its answer belongs to the scrape
    if (number < 0) continue; // the first ones warm it up
    cpu += await meter.nanoseconds() - cpuBefore;
    wallMs.push(tookMs);
  }
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;
  return { cpuMs: cpu / 1e6 / scrapes, wallMs, bytes: text.length, lines };
}

async function cpuPercent(pid: number, seconds: number): Promise<number> {
  const meter = new CpuMeter(pid);
  const before = await meter.nanoseconds();
  const begin = performance.now();
  for (let second = 0; second < seconds; second++) {
    await pause(1);
    await meter.nanoseconds();
  }
  return (await meter.nanoseconds() - before) / 1e4 / (performance.now() - begin);
}

function scrapeRow(what: string, { cpuMs, wallMs, lines }: ScrapeCost): Result {
  return {
    what,
    "CPU ms": cpuMs.toFixed(2),
    "wall ms": median(wallMs).toFixed(2),
    "wall p95": percentile(wallMs, 0.95).toFixed(2),
    series: lines,
  };
}

async function findExporter(): Promise<string | null> {
  for (const program of EXPORTERS) {
    try {
      const command = new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" });
      if ((await command.output()).success) return program;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // it is not installed
    }
  }
  return null;
}

async function measureScrapes(
  agent: string,
  exporter: string | null,
  host: SyntheticHost | null,
  scrapes: number,
): Promise<{ rows: Result[]; collectors: Result[] }> {
  const name = host === null ? "this host" : "large host";
  const sets = host === null ? [] : rootFlags(host);
  const ours = await withAgent(agent, sets, async (subject, collectorsMs) => ({
    cost: await scrape(subject, scrapes),
    memory: await readMemory(subject.pid),
    collectors: await collectorsMs(),
  }));
  const rows = [scrapeRow(`scrape, ${name}: agent`, ours.cost)];
  if (exporter !== null) {
    const theirs = await withExporter(exporter, host, (subject) => scrape(subject, scrapes));
    rows.push(scrapeRow(`scrape, ${name}: node_exporter`, theirs));
    rows.push({
      what: `ratio, ${name}: agent / node_exporter`,
      "CPU ms": (ours.cost.cpuMs / theirs.cpuMs).toFixed(2),
      "wall ms": (median(ours.cost.wallMs) / median(theirs.wallMs)).toFixed(2),
    });
  }
  const collectors = [...ours.collectors].map(([collector, ms]) => ({
    what: `${name}: ${collector}`,
    ms: ms.toFixed(3),
  }));
  const sum = [...ours.collectors.values()].reduce((total, ms) => total + ms, 0);
  return { rows, collectors: [...collectors, { what: `${name}: all`, ms: sum.toFixed(3) }] };
}

async function measureIntervals(agent: string, exporter: string | null, seconds: number): Promise<Result[]> {
  const rows: Result[] = [];
  for (const [interval, budget] of [["1s", 0.8], ["10s", 0.1]] as const) {
    const percent = await withAgent(agent, ["--set", `collectors.interval=${interval}`], async ({ pid }) => {
      await pause(WARM_UP_SECONDS);
      return await cpuPercent(pid, seconds);
    });
    rows.push({ what: `CPU at ${interval}, % of a core`, value: percent.toFixed(3), budget });
  }
  if (exporter === null) return rows;
  const theirs = await withExporter(exporter, null, async (subject) => {
    const scraping = new AbortController();
    const scrapes = (async () => {
      while (!scraping.signal.aborted) {
        await (await fetch(subject.url)).text();
        await pause(1);
      }
    })();
    const percent = await cpuPercent(subject.pid, seconds);
    scraping.abort();
    await scrapes;
    return { percent, memory: await readMemory(subject.pid) };
  });
  rows.push({ what: "CPU of node_exporter, scraped each second, % of a core", value: theirs.percent.toFixed(3) });
  rows.push({ what: "resident memory of node_exporter, MB", value: (theirs.memory.rssBytes / 1e6).toFixed(1) });
  return rows;
}

async function measureMemory(agent: string, minutes: number): Promise<Result[]> {
  return await withAgent(agent, ["--set", "collectors.interval=10s"], async ({ pid }) => {
    await pause(minutes * 60);
    const uses = [];
    for (let number = 0; number < 20; number++) {
      await pause(1);
      uses.push(await readMemory(pid));
    }
    const row = (what: string, values: readonly number[], budget: number) => ({
      what: `${what} after ${minutes} min at 10 s, MB`,
      value: (median(values) / 1e6).toFixed(2),
      budget,
    });
    return [
      row("anonymous memory", uses.map((use) => use.anonymousBytes), 20),
      row("resident memory", uses.map((use) => use.rssBytes), 30),
    ];
  });
}

async function main(): Promise<number> {
  if (Deno.build.os !== "linux") throw new Error("This benchmark reads /proc: run it on Linux");
  const { agent, json, number } = await benchArguments({ seconds: 60, scrapes: 30, minutes: 10 });
  const exporter = await findExporter();
  if (exporter === null) console.error("node_exporter is not installed, so there is nothing to compare with");
  const dir = await Deno.makeTempDir({ prefix: "farhand-host-" });
  try {
    const small = await measureScrapes(agent, exporter, null, number("scrapes"));
    const large = await measureScrapes(agent, exporter, await createSyntheticHost(dir, LARGE), number("scrapes"));
    const rest = [
      ...await measureIntervals(agent, exporter, number("seconds")),
      ...await measureMemory(agent, number("minutes")),
    ];
    printResults([...small.rows, ...large.rows], json);
    printResults([...small.collectors, ...large.collectors], json);
    printResults(rest, json);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
  return 0;
}

if (import.meta.main) await runScript("bench:collect", main);
