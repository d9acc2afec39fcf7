/** `agent process show`: one process in full. */
import type { Command } from "commander";
import { Duration, systemClock } from "../../core/mod.ts";
import {
  type ProcessDetails,
  processDetails,
  type ProcessUsage,
  type ProcessUsageReport,
  processUsageReport,
} from "../../protocol/mod.ts";
import { command, durationOption } from "../command.ts";
import type { CliContext } from "../context.ts";
import { localTime, type Output, roughly, styled } from "../output.ts";
import { safeText } from "../safe_text.ts";
import { ABSENT, readableBytes, readableNumber, readablePercent } from "../units.ts";
import { sparkline, spreadOf } from "./sparkline.ts";
import { commandText, exitText, labelsText, stateStyle } from "./words.ts";

type Pairs = readonly (readonly [label: string, value: string | undefined])[];

const USAGE = "15m";
const SPARKLINE_WIDTH = 40;

export function showCommand(contextOf: (self: Command) => CliContext): Command {
  return command("show", "tell everything about one process: how it does, how it is run, where its logs are", [
    "agent process show web",
    "agent process show web --usage 1h",
    "agent process show web --json | jq .argv",
  ])
    .argument("<id>", "its id")
    .option("--usage [duration]", `what it has used of late, ${USAGE} if not said otherwise`)
    .option("--json", "print JSON")
    .action(async (id: string, { usage }: { usage?: string | true }, self: Command) => {
      const { out, agent, signal } = contextOf(self);
      const duration = usage === undefined ? undefined : durationOption(usage === true ? USAGE : usage);
      const path = `/v1/processes/${encodeURIComponent(id)}`;
      const host = await agent();
      const details = processDetails().parse(await host.ask(path, { signal }));
      if (duration === undefined) return out.either(details, () => printDetails(out, details, systemClock.nowMs()));
      const report = processUsageReport().parse(await host.ask(`${path}/usage?duration=${duration}`, { signal }));
      out.either({ ...details, usageReport: report }, () => {
        printDetails(out, details, systemClock.nowMs());
        printUsage(out, report, duration);
      });
    });
}

export function printDetails(out: Output, details: ProcessDetails, nowMs: number): void {
  const { id, state, sinceMs, reason } = details;
  const painted = out.colour ? styled(state, stateStyle(state)) : state;
  out.line(`${out.bold(safeText(id))} is ${painted} since ${atTime(sinceMs, nowMs)}`);
  section(out, "", [["reason", reason || undefined], ...statePairs(details, nowMs)]);
  section(out, "HOW IT IS RUN", runPairs(details));
  printProbes(out, details, nowMs);
  section(out, "LIMITS", details.limits.map((limit) => ["", limit]));
  section(out, "DEPENDS ON", details.dependsOn.map(({ id, condition }) => [id, condition]));
  section(
    out,
    "LOGS",
    details.logs.map(({ name, path, sizeBytes }) => {
      return [name, sizeBytes === undefined ? path : `${path} (${readableBytes(sizeBytes)})`];
    }),
  );
  if (details.problems.length === 0) return;
  out.line();
  for (const problem of details.problems) out.line(`${out.yellow("warning:")} ${safeText(problem)}`);
}

function statePairs(details: ProcessDetails, nowMs: number): Pairs {
  const { pid, startedMs, nextStartMs, restarts, lastExit, wanted, statusText, usage } = details;
  return [
    ["says", statusText],
    ["pid", pid === undefined ? undefined : String(pid)],
    ["started", startedMs === undefined ? undefined : atTime(startedMs, nowMs)],
    ["next start", nextStartMs === undefined ? undefined : inTime(nextStartMs, nowMs)],
    ["wanted", wanted ? "running" : "stopped"],
    ["restarts", String(restarts)],
    ["last exit", lastExit === undefined ? "none" : `${exitText(lastExit)}, ${atTime(lastExit.timeMs, nowMs)}`],
    ["use", usage === undefined ? undefined : useText(usage)],
  ];
}

