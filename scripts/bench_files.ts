/**
 * `deno task bench:files [--gigabytes 10] [--upload 2] [--files 20000] [--json]`: files of a host, each way: over the agent's own
 * socket, and by `agent cp` through a manager on this machine. Memory is the highest of each half of the time. The program is
 * the executable that FARHAND_AGENT names, or else the sources; it reads /proc: Linux.
 */
import { parseArgs } from "node:util";
import { fileUpload } from "../src/protocol/mod.ts";
import { localClient } from "../src/http/mod.ts";
import type { World } from "../tests/helpers/agent.ts";
import { Managed } from "../tests/helpers/managed.ts";
import { printResults, type Result } from "./bench_support.ts";
import { CpuMeter, pause } from "./process_use.ts";
import { runScript } from "./support.ts";

const GIGA = 1e9;
const CHUNK_BYTES = 256 * 1024;
const SAMPLE_SECONDS = 0.1;
const POLICY = "policy:\n  files: write\n";

const row = (what: string, measured: string): Result => ({ what, measured });

interface Measured {
  readonly seconds: number;
  /** Of each program, on a core. */
  readonly cpuSeconds: ReadonlyMap<string, number>;
  /** Of each program the highest anonymous memory in the first half of the time, and in the second. */
  readonly memory: ReadonlyMap<string, readonly [number, number]>;
}

/** By the counter that the kernel keeps anyway: to add up all pages, as smaps does, would slow the program down. */
async function anonymousBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return 1_024 * Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
}

async function measure(pids: Readonly<Record<string, number>>, act: () => Promise<void>): Promise<Measured> {
  const samples = new Map<string, number[]>(Object.keys(pids).map((name) => [name, []]));
  let isOver = false;
  const sampling = (async () => {
    while (!isOver) {
      for (const [name, pid] of Object.entries(pids)) samples.get(name)?.push(await anonymousBytes(pid));
      await pause(SAMPLE_SECONDS);
    }
  })();
  const meters = Object.entries(pids).map(([name, pid]) => [name, new CpuMeter(pid)] as const);
  const before = new Map<string, number>();
  for (const [name, meter] of meters) before.set(name, await meter.nanoseconds());
  const begin = performance.now();
  try {
    await act();
  } finally {
    isOver = true;
    await sampling;
  }
  const seconds = (performance.now() - begin) / 1_000;
  const cpuSeconds = new Map<string, number>();
  for (const [name, meter] of meters) {
    cpuSeconds.set(name, (await meter.nanoseconds() - (before.get(name) ?? 0)) / 1e9);
  }
  const halves = (values: number[]) => {
    const middle = Math.ceil(values.length / 2);
    return [Math.max(...values.slice(0, middle)), Math.max(...values.slice(middle), 0)] as const;
  };
  return { seconds, cpuSeconds, memory: new Map([...samples].map(([name, values]) => [name, halves(values)])) };
}

function rowsOf(what: string, bytes: number, { seconds, cpuSeconds, memory }: Measured): Result[] {
  const megabytes = (value: number) => `${(value / 1e6).toFixed(1)} MB`;
  return [
    row(what, `${(bytes / 1e6 / seconds).toFixed(0)} MB/s`),
    ...[...cpuSeconds].map(([name, spent]) =>
      row(`  GB in each second on a core of the ${name}`, (bytes / 1e9 / spent).toFixed(2))
    ),
    ...[...memory].map(([name, [first, second]]) =>
      row(`  anonymous memory of the ${name}, first and second half`, `${megabytes(first)}, ${megabytes(second)}`)
    ),
  ];
}

/** As large as it says, and takes hardly any room. */
async function sparse(path: string, bytes: number): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  await file.truncate(bytes);
}

function zeros(bytes: number): ReadableStream<Uint8Array> {
  let left = bytes;
  const chunk = new Uint8Array(CHUNK_BYTES);
  return new ReadableStream({
    pull(controller) {
      const part = chunk.slice(0, Math.min(left, CHUNK_BYTES));
      left -= part.length;
      if (part.length === 0) controller.close();
      else controller.enqueue(part);
    },
  }, { highWaterMark: 0 });
}

async function bytesOf(body: ReadableStream<Uint8Array> | null): Promise<number> {
  let bytes = 0;
  for await (const chunk of body ?? []) bytes += chunk.length;
  return bytes;
}

