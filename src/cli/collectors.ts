import { Duration, systemClock } from "../core/mod.ts";
import { type CollectorsReport, collectorsReport, type CollectorStatus } from "../protocol/mod.ts";
import { command, type CommandFile } from "./command.ts";
import { type Output, type Paint, roughly } from "./output.ts";
import { safeText } from "./safe_text.ts";
import { ABSENT, readableBytes, readableMs } from "./units.ts";

export const collectorsCommand: CommandFile = {
  build: (contextOf) =>
    command("collectors", "show what is measured on this host, how often, and what cannot be", [
      "agent collectors",
      "agent collectors --json | jq '.collectors[] | select(.state == \"failed\")'",
    ])
      .option("--json", "print JSON")
      .action(async (_, self) => {
        const { out, agent, signal } = contextOf(self);
        const report = collectorsReport().parse(await (await agent()).ask("/v1/collectors", { signal }));
        out.either(report, () => printCollectors(out, report, systemClock.nowMs()));
      }),
};

export function printCollectors(out: Output, { collectors, history }: CollectorsReport, nowMs: number): void {
  out.table(
    ["COLLECTOR", "STATE", "INTERVAL", "LAST READING", "TOOK", "REASON"],
    collectors.map((status) => rowOf(status, nowMs)),
    (column, text) => column === 1 ? paintOf(out, text) : undefined,
  );
  out.line();
  const { bytes, maxBytes, series, refused } = history;
  out.line(`history: ${series} series in ${readableBytes(bytes)} of at most ${readableBytes(maxBytes)}`);
  if (refused > 0) {
    const remedy = "raise collectors.history.max_size";
    out.line(
      `${out.yellow("warning:")} ${refused} series are not remembered, because the memory is used up: ${remedy}`,
    );
  }
}

function rowOf({ name, state, intervalMs, lastMs, durationMs, reason = "" }: CollectorStatus, nowMs: number): string[] {
  return [
    safeText(name),
    state,
    intervalMs === undefined ? ABSENT : String(new Duration(intervalMs)),
    // The wall clock may have been set back since.
    lastMs === undefined ? ABSENT : `${roughly(new Duration(Math.max(0, nowMs - lastMs)))} ago`,
    readableMs(durationMs),
    safeText(reason),
  ];
}

function paintOf(out: Output, state: string): Paint | undefined {
  if (state === "ok") return out.green;
  if (state === "failed") return out.red;
  return state === "partial" ? out.yellow : out.dim;
}