function useText(usage: ProcessUsage): string {
  const { cpuPercent, rssBytes, openFiles, threads, processes, readBytesPerSecond, writtenBytesPerSecond } = usage;
  return [
    `cpu ${readablePercent(cpuPercent)}`,
    `memory ${readableBytes(rssBytes)}`,
    `processes ${processes}`,
    `threads ${readableNumber(threads)}`,
    `files ${readableNumber(openFiles)}`,
    `read/s ${readableBytes(readBytesPerSecond)}`,
    `write/s ${readableBytes(writtenBytesPerSecond)}`,
  ].filter((part) => !part.endsWith(` ${ABSENT}`)).join("  ");
}

function runPairs(details: ProcessDetails): Pairs {
  const { argv, workDir, user, envNames, name, id, group, kind, type, labels, origin, enabled } = details;
  return [
    ["command", argv.length === 0 ? "none: the agent does not start it itself" : commandText(argv)],
    ["work dir", workDir],
    ["user", user ?? "the agent's"],
    ["environment", envNames.join(" ") || undefined],
    ["name", name === id ? undefined : name],
    ["replica of", group === id ? undefined : group],
    ["kind", kind],
    ["type", type],
    ["labels", labelsText(labels) || undefined],
    ["defined", origin === "config" ? "in the config" : "while running, by agent process add or the API"],
    ["enabled", enabled ? undefined : "no: it is not run"],
  ];
}

function printProbes(out: Output, { probes }: ProcessDetails, nowMs: number): void {
  if (probes.length === 0) return;
  out.line();
  const rows = probes.map(({ probe, type, result, lastMs, reason = "" }) => [
    probe,
    safeText(type),
    result,
    lastMs === undefined ? ABSENT : `${ageText(lastMs, nowMs)} ago`,
    safeText(reason),
  ]);
  const paints = { good: out.green, bad: out.red, waiting: out.dim };
  out.table(["PROBE", "TYPE", "RESULT", "LAST", "REASON"], rows, (column, text) => {
    return column === 2 ? paints[text as keyof typeof paints] : undefined;
  });
}

/** Nothing where there is nothing to tell. */
function section(out: Output, title: string, pairs: Pairs): void {
  const known = pairs.flatMap(([label, value]) =>
    value === undefined ? [] : [[safeText(label), safeText(value)] as const]
  );
  if (known.length === 0) return;
  if (title !== "") {
    out.line();
    out.line(out.dim(title));
  }
  if (known.some(([label]) => label !== "")) return out.pairs(known);
  for (const [, value] of known) out.line(`  ${value}`);
}

/** What it has used, as bars from the oldest to the latest. */
export function printUsage(out: Output, { intervalMs, usage, limits = {} }: ProcessUsageReport, over: Duration): void {
  out.line();
  out.line(out.dim(`USE OF THE LAST ${over}, EVERY ${new Duration(intervalMs)}`));
  if (usage.length === 0) return out.line("  nothing was measured");
  const { cpuThreshold = 0, memoryThresholdBytes = 0 } = limits;
  const count = (value: number) => readableNumber(value);
  const series = [
    ["cpu", "cpuPercent", readablePercent, cpuThreshold],
    ["memory", "rssBytes", readableBytes, memoryThresholdBytes],
    ["read/s", "readBytesPerSecond", readableBytes, 0],
    ["write/s", "writtenBytesPerSecond", readableBytes, 0],
    ["files", "openFiles", count, 0],
    ["threads", "threads", count, 0],
    ["processes", "processes", count, 0],
  ] as const;
  for (const [label, key, text, threshold] of series) {
    const values = usage.map((each) => each[key]);
    const spread = spreadOf(values);
    if (spread === undefined) continue;
    const { least, mean, most } = spread;
    const numbers = `min ${text(least)}  mean ${text(mean)}  max ${text(most)}`;
    const bound = threshold > 0 ? `  threshold ${text(threshold)}` : "";
    const bars = sparkline(values, SPARKLINE_WIDTH).padEnd(Math.min(SPARKLINE_WIDTH, values.length));
    out.line(`  ${out.dim(label.padEnd(9))}  ${bars}  ${numbers}${bound}`);
  }
}

function atTime(timeMs: number, nowMs: number): string {
  return `${localTime(timeMs)} (${ageText(timeMs, nowMs)} ago)`;
}

function inTime(timeMs: number, nowMs: number): string {
  return `in ${ageText(nowMs, timeMs)}`;
}

/** The wall clock may have been set back since. */
function ageText(fromMs: number, toMs: number): string {
  return roughly(new Duration(Math.max(0, toMs - fromMs)));
}