async function socketRows(host: World, folder: string, sizes: { down: number; up: number }): Promise<Result[]> {
  const api = localClient(host.socket);
  const pids = { agent: await host.pid() };
  const content = `/v1/files/content?${new URLSearchParams({ path: `${folder}/large` })}`;
  const download = async (range: string) => {
    const { body } = await api.raw(content, { headers: { range } });
    return await bytesOf(body);
  };
  await download("bytes=0-99999999"); // warm
  const down = await measure(pids, async () => {
    if (await download("bytes=0-") !== sizes.down) throw new Error("The file has not come whole");
  });
  const up = await measure(pids, async () => {
    const body = { path: `${folder}/up`, sizeBytes: sizes.up };
    const { id } = fileUpload().parse(await api.call("/v1/files/uploads", { method: "POST", body }));
    const path = `/v1/files/uploads/${id}`;
    const headers = { "content-type": "application/octet-stream" };
    await (await api.raw(`${path}?offset=0`, { method: "PUT", headers, body: zeros(sizes.up) })).body?.cancel();
    await api.call(`${path}/commit`, { method: "POST", body: {} });
  });
  await Deno.remove(`${folder}/up`);
  return [
    ...rowsOf(`${sizes.down / GIGA} GB from the agent, over its socket`, sizes.down, down),
    ...rowsOf(`${sizes.up / GIGA} GB to the agent, over its socket, with digest and sync`, sizes.up, up),
  ];
}

async function copyRows(
  world: Managed,
  host: World,
  folder: string,
  sizes: { down: number; up: number },
): Promise<Result[]> {
  const pids = { agent: await host.pid(), manager: await world.managerPid() };
  const user = world.managerWorld;
  const env = await user.env({ FARHAND_LOGIN_FILE: `${user.dir}/login.json` });
  const copy = (from: string, to: string) => async () => {
    const [program, ...args] = user.argv(["cp", "--quiet", "--force", from, to], []);
    const streams = { stdin: "null", stdout: "null", stderr: "inherit" } as const;
    const { success } = await new Deno.Command(program, { args, env, clearEnv: true, ...streams }).spawn().status;
    if (!success) throw new Error(`agent cp ${from} ${to} has failed`);
  };
  const down = await measure(pids, copy(`host:${folder}/large`, "-"));
  const some = `${folder}/some`;
  await sparse(some, sizes.up);
  const there = await measure(pids, copy(some, `host:${folder}/there`));
  const back = await measure(pids, copy(`host:${folder}/there`, `${folder}/back`));
  return [
    ...rowsOf(`${sizes.down / GIGA} GB by agent cp to nowhere, with digest`, sizes.down, down),
    ...rowsOf(`${sizes.up / GIGA} GB by agent cp to a host, with digest`, sizes.up, there),
    ...rowsOf(`${sizes.up / GIGA} GB by agent cp from a host to a file, with digest`, sizes.up, back),
  ];
}

async function archiveRows(host: World, folder: string, count: number): Promise<Result[]> {
  const api = localClient(host.socket);
  await Deno.mkdir(`${folder}/many`);
  const line = `${new Date(0).toISOString()} INFO request served in 12 ms from 10.0.0.1\n`;
  for (let at = 0; at < count; at++) Deno.writeTextFileSync(`${folder}/many/${at}.log`, line.repeat(100));
  const path = `/v1/files/zip?${new URLSearchParams({ path: `${folder}/many` })}`;
  const zip = await measure({ agent: await host.pid() }, async () => {
    await bytesOf((await api.raw(path)).body);
  });
  return rowsOf(`an archive of ${count} files`, count * line.length * 100, zip);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      gigabytes: { type: "string", default: "10" },
      upload: { type: "string", default: "2" },
      files: { type: "string", default: "20000" },
    },
    args: Deno.args,
  });
  const sizes = { down: Number(values.gigabytes) * GIGA, up: Number(values.upload) * GIGA };
  await using world = await Managed.create();
  const host = await world.host("host", POLICY);
  await world.untilHost("host", ({ state }) => state === "online", "is online");
  const folder = `${host.dir}/files`;
  await Deno.mkdir(folder);
  await sparse(`${folder}/large`, sizes.down);
  const results = [
    ...await socketRows(host, folder, sizes),
    ...await archiveRows(host, folder, Number(values.files)),
    ...await copyRows(world, host, folder, sizes),
  ];
  printResults(results, values.json);
  return 0;
}

if (import.meta.main) await runScript("bench:files", main);
