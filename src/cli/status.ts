import { AppError, Duration } from "../core/mod.ts";
import { type AgentStatus, PROCESS_STATES } from "../protocol/mod.ts";
import { command, type CommandFile } from "./command.ts";
import { localTime, type Output, type Paint, roughly } from "./output.ts";
import { readableBytes } from "./units.ts";

export const statusCommand: CommandFile = {
  build: (contextOf) =>
    command("status", "show whether the agent runs, where its files are and how its parts do", [
      "agent status",
      "agent status --json | jq .state",
    ])
      .option("--json", "print JSON")
      .action(async (_, self) => {
        const { out, agent } = contextOf(self);
        const status = await (await agent()).status();
        out.either(status, () => printStatus(out, status));
        if (status.state === "failed") throw new AppError("unavailable", "The agent runs, but a component has failed");
      }),
};

/** Clocks that differ by less do no harm. */
const NOTICED_SKEW_MS = 5_000;

export function printStatus(out: Output, status: AgentStatus): void {
  const since = `since ${localTime(status.startedMs)} (${roughly(new Duration(Math.round(status.uptimeMs)))})`;
  out.line(`${paintOf(out, status.state)?.("●") ?? "●"} agent is ${out.bold(status.state)} ${since}`);
  const { primary } = status.addresses;
  const address = [primary.v4, primary.v6].flatMap((source) =>
    source === undefined ? [] : [`${source.address} (${source.interface ?? "?"})`]
  );
  out.pairs([
    ["pid", String(status.pid)],
    ["version", `${status.version} (${status.commit}, ${status.target})`],
    ["host", status.id === undefined ? status.hostname : `${status.hostname}, id ${status.id}`],
    ["mode", status.mode],
    ...managerPairs(status),
    ["config", status.config.file ?? "none: running on defaults"],
    ["log", `${status.paths.logFile} (${status.logLevel})`],
    ["work dir", status.paths.workDir],
    ["socket", status.paths.socket],
    ...(status.listen === null ? [] : [["listen", status.listen] as const]),
    ["address", address.length === 0 ? "none: no route to anywhere" : address.join(", ")],
    ["memory", `${readableBytes(status.memory.rssBytes)} resident`],
    ...processesPair(status),
  ]);
  out.line();
  const rows = status.components.map((
    { name, state, sinceMs, reason },
  ) => [name, state, localTime(sinceMs), reason ?? ""]);
  out.table(
    ["COMPONENT", "STATE", "SINCE", "REASON"],
    rows,
    (column, text) => column === 1 ? paintOf(out, text) : undefined,
  );
  for (const warning of status.config.warnings) out.line(`${out.yellow("warning:")} ${warning}`);
}

/** How the agent stands with its manager; nothing where it has none. */
function managerPairs({ manager }: AgentStatus): [label: string, value: string][] {
  if (manager === undefined) return [];
  const { state, url = "", name, sinceMs, reason, latencyMs, clockSkewMs = 0 } = manager;
  const details = [
    ...(name === undefined ? [] : [`as ${name}`]),
    `${state} since ${localTime(sinceMs)}`,
    ...(latencyMs === undefined ? [] : [`${Math.round(latencyMs)} ms away`]),
    ...(Math.abs(clockSkewMs) < NOTICED_SKEW_MS ? [] : [`clocks differ by ${Math.round(clockSkewMs / 1000)} s`]),
  ];
  const why: [string, string][] = state === "connected" ? [] : [["", reason]];
  return [["manager", `${url}, ${details.join(", ")}`], ...why];
}

/** `12: 10 running, 1 backoff, 1 failed`; nothing where there are none. */
export function processesPair({ processes }: AgentStatus): [label: string, value: string][] {
  if (processes === undefined || processes.total === 0) return [];
  const { total, byState } = processes;
  const states = PROCESS_STATES.flatMap((state) => (byState[state] ?? 0) > 0 ? [`${byState[state]} ${state}`] : []);
  return [["processes", [String(total), ...(states.length === 0 ? [] : [states.join(", ")])].join(": ")]];
}

function paintOf(out: Output, state: string): Paint | undefined {
  if (state === "ok") return out.green;
  return state === "failed" ? out.red : out.yellow;
}
