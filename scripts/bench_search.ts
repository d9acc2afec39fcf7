/**
 * `deno task bench:search [--megabytes 1000] [--json]`: searching the history of a log, plain, by regular expressions and
 * compressed, beside grep and zgrep; how soon the newest matches of a large log come; what a pattern that is meant to
 * take for ever costs; memory. From the sources, with the runtime's flags of the executable. It reads /proc: Linux.
 */
import { parseArgs } from "node:util";
import { all, kept, search } from "../src/agent/supervisor/logs/search/testing.ts";
import { printResults, type Result } from "./bench_support.ts";
import { runScript } from "./support.ts";

const MEGA = 1_000_000;
const WORDS = ["GET /index.html 200 532", "connection refused by peer", "user logged in", "timeout while reading"];

interface Log {
  readonly dir: string;
  readonly path: string;
  readonly bytes: number;
}

const rate = (bytes: number, ms: number) => `${(bytes / MEGA / (ms / 1_000)).toFixed(0)} MB/s`;
const row = (what: string, measured: string, peer = "", budget = ""): Result => ({ what, measured, peer, budget });

/** Lines of a busy service, a few milliseconds apart. */
function writeLog(path: string, megabytes: number): number {
  using file = Deno.openSync(path, { write: true, create: true, truncate: true });
  const encoder = new TextEncoder();
  let [bytes, number, timeMs] = [0, 0, Date.now() - megabytes * 60_000];
  while (bytes < megabytes * MEGA) {
    let text = "";
    while (text.length < MEGA) {
      const time = new Date(timeMs += 7).toISOString();
      const noise = Math.random().toString(36);
      text += `${time} INFO [worker-${number % 8}] ${WORDS[number % WORDS.length]} id=${number++} ${noise}\n`;
    }
    bytes += file.writeSync(encoder.encode(text));
  }
  return bytes;
}

async function pack(from: string, to: string): Promise<void> {
  const file = await Deno.open(from);
  const target = await Deno.open(to, { write: true, create: true });
  await file.readable.pipeThrough(new CompressionStream("gzip")).pipeTo(target.writable);
}

/** By how much the resident memory has grown at most. */
function watchMemory(): { end(): number } {
  const before = Deno.memoryUsage().rss;
  let most = before;
  const timer = setInterval(() => most = Math.max(most, Deno.memoryUsage().rss), 5);
  return {
    end: () => {
      clearInterval(timer);
      return most - before;
    },
  };
}

async function peer(program: string, args: readonly string[], bytes: number): Promise<string> {
  const startedMs = performance.now();
  try {
    await new Deno.Command(program, { args: [...args], stdin: "null", stdout: "null", stderr: "null" }).output();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "not there";
    throw error;
  }
  return `${program}: ${rate(bytes, performance.now() - startedMs)}`;
}

/** How fast all of a log is looked through: nothing in it matches. */
async function throughput(what: string, log: Log, pattern: string, isRegex: boolean, other: string): Promise<Result> {
  const find = () => all(search(kept(log.dir, [log.path], false), pattern, { isRegex }));
  const startedMs = performance.now();
  const { end } = await find();
  if (end.incomplete !== undefined) throw new Error(`${what} was not searched to its end: ${JSON.stringify(end)}`);
  return row(what, rate(end.scannedBytes, performance.now() - startedMs), other, isRegex ? "" : "200 MB/s at least");
}

/** How long until the newest of very many matches are there. */
async function newest(log: Log): Promise<Result> {
  const startedMs = performance.now();
  const { end } = await all(search(kept(log.dir, [log.path], false), "INFO", { limit: 1_000 }));
  const ms = performance.now() - startedMs;
  return row("the newest 1,000 of all lines", `${ms.toFixed(0)} ms`, `${(end.scannedBytes / MEGA).toFixed(1)} MB read`);
}

/** The longest time for which nothing else was done meanwhile. */
async function pauses(what: string, log: Log, pattern: string): Promise<Result> {
  let [longestMs, lastMs] = [0, performance.now()];
  const timer = setInterval(() => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
  }, 1);
  await all(search(kept(log.dir, [log.path], false), pattern, { isRegex: true, timeoutMs: 3_000 }));
  clearInterval(timer);
  return row(what, `${longestMs.toFixed(0)} ms`);
}

async function measure(dir: string, megabytes: number): Promise<Result[]> {
  const plain: Log = { dir, path: `${dir}/app.log`, bytes: writeLog(`${dir}/app.log`, megabytes) };
  const packedDir = `${dir}/packed`;
  await Deno.mkdir(packedDir);
  const packed: Log = { dir: packedDir, path: `${packedDir}/app.log`, bytes: plain.bytes };
  await pack(plain.path, `${packed.path}.1.gz`);
  await all(search(kept(dir, [plain.path], false), "warms the caches", {}));
  const memory = watchMemory();
  const { bytes, path } = plain;
  const [regex, literal] = ["[a-z]+ [a-z]+ Id", "(refused|denied) by nobody$"];
  const rows = [
    await throughput(
      "plain text",
      plain,
      "no such text",
      false,
      await peer("grep", ["-c", "no such text", path], bytes),
    ),
    await throughput("plain text of one letter", plain, "~", false, await peer("grep", ["-c", "~", path], bytes)),
    await throughput(
      "regex with a text in it",
      plain,
      literal,
      true,
      await peer("grep", ["-cE", literal, path], bytes),
    ),
    await throughput("regex", plain, regex, true, await peer("grep", ["-cE", regex, path], bytes)),
    await throughput(
      "plain text, compressed",
      packed,
      "no such text",
      false,
      await peer("zgrep", ["-c", "no such text", `${packed.path}.1.gz`], bytes),
    ),
    await throughput(
      "regex, compressed",
      packed,
      regex,
      true,
      await peer("zgrep", ["-cE", regex, `${packed.path}.1.gz`], bytes),
    ),
    await newest(plain),
    await pauses("longest pause of the agent, regex", plain, regex),
    await pauses("longest pause, (a|a)*b of all lines", plain, "(a|a)*~"),
    await pauses("longest pause, a new state for each byte", plain, "(a|.)*[0-9a-f].{300}~"),
  ];
  return [
    ...rows,
    row("memory, the most that it has added", `${(memory.end() / MEGA).toFixed(0)} MB`, "", "64 MB at most"),
  ];
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: { megabytes: { type: "string", default: "1000" }, json: { type: "boolean", default: false } },
  });
  const dir = await Deno.makeTempDir({ prefix: "farhand-bench-" });
  try {
    printResults(await measure(dir, Number(values.megabytes)), values.json);
    return 0;
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

if (import.meta.main) await runScript("bench:search", main);
