import { AppError, Duration, ERRORS, systemClock } from "../core/mod.ts";
import {
  type FleetSearchEnd,
  type FleetSearchLine,
  fleetSearchLine,
  type FleetSearchProgress,
  type FleetSearchQuery,
  SEARCH_DEFAULTS,
  type SearchEnd,
  type SearchHost,
  type SearchLine,
  searchLine,
  type SearchProgress,
} from "../protocol/mod.ts";
import { command, type CommandFile } from "./command.ts";
import type { CliContext } from "./context.ts";
import { columnsOf, grepLine } from "./grep/line.ts";
import { type GrepOptions, limitOf, queryOf } from "./grep/query.ts";
import { inOrder, type Match, withContext } from "./grep/results.ts";
import { type Found, summaryOf } from "./grep/summary.ts";
import { readableBytes } from "./units.ts";

/** Whoever waits at a terminal is told so often how far it is. */
const TOLD_MS = 5_000;
/** Beyond the limit so many may come, since some hosts are slower than others. */
const MOST_KEPT = 4;

export const grepCommand: CommandFile = {
  build: (contextOf) =>
    command("grep", "search the logs of supervised processes, rotated and compressed files included", [
      "agent grep 'connection refused' --since 2h",
      "agent grep -E 'timeout|refused' --process web --since 2026-03-01 --until 14:05",
      "agent grep -i error --host web-1 --host web-2 -C 3",
      "agent grep error --host env=prod,tier=web --limit 100",
      "agent grep OutOfMemory --host '*' --json",
    ])
      .argument("<pattern>", "text that a line must have in it, or with -E a regular expression")
      .option("-E, --regex", "the pattern is a regular expression, without backreferences and lookaround")
      .option("-i, --ignore-case", "upper and lower case are the same")
      .option("--process <names>", "only these processes: ids, groups, names with *, or labels, separated by commas")
      .option("--file <name>", "only this log: stdout, stderr, or one of log_paths, with *")
      .option("--since <time>", "only what was written since then: 15m, 14:05, 2026-03-01T14:05:09Z")
      .option("--until <time>", "only what was written until then")
      .option("-n, --limit <count>", `the newest matches (default: ${SEARCH_DEFAULTS.matches})`)
      .option("-A, --after-context <count>", "lines after each match")
      .option("-B, --before-context <count>", "lines before each match")
      .option("-C, --context <count>", "lines before and after each match")
      .option(
        "--timeout <duration>",
        `how long each host may search (default: ${new Duration(SEARCH_DEFAULTS.timeoutMs)})`,
      )
      .option("--no-prefix", "print the lines without host, process, file and time")
      .option("--json", "print JSON, a line for each match, each host, and the end")
      .addHelpText(
        "after",
        "\n--host takes names with *, ids or a selector such as env=prod, and may be repeated; without it this host is " +
          "searched.\nMatches are shown in the order of their times; where there are more than the limit, the newest ones.\n" +
          "Exits with 1 when nothing was found.",
      )
      .action(async (pattern: string, options: GrepOptions, self) => {
        const context = contextOf(self);
        await grep(context, queryOf(pattern, options, context.host, systemClock.nowMs()), options);
      }),
};

async function grep(context: CliContext, query: FleetSearchQuery, options: GrepOptions): Promise<void> {
  const limit = limitOf(options);
  const collected = new Collected(context, limit);
  try {
    for await (const line of await linesOf(context, query)) collected.take(line);
    if (collected.end === undefined) throw new AppError("unavailable", "The search broke off before its end");
  } catch (error) {
    // What was found until then is shown.
    if (!context.signal.aborted) throw error;
  }
  const found: Found = {
    matches: inOrder(collected.matches, limit),
    limit,
    hosts: collected.hosts,
    ...(collected.end !== undefined && { end: collected.end }),
  };
  print(context, found, options);
  context.exitWith(exitCode(context, found));
}

async function linesOf(
  context: CliContext,
  query: FleetSearchQuery,
): Promise<AsyncIterable<SearchLine | FleetSearchLine>> {
  const { signal, host } = context;
  const text = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) => value === undefined ? [] : [[name, value]]),
  );
  if (host === undefined) {
    const schema = searchLine();
    return mapped((await context.daemon()).lines(`/v1/logs/search?${text}`, signal), (line) => schema.parse(line));
  }
  const { api } = await context.manager();
  const schema = fleetSearchLine();
  return mapped(api.jsonLines(`/api/v1/logs/search?${text}`, { signal }), (line) => schema.parse(line));
}

async function* mapped<T>(lines: AsyncIterable<unknown>, read: (line: unknown) => T): AsyncGenerator<T, void> {
  for await (const line of lines) yield read(line);
}

/** What has come so far. */
class Collected {
  matches: Match[] = [];
  end: SearchEnd | FleetSearchEnd | undefined;
  readonly #hosts = new Map<string, SearchHost>();
  readonly #context: CliContext;
  readonly #limit: number;
  #toldMs = systemClock.monotonicMs();

  constructor(context: CliContext, limit: number) {
    this.#context = context;
    this.#limit = limit;
  }

  get hosts(): SearchHost[] {
    return [...this.#hosts.values()];
  }

  take(line: SearchLine | FleetSearchLine): void {
    if (line.type === "match") this.#add(line);
    else if (line.type === "host") this.#hosts.set(line.hostId, line);
    else if (line.type === "end") this.end = line;
    else this.#tell(line);
  }

  #add(match: Match): void {
    this.matches.push(match);
    if (this.matches.length > this.#limit * MOST_KEPT) this.matches = inOrder(this.matches, this.#limit);
  }

  #tell(progress: SearchProgress | FleetSearchProgress): void {
    const { out, terminal } = this.#context;
    const nowMs = systemClock.monotonicMs();
    if (!terminal.isTerminal || out.json || nowMs - this.#toldMs < TOLD_MS) return;
    this.#toldMs = nowMs;
    const hosts = "hosts" in progress ? `${progress.states["done"] ?? 0} of ${progress.hosts} hosts done, ` : "";
    out.note(
      out.dim(`searching: ${hosts}${readableBytes(progress.scannedBytes)}, ${this.matches.length} matches so far`),
    );
  }
}

function print({ out, terminal, colour }: CliContext, found: Found, { prefix }: GrepOptions): void {
  const { matches, hosts, end } = found;
  if (out.json) {
    for (const match of matches) out.record(match);
    for (const host of hosts) out.record(host);
    if (end !== undefined) out.record(end);
    return;
  }
  const style = { isTerminal: terminal.isTerminal, colour, withPrefix: prefix };
  const columns = columnsOf(matches, hosts.length > 0);
  const hasContext = matches.some(({ before, after }) => before !== undefined || after !== undefined);
  for (const [index, line] of withContext(matches).entries()) {
    if (hasContext && line.isApart && index > 0) out.line(out.dim("--"));
    out.line(grepLine(line, columns, style));
    if (terminal.isClosed?.() === true) break;
  }
  for (const line of summaryOf(found)) out.note(out.dim(line));
}

/** As grep has it: whether something was found. Where nothing was, it may be for want of hosts. */
function exitCode({ signal }: CliContext, { matches, hosts, end }: Found): number {
  if (signal.aborted && end === undefined) return ERRORS.cancelled.exit;
  if (matches.length > 0) return 0;
  const isOffline = hosts.length > 0 && hosts.every(({ state }) => state === "offline");
  return isOffline ? ERRORS.host_offline.exit : 1;
}
