import { AppError, Duration } from "../../core/mod.ts";
import { HOST_STATES, type ManagerStatus } from "../../protocol/mod.ts";
import { command } from "../command.ts";
import { localTime, type Output, type Paint, roughly } from "../output.ts";
import { readableBytes } from "../units.ts";
import type { ManagerCommandFile } from "./context.ts";

export const statusCommand: ManagerCommandFile = {
  build: (contextOf) =>
    command("status", "show whether the manager runs, where it is reached and how its parts do", [
      "agent manager status",
      "agent manager status --json | jq -r .caFingerprint",
    ])
      .option("--json", "print JSON")
      .action(async (_, self) => {
        const { out, daemon } = contextOf(self);
        const status = await (await daemon()).status();
        out.either(status, () => printStatus(out, status));
        if (status.state === "failed") {
          throw new AppError("unavailable", "The manager runs, but a component has failed");
        }
      }),
};

function printStatus(out: Output, status: ManagerStatus): void {
  const since = `since ${localTime(status.startedMs)} (${roughly(new Duration(Math.round(status.uptimeMs)))})`;
  out.line(`${paintOf(out, status.state)?.("●") ?? "●"} manager is ${out.bold(status.state)} ${since}`);
  out.pairs([
    ["pid", String(status.pid)],
    ["version", `${status.version} (${status.commit ?? "?"}, ${status.target})`],
    ["url", status.url],
    ["listen", status.listen],
    ...(status.caFingerprint === undefined ? [] : [["authority", status.caFingerprint] as const]),
    ["config", status.config.file ?? "none: running on defaults"],
    ["log", status.paths.logFile],
    ["data dir", status.paths.dataDir],
    ["socket", status.paths.socket],
    ["memory", `${readableBytes(status.memory.rssBytes)} resident`],
    ["hosts", hostsText(status)],
  ]);
  if (status.setupNeeded) {
    out.line(`  ${out.yellow("no users yet:")} agent manager setup-link prints the link for the first`);
  }
  out.line();
  out.table(
    ["COMPONENT", "STATE", "SINCE", "REASON"],
    status.components.map(({ name, state, sinceMs, reason }) => [name, state, localTime(sinceMs), reason ?? ""]),
    (column, text) => column === 1 ? paintOf(out, text) : undefined,
  );
  for (const warning of status.config.warnings) out.line(`${out.yellow("warning:")} ${warning}`);
}

/** `12: 10 online, 2 offline` */
function hostsText({ hosts }: ManagerStatus): string {
  const states = HOST_STATES.flatMap((state) => (hosts[state] ?? 0) > 0 ? [`${hosts[state]} ${state}`] : []);
  const total = HOST_STATES.reduce((sum, state) => sum + (hosts[state] ?? 0), 0);
  return [String(total), ...(states.length === 0 ? [] : [states.join(", ")])].join(": ");
}

function paintOf(out: Output, state: string): Paint | undefined {
  if (state === "ok") return out.green;
  return state === "failed" ? out.red : out.yellow;
}
