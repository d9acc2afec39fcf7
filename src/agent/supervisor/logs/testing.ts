/** For tests only: logs that are kept as the agent keeps them, and programs that write them. */
import { join } from "node:path";
import { type Clock, Pattern, systemClock } from "../../../core/mod.ts";
import { createLogger, type LogRecord } from "../../../log/mod.ts";
import type { LogSpec } from "../spec/process_spec.ts";
import type { ProcessLogs } from "./contract.ts";
import type { LogEvent } from "./log_event.ts";
import { createProcessLogs, type ProcessLogsOptions } from "./process_logs.ts";

export const KIB = 1024;

export function regex(text: string): Pattern {
  return new Pattern(text, { isRegex: true, ignoreCase: false });
}

export interface KeptForTest extends AsyncDisposable {
  readonly logs: ProcessLogs;
  readonly path: string;
  readonly events: readonly LogEvent[];
  readonly records: readonly LogRecord[];
  keep(more?: Partial<LogSpec>, logPaths?: readonly string[]): void;
}

/** Ten times as fast as real time, so that nobody waits for the next look. */
const fastClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now() * 10,
  sleep: (ms, signal) => systemClock.sleep(ms / 10, signal),
};

type MoreOptions = Omit<Partial<ProcessLogsOptions>, "log" | "onEvent">;

/** Keeps the log `out.log` of a process "p" in a directory; small files, many of them, not compressed. */
export function keepLogs(dir: string, spec: Partial<LogSpec> = {}, more: MoreOptions = {}): KeptForTest {
  const path = join(dir, "out.log");
  const events: LogEvent[] = [];
  const records: LogRecord[] = [];
  const clock: Clock = more.clock ?? fastClock;
  const log = createLogger({
    level: "debug",
    sinks: [{ write: (record) => void records.push(record), close() {} }],
    clock,
  });
  const logs = createProcessLogs({ ...more, clock, log, onEvent: (event) => events.push(event) });
  const usual: LogSpec = {
    stdout: path,
    stderr: null,
    maxBytes: 64 * KIB,
    maxAgeMs: 0,
    maxFiles: 1_000,
    compress: false,
    ...spec,
  };
  const keep = (changed: Partial<LogSpec> = {}, logPaths: readonly string[] = []) => {
    logs.keep({ id: "p", log: { ...usual, ...changed }, logPaths });
  };
  keep();
  logs.start();
  return { logs, path, events, records, keep, [Symbol.asyncDispose]: () => logs.stop() };
}

/** A program that appends numbered lines to a file for good: `bursts` times so many, with pauses. */
export function startWriter(
  path: string,
  bursts: number,
  linesPerBurst: number,
  pauseSeconds = 0.02,
): Deno.ChildProcess {
  const script = 'exec >>"$0"; i=0; while [ $i -lt $1 ]; do ' +
    'seq -f "line %.0f of a program that prints" $((i*$2+1)) $((i*$2+$2)); i=$((i+1)); sleep $3; done';
  const args = ["-c", script, path, String(bursts), String(linesPerBurst), String(pauseSeconds)];
  return new Deno.Command("/bin/sh", { args, stdin: "null" }).spawn();
}

export function numberedLines(from: number, to: number): string {
  let text = "";
  for (let number = from; number <= to; number++) text += `line ${number} of a program that prints\n`;
  return text;
}

/** What all files of a log have together, oldest first; holes left out. */
export async function wholeLog(path: string): Promise<string> {
  const parts: string[] = [];
  for (let number = 1; number < 2_000; number++) {
    const part = await textOf(`${path}.${number}`) ?? await unpacked(`${path}.${number}.gz`);
    if (part === null) break;
    parts.unshift(part);
  }
  const current = await textOf(path) ?? "";
  return parts.join("") + current.replace(/^\0+/, "");
}

/** Throws unless the log has exactly the lines of these numbers, each once, in order. */
export async function assertNumbered(path: string, from: number, to: number): Promise<void> {
  const lines = (await wholeLog(path)).split("\n");
  if (lines.pop() !== "") throw new Error("The last line is not whole");
  lines.forEach((line, index) => {
    const expected = `line ${from + index} of a program that prints`;
    if (line !== expected) throw new Error(`Expected "${expected}" but there is "${line.slice(0, 200)}"`);
  });
  if (lines.length !== to - from + 1) throw new Error(`There are ${lines.length} lines instead of ${to - from + 1}`);
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function unpacked(path: string): Promise<string | null> {
  try {
    const file = await Deno.open(path);
    return await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).text();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
