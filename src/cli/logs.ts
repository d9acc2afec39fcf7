import { AppError, systemClock } from "../core/mod.ts";
import { logFiles, type LogLine, logLines } from "../protocol/mod.ts";
import { command, type CommandFile } from "./command.ts";
import type { CliContext } from "./context.ts";
import type { AgentReach } from "./reach.ts";
import { type Ending, untilInterrupted, withoutRepeats } from "./follow.ts";
import { LogFollower } from "./logs/follower.ts";
import { type LineOptions, logLineText, type Prefix, prefixesOf } from "./logs/line.ts";
import { listProcesses } from "./ps.ts";
import { isMeant } from "./process/selection.ts";
import { safeText } from "./safe_text.ts";
import { sinceOption } from "./since.ts";
import { readableBytes } from "./units.ts";

interface LogsOptions {
  readonly follow?: boolean;
  readonly lines?: string;
  readonly since?: string;
  readonly grep?: string;
  readonly stdout?: boolean;
  readonly stderr?: boolean;
  readonly file?: string;
  readonly timestamps?: boolean;
  readonly files?: boolean;
}

/** What the agent is asked for. */
interface Query {
  readonly lines: number;
  readonly since?: string;
  readonly grep?: string;
  readonly file?: string;
}

interface ShownLine extends LogLine {
  readonly process: string;
}

const DEFAULT_LINES = 100;
/** All that there is since then, as far as one answer can hold it. */
const LINES_SINCE = 10_000;
const MOST_LINES = 1_000_000;
/** Each is a connection to the agent. */
const MOST_FOLLOWED = 100;
/** Looking for a pattern in large logs takes its time. */
const READ_MS = 60_000;

export const logsCommand: CommandFile = {
  build: (contextOf) =>
    command("logs", "show what supervised processes have written, and go on showing it", [
      "agent logs web",
      "agent logs web -f -n 20",
      "agent logs web --since 15m --grep 'timeout|refused' --stderr",
      "agent logs web worker --timestamps",
      "agent logs web --files",
      "agent logs web --file /var/log/web/access.log -f",
    ])
      .argument("<id...>", "ids of processes, or of all replicas of one")
      .option("-f, --follow", "go on until interrupted, over restarts of the process and of the agent")
      .option("-n, --lines <count>", `the latest lines of each (default: ${DEFAULT_LINES}, or all since --since)`)
      .option("--since <time>", "only what was written since then: 15m, 14:05, 2026-03-01T14:05:09Z")
      .option("--grep <pattern>", "only lines that this regular expression matches")
      .option("--stdout", "only what went to stdout")
      .option("--stderr", "only what went to stderr")
      .option("--file <name>", "one of the process's own log files, by its name in --files")
      .option("--timestamps", "tell when each line was written")
      .option("--files", "list the log files instead")
      .option("--json", "print JSON, a line for each line")
      .action(async (ids: string[], options: LogsOptions, self) => {
        const context = contextOf(self);
        const query = queryOf(options);
        const agent = await context.agent();
        const found = await idsOf(agent, context.signal, ids);
        if (options.files === true) await printFiles(context, agent, found);
        else if (options.follow === true) await follow(context, agent, found, query, options);
        else await show(context, agent, found, query, options);
      }),
};

function queryOf({ lines, since, grep, stdout = false, stderr = false, file }: LogsOptions): Query {
  if ([stdout, stderr, file !== undefined].filter((isGiven) => isGiven).length > 1) {
    throw new AppError("invalid_input", "--stdout, --stderr and --file exclude each other: give one of them");
  }
  const from = stdout ? "stdout" : stderr ? "stderr" : file;
  return {
    lines: countOption(lines, MOST_LINES) ?? (since === undefined ? DEFAULT_LINES : LINES_SINCE),
    ...(since === undefined ? {} : { since: sinceOption(since, systemClock.nowMs()) }),
    ...(grep === undefined ? {} : { grep }),
    ...(from === undefined ? {} : { file: from }),
  };
}

/** Reads `-n`. */
export function countOption(text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,7}$/.test(text) && Number(text) <= most) return Number(text);
  throw new AppError("invalid_input", `--lines must be a number from 0 to ${most}, got "${text}"`);
}

/** The processes that are meant. One that the agent does not list is asked for all the same: it knows why. */
async function idsOf(agent: AgentReach, signal: AbortSignal, names: readonly string[]): Promise<string[]> {
  const processes = await listProcesses(agent, signal);
  const ids = names.flatMap((name) => {
    const own = processes.filter((view) => isMeant(view, name)).map(({ id }) => id);
    return own.length === 0 ? [name] : own;
  });
  return [...new Set(ids)];
}

