/**
 * `deno task bench:store [--seconds 3] [--hosts 10000] [--dir DIR] [--json]`: what the manager's store does on the disk
 * of the directory (that for temporary files): acknowledged writes a second and how long one takes, with 1, 10 and 100
 * writers at once, and how long the steps take that concern a whole fleet. From the sources; each write waits for the disk.
 */
import { parseArgs } from "node:util";
import { systemClock } from "../src/core/mod.ts";
import { createLogger } from "../src/log/mod.ts";
import { openStore, type Store } from "../src/manager/store/mod.ts";
import { batchRecord, hostRecord, newEvent, processRecord, taskRecord } from "../tests/helpers/store_records.ts";
import { median, percentile, printResults, type Result } from "./bench_support.ts";
import { runScript } from "./support.ts";

const WRITERS = [1, 10, 100] as const;
const PROCESSES_PER_HOST = 10;
const LABELS = { env: "prod", team: "payments", zone: "a" };
const FACTS = {
  hostname: "web-1.example.net",
  os: "linux",
  arch: "x86_64",
  version: "1.0.0",
  osName: "Debian GNU/Linux 12",
  kernel: "6.1.0-18-amd64",
  machineId: "0123456789abcdef0123456789abcdef",
  cpuCores: 8,
  memoryTotalBytes: 33_554_432_000,
  diskTotalBytes: 500_000_000_000,
  address: "192.0.2.1",
};

async function timed(act: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await act();
  return performance.now() - begin;
}

/** Writers that each begin the next write when the one before is acknowledged. */
async function load(writers: number, seconds: number, write: (n: number) => Promise<unknown>): Promise<number[]> {
  const spansMs: number[] = [];
  const endMs = performance.now() + seconds * 1_000;
  const work = async (writer: number) => {
    for (let n = writer; performance.now() < endMs; n += writers) spansMs.push(await timed(() => write(n)));
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => work(writer)));
  return spansMs;
}

async function writing(store: Store, seconds: number, hosts: number): Promise<Result[]> {
  const kinds: readonly (readonly [string, (n: number) => Promise<unknown>])[] = [
    ["a host's state", (n) => store.hosts.change(`h${n % hosts}`, { state: "online", sinceMs: n })],
    ["an event", (n) => store.events.add([newEvent("web is running", { hostId: `h${n % hosts}`, kind: "host" })])],
  ];
  const results: Result[] = [];
  for (const [what, write] of kinds) {
    for (const writers of WRITERS) {
      const spansMs = await load(writers, seconds, write);
      results.push({
        what,
        writers,
        writesPerSecond: Math.round(spansMs.length / seconds),
        p50Ms: median(spansMs).toFixed(2),
        p99Ms: percentile(spansMs, 0.99).toFixed(2),
        maxMs: percentile(spansMs, 1).toFixed(1),
      });
    }
  }
  return results;
}

async function fleet(store: Store, hosts: number): Promise<Result[]> {
  const all = Array.from({ length: hosts }, (_, at) => `h${at}`);
  const processes = Array.from({ length: PROCESSES_PER_HOST }, (_, at) => processRecord(`process-${at}`));
  const steps: readonly (readonly [string, () => Promise<unknown>])[] = [
    [
      `${hosts} hosts added, each by itself`,
      () => Promise.all(all.map((id) => store.hosts.add(hostRecord(id, { labels: LABELS, facts: FACTS })))),
    ],
    [`${hosts} hosts read`, () => store.hosts.all()],
    [
      `${hosts} states in one change`,
      () => store.hosts.changeMany(all.map((id) => ({ id, change: { state: "offline", reason: "no heartbeat" } }))),
    ],
    [
      `${PROCESSES_PER_HOST} processes of each of ${hosts} hosts`,
      () => Promise.all(all.map((id) => store.processes.replace(id, processes))),
    ],
    [`${hosts * PROCESSES_PER_HOST} processes read`, () => store.processes.all()],
    [
      `a batch of ${hosts} tasks`,
      () => store.tasks.add(batchRecord("b"), all.map((hostId) => taskRecord(`task-${hostId}`, { hostId }))),
    ],
    [`${hosts} open tasks read`, () => store.tasks.open()],
    [`1,000 tasks listed`, () => store.tasks.list({ limit: 1_000 })],
  ];
  const results: Result[] = [];
  for (const [what, act] of steps) results.push({ what, ms: (await timed(act)).toFixed(1) });
  return results;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      seconds: { type: "string", default: "3" },
      hosts: { type: "string", default: "10000" },
      dir: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const dir = await Deno.makeTempDir({ prefix: "farhand-bench-", ...values.dir !== undefined && { dir: values.dir } });
  const log = createLogger({ level: "error", sinks: [], clock: systemClock });
  const store = openStore({ path: `${dir}/manager.db`, clock: systemClock, log });
  try {
    printResults(await fleet(store, Math.max(1, Number(values.hosts))), values.json);
    printResults(await writing(store, Number(values.seconds), Math.max(1, Number(values.hosts))), values.json);
    const { sizeBytes } = store.report();
    printResults([{ what: "size of the database", MiB: (sizeBytes / 2 ** 20).toFixed(1) }], values.json);
  } finally {
    await store.close();
    await Deno.remove(dir, { recursive: true });
  }
  return 0;
}

if (import.meta.main) await runScript("bench:store", main);
