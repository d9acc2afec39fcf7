import { Option } from "commander";
import { AppError, type Duration, systemClock } from "../core/mod.ts";
import { collectorsReport, type CollectorStatus } from "../protocol/mod.ts";
import { command, type CommandFile, durationOption } from "./command.ts";
import type { CliContext } from "./context.ts";
import type { AgentReach } from "./reach.ts";
import type { Keyboard } from "./output.ts";
import { paintLine } from "./top/lines.ts";
import { LiveView } from "./top/live.ts";
import { gatherOnce } from "./top/once.ts";
import { type Readings, SHOWN_COLLECTORS } from "./top/readings.ts";
import { Screen } from "./top/screen.ts";
import type { SortKey } from "./top/tables.ts";
import { viewLines } from "./top/view.ts";

interface TopOptions {
  readonly interval: string;
  readonly once?: boolean;
  readonly json?: boolean;
  readonly sort: SortKey;
  readonly rows?: string;
}

interface Choice {
  readonly sort: SortKey;
  readonly rows: number;
}

const SORTS: readonly SortKey[] = ["cpu", "memory"];
/** Between the two readings of `--once`. */
const ONCE_INTERVAL = "1s";
/** Of what is no terminal. */
const DEFAULT_COLUMNS = 100;

export const topCommand: CommandFile = {
  build: (contextOf) =>
    command("top", "show how this host does, as it goes on", [
      "agent top",
      "agent top --interval 5s --sort memory",
      "agent top --once",
      "agent top --json | jq '.readings.cpu.points'",
    ])
      .option("--interval <duration>", "how often it reads", "2s")
      .option("--once", "print a summary and end, as it does anyway where there is no terminal")
      .option("--json", "print the readings as JSON and end")
      .addOption(new Option("--sort <by>", "which processes come first").choices(SORTS).default("cpu"))
      .option("--rows <count>", "processes to show at most (default: as many as there is room for)")
      .action(async (options: TopOptions, self) => {
        const context = contextOf(self);
        const interval = durationOption(options.interval);
        const choice = { sort: options.sort, rows: rowsOption(options.rows) };
        const agent = await context.agent();
        const keyboard = keyboardOf(context, options);
        if (options.json === true) context.out.data(jsonOf(await gather(context, agent, [])));
        else if (keyboard === undefined) await printOnce(context, agent, choice);
        else await watch(context, agent, keyboard, { ...choice, interval });
      }),
};

/** The keyboard, where there is one and a screen that is to be used. */
function keyboardOf({ terminal, env }: CliContext, { once = false }: TopOptions): Keyboard | undefined {
  return terminal.isTerminal && !once && env["TERM"] !== "dumb" ? terminal.keyboard : undefined;
}

async function watch(
  { terminal, colour, signal }: CliContext,
  agent: AgentReach,
  keyboard: Keyboard,
  choice: Choice & { readonly interval: Duration },
): Promise<void> {
  await statesOf(agent, signal); // an agent that is not there is told of before the screen is taken
  await new LiveView({
    ...choice,
    screen: new Screen(terminal, keyboard, { colour }),
    clock: systemClock,
    signal,
    events: (until) => agent.follow(streamPath(String(choice.interval), SHOWN_COLLECTORS), until),
    collectors: (until) => statesOf(agent, until),
  }).run();
}

async function printOnce(context: CliContext, agent: AgentReach, choice: Choice): Promise<void> {
  const { terminal, colour, out, signal } = context;
  const readings = await gather(context, agent, SHOWN_COLLECTORS);
  readings.collectors = await statesOf(agent, signal);
  const width = terminal.size?.()?.columns || DEFAULT_COLUMNS;
  for (const line of viewLines(readings, { ...choice, width, height: Infinity })) {
    out.line(paintLine(line, width, colour));
  }
}

async function gather({ signal }: CliContext, agent: AgentReach, collectors: readonly string[]): Promise<Readings> {
  const path = streamPath(ONCE_INTERVAL, collectors);
  return await gatherOnce({ clock: systemClock, signal, events: (until) => agent.follow(path, until) });
}

function jsonOf({ timeMs, latest }: Readings): unknown {
  return { timeMs, readings: Object.fromEntries(latest.map((reading) => [reading.collector, reading])) };
}

async function statesOf(agent: AgentReach, signal: AbortSignal): Promise<readonly CollectorStatus[]> {
  return collectorsReport().parse(await agent.ask("/v1/collectors", { signal })).collectors;
}

/** Without names, the stream is of all collectors. */
function streamPath(interval: string, collectors: readonly string[]): string {
  const names = collectors.length === 0 ? {} : { collectors: collectors.join(",") };
  return `/v1/samples/stream?${new URLSearchParams({ interval, ...names })}`;
}

function rowsOption(text: string | undefined): number {
  if (text === undefined) return Infinity;
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new AppError("invalid_input", `--rows must be a number from 0 to 9999, got "${text}"`);
}
