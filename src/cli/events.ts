import { Duration, systemClock } from "../core/mod.ts";
import { type EventList, eventList, type ProcessEvent } from "../protocol/mod.ts";
import { command, type CommandFile } from "./command.ts";
import type { CliContext } from "./context.ts";
import type { AgentReach } from "./reach.ts";
import { EventFollower } from "./events/follower.ts";
import { untilInterrupted } from "./follow.ts";
import { countOption } from "./logs.ts";
import { localTime, type Output, roughly } from "./output.ts";
import { exitText, stateStyle } from "./process/words.ts";
import { sinceOption } from "./since.ts";
import { type Line, paintLine, span } from "./top/lines.ts";

interface EventsOptions {
  readonly follow?: boolean;
  readonly lines?: string;
  readonly since?: string;
  readonly process?: string;
}

interface Query {
  readonly limit?: number;
  readonly after?: number;
  readonly since?: string;
  readonly process?: string;
}

const DEFAULT_EVENTS = 50;
const MOST_EVENTS = 10_000;
/** Most ids are no longer; where one is, its line is. */
const ID_WIDTH = 16;
const WHAT_WIDTH = 9;

export const eventsCommand: CommandFile = {
  build: (contextOf) =>
    command("events", "show what has happened to the supervised processes: starts, ends, failures and why", [
      "agent events",
      "agent events -f --process web",
      "agent events --since 1h --json | jq 'select(.level == \"error\")'",
    ])
      .option("-f, --follow", "go on until interrupted, over restarts of the agent")
      .option("-n, --lines <count>", `the latest events (default: ${DEFAULT_EVENTS}, or all since --since)`)
      .option("--since <time>", "only what has happened since then: 15m, 14:05, 2026-03-01T14:05:09Z")
      .option("--process <id>", "only what has happened to this one")
      .option("--json", "print JSON, a line for each event")
      .action((options: EventsOptions, self) => events(contextOf(self), options)),
};

async function events(context: CliContext, options: EventsOptions): Promise<void> {
  const { out } = context;
  const { since, process } = options;
  const limit = countOption(options.lines, MOST_EVENTS) ?? (since === undefined ? DEFAULT_EVENTS : MOST_EVENTS);
  const of = process === undefined ? {} : { process };
  const query = { ...of, limit, ...(since === undefined ? {} : { since: sinceOption(since, systemClock.nowMs()) }) };
  const agent = await context.agent();
  const first = await listEvents(agent, context.signal, query);
  if (options.follow !== true) {
    if (first.events.length === 0 && !out.json) out.line("No events");
    return first.events.forEach((event) => printEvent(out, event));
  }
  await untilInterrupted(context, async ({ signal, endIfUnread }) => {
    await new EventFollower({
      first,
      list: (after, until) => listEvents(agent, until, { ...of, limit: MOST_EVENTS, after }),
      next: async (until) => (await listEvents(agent, until, { limit: 1 })).next,
      events: (after, until, onOpen) => agent.follow(pathOf("/stream", { ...of, after }), until, onOpen),
      print: (event) => {
        printEvent(out, event);
        endIfUnread();
      },
      clock: systemClock,
      random: Math.random,
      signal,
      note: (text) => out.note(text),
    }).run();
  });
}

async function listEvents(agent: AgentReach, signal: AbortSignal, query: Query): Promise<EventList> {
  return eventList().parse(await agent.ask(pathOf("", query), { signal }));
}

function pathOf(kind: "" | "/stream", query: Query): string {
  const pairs = Object.entries(query).map(([name, value]) => [name, String(value)]);
  return `/v1/events${kind}?${new URLSearchParams(pairs)}`;
}

function printEvent(out: Output, event: ProcessEvent): void {
  if (out.json) out.record(event);
  else out.line(paintLine(eventLine(event), Infinity, out.colour));
}

/** `2026-03-01 14:05:09  web  backoff  exit 1; next start in 2s  (SIGSEGV (core), pid 71, running for 3m)` */
export function eventLine(event: ProcessEvent): Line {
  const { timeMs, process, kind, state, level, reason } = event;
  const what = kind === "state" ? state : kind;
  const whatStyle = level === "error"
    ? "red"
    : level === "warn"
    ? "yellow"
    : kind === "state"
    ? stateStyle(state)
    : "cyan";
  return [
    span(localTime(timeMs), "dim"),
    span("  "),
    span(process.padEnd(ID_WIDTH), "bold"),
    span("  "),
    span(what.padEnd(WHAT_WIDTH), whatStyle),
    span("  "),
    span(reason, level === "error" ? "red" : undefined),
    span(factsText(event), "dim"),
  ];
}

function factsText({ exit, pid, previous, previousMs }: ProcessEvent): string {
  const facts = [
    ...(exit === undefined ? [] : [exitText(exit)]),
    ...(pid === undefined ? [] : [`pid ${pid}`]),
    ...(previous === undefined ? [] : [
      previousMs === undefined
        ? `was ${previous}`
        : `${previous} for ${roughly(new Duration(Math.max(0, previousMs)))}`,
    ]),
  ];
  return facts.length === 0 ? "" : `  (${facts.join(", ")})`;
}