function pathOf(id: string, kind: "" | "/stream" | "/files", query: Partial<Query> = {}): string {
  const pairs = Object.entries(query).map(([name, value]) => [name, String(value)]);
  const path = `/v1/processes/${encodeURIComponent(id)}/logs${kind}`;
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs)}`;
}

async function read({ signal, out }: CliContext, agent: AgentReach, id: string, query: Query): Promise<LogLine[]> {
  const answer = await agent.ask(pathOf(id, "", query), { signal, timeoutMs: READ_MS });
  const { lines, incomplete } = logLines().parse(answer);
  if (incomplete) out.note(`${out.yellow("warning:")} ${safeText(id)}: there is more than one answer can hold`);
  return lines;
}

async function show(
  context: CliContext,
  agent: AgentReach,
  ids: readonly string[],
  query: Query,
  options: LogsOptions,
): Promise<void> {
  const print = printerOf(context, ids, options);
  const logs: ShownLine[][] = [];
  for (const id of ids) {
    logs.push((await read(context, agent, id, query)).map((line) => ({ ...line, process: id })));
  }
  for (const { process, ...line } of merged(logs)) {
    print(process, line);
    if (context.terminal.isClosed?.() === true) return;
  }
}

/** All lines in the order of their times, those of each log in their own. */
export function merged(logs: readonly (readonly ShownLine[])[]): ShownLine[] {
  if (logs.length === 1) return [...logs[0] ?? []];
  const timed = logs.flatMap((lines) => {
    let atMs = 0; // what has no time was written after what stands before it
    return lines.map((line) => ({ line, atMs: atMs = Math.max(atMs, line.timeMs ?? 0) }));
  });
  return timed.sort((a, b) => a.atMs - b.atMs).map(({ line }) => line);
}

async function follow(
  context: CliContext,
  agent: AgentReach,
  ids: readonly string[],
  query: Query,
  options: LogsOptions,
): Promise<void> {
  if (ids.length > MOST_FOLLOWED) {
    const remedy = `${MOST_FOLLOWED} can be followed at once: name fewer`;
    throw new AppError("invalid_input", `These are ${ids.length} processes, and ${remedy}`);
  }
  const print = printerOf(context, ids, options);
  const note = withoutRepeats((text) => context.out.note(text));
  const { since, lines, ...filter } = query;
  await untilInterrupted(context, async ({ signal, endIfUnread }: Ending) => {
    const show = (id: string, line: LogLine) => {
      print(id, line);
      endIfUnread();
    };
    await Promise.all(ids.map(async (id) => {
      const shown = since === undefined ? undefined : await read({ ...context, signal }, agent, id, query);
      for (const line of shown ?? []) show(id, line);
      await new LogFollower({
        events: (count, until, onOpen) =>
          agent.follow(pathOf(id, "/stream", { ...filter, lines: count }), until, onOpen),
        ...(shown === undefined ? { lines } : { lines: 0, shown }),
        print: (line) => show(id, line),
        clock: systemClock,
        random: Math.random,
        signal,
        note,
      }).run();
    }));
  });
}

function printerOf(
  { out, terminal, colour }: CliContext,
  ids: readonly string[],
  options: LogsOptions,
): (id: string, line: LogLine) => void {
  const lineOptions: LineOptions = {
    isTerminal: terminal.isTerminal,
    colour,
    timestamps: options.timestamps === true,
  };
  const prefixes: ReadonlyMap<string, Prefix> = prefixesOf(ids);
  return (id, line) => {
    if (out.json) out.record({ process: id, ...line });
    else out.line(logLineText(line, prefixes.get(id), lineOptions));
  };
}

async function printFiles({ out, signal }: CliContext, agent: AgentReach, ids: readonly string[]): Promise<void> {
  const files = [];
  for (const id of ids) {
    const answer = logFiles().parse(await agent.ask(pathOf(id, "/files"), { signal }));
    files.push(...answer.files.map((file) => ({ process: id, ...file })));
  }
  if (out.json) return files.forEach((file) => out.record(file));
  if (files.length === 0) return out.line("No log files: the output is thrown away, or nothing was written yet");
  out.table(
    ["PROCESS", "NAME", "SIZE", "ROTATED", "PATH"],
    files.map(({ process, name, path, sizeBytes, rotated }) =>
      [process, name, readableBytes(sizeBytes), String(rotated), path].map(safeText)
    ),
  );
}
