import { systemClock } from "../core/mod.ts";
import { processList, type ProcessView } from "../protocol/mod.ts";
import { command, type CommandFile } from "./command.ts";
import type { CliContext } from "./context.ts";
import type { AgentReach } from "./reach.ts";
import { collectLabel, inOrder, isMeant, labelsOption, pickIds, statesOption } from "./process/selection.ts";
import { processTable } from "./process/table.ts";
import { safeText } from "./safe_text.ts";
import { paintLine } from "./top/lines.ts";

interface PsOptions {
  readonly label?: readonly string[];
  readonly state?: string;
  readonly wide?: boolean;
  readonly quiet?: boolean;
}

const NONE = `No processes are supervised on this host. To add one:
  agent process add web -- /usr/bin/program --its-option
or write it under "processes:" in the config and run "agent reload":
  processes:
    - id: web
      command: [/usr/bin/program, --its-option]`;

/** Of a terminal that does not tell its size. */
const DEFAULT_COLUMNS = 80;

export const psCommand: CommandFile = {
  build: (contextOf) =>
    command("ps", "list the supervised processes: state, since when, use, last exit and why", [
      "agent ps",
      "agent ps web worker-2",
      "agent ps --label tier=web --state failed,backoff",
      "agent ps --json | jq '.processes[] | select(.restarts > 0) | .id'",
    ])
      .argument("[id...]", "ids of processes, or of all replicas of one")
      .option("--label <name=value>", "only those with this label; may be repeated", collectLabel)
      .option("--state <states>", "only those in these states, separated by commas")
      .option("-w, --wide", "tell more of each, however long the lines become")
      .option("-q, --quiet", "print the ids alone")
      .option("--json", "print JSON")
      .action((ids: string[], options: PsOptions, self) => ps(contextOf(self), ids, options)),
};

async function ps(context: CliContext, ids: readonly string[], options: PsOptions): Promise<void> {
  const { out, terminal, colour, signal } = context;
  const all = await listProcesses(await context.agent(), signal, options);
  const processes = isNarrowed(options)
    ? all.filter((view) => ids.length === 0 || ids.some((id) => isMeant(view, id)))
    : pickIds(all, ids);
  if (out.json) return out.data({ processes });
  if (options.quiet === true) return processes.forEach(({ id }) => out.line(safeText(id)));
  if (processes.length === 0) return out.line(isNarrowed(options) ? "No process matches" : NONE);
  const { wide = false } = options;
  const width = terminal.isTerminal && !wide ? terminal.size?.()?.columns || DEFAULT_COLUMNS : Infinity;
  for (const line of processTable(processes, { nowMs: systemClock.nowMs(), width, wide })) {
    out.line(paintLine(line, width, colour).trimEnd());
  }
}

function isNarrowed({ label = [], state }: PsOptions): boolean {
  return label.length > 0 || state !== undefined;
}

/** The processes that the options leave, in their order. */
export async function listProcesses(
  agent: AgentReach,
  signal: AbortSignal,
  { label = [], state }: Pick<PsOptions, "label" | "state"> = {},
): Promise<ProcessView[]> {
  const labels = Object.entries(labelsOption(label));
  const [first] = labels;
  const query = new URLSearchParams({
    ...(first === undefined ? {} : { label: first.join("=") }),
    ...(state === undefined ? {} : { state: statesOption(state).join(",") }),
  });
  const path = query.size === 0 ? "/v1/processes" : `/v1/processes?${query}`;
  const { processes } = processList().parse(await agent.ask(path, { signal }));
  // The agent takes one label; what the others ask for is looked at here.
  return inOrder(processes.filter((view) => labels.every(([name, value]) => view.labels[name] === value)));
}
