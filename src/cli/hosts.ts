import { Duration, systemClock } from "../core/mod.ts";
import type { HostState, HostView } from "../protocol/mod.ts";
import { command, type CommandFile } from "./command.ts";
import type { CliContext } from "./context.ts";
import { roughly, type Style } from "./output.ts";
import { labelsText } from "./process/words.ts";
import { listHosts } from "./remote/find_hosts.ts";
import { displayWidth, safeText } from "./safe_text.ts";
import { type Column, paintLine, tableLines } from "./top/lines.ts";
import { ABSENT, readableBytes, readablePercent } from "./units.ts";

interface HostsOptions {
  readonly select?: string;
  readonly state?: string;
  readonly text?: string;
  readonly quiet?: boolean;
}

const STATE_STYLES: Readonly<Record<HostState, Style>> = {
  online: "green",
  degraded: "yellow",
  unreachable: "yellow",
  offline: "red",
  unknown: "dim",
};
const WIDEST = 40;
const NONE = `No hosts. To add one, make a join token on the manager and run the command that it prints:
  agent manager token create`;

export const hostsCommand: CommandFile = {
  build: (contextOf) =>
    command("hosts", "list the hosts of the manager: state, since when, use, processes", [
      "agent hosts",
      "agent hosts --select env=prod,name=web-* --state offline,unreachable",
      "agent hosts --json | jq -r '.hosts[] | select(.processes.bad > 0) | .name'",
    ])
      .option("--select <selector>", "only those that all these terms hold for: env=prod,team!=db,name=web-*")
      .option("--state <states>", "only those in these states, separated by commas")
      .option("--text <text>", "only those with this in their name, address or labels")
      .option("-q, --quiet", "print the names alone")
      .option("--json", "print JSON")
      .action((options: HostsOptions, self) => hosts(contextOf(self), options)),
};

async function hosts(context: CliContext, options: HostsOptions): Promise<void> {
  const { out, signal } = context;
  const { quiet = false, select, state, text } = options;
  const filter = {
    ...(select === undefined ? {} : { select }),
    ...(state === undefined ? {} : { state }),
    ...(text === undefined ? {} : { text }),
  };
  const { api } = await context.manager();
  const found = await listHosts(api, signal, { ...filter, sort: "name" });
  if (out.json) return out.data({ hosts: found });
  if (quiet) return found.forEach(({ name }) => out.line(safeText(name)));
  if (found.length === 0) return out.line(Object.keys(filter).length > 0 ? "No host matches" : NONE);
  printHosts(context, found);
}

export function printHosts(
  { out, terminal, colour }: Pick<CliContext, "out" | "terminal" | "colour">,
  hosts: readonly HostView[],
): void {
  const width = terminal.isTerminal ? terminal.size?.()?.columns || 80 : Infinity;
  for (const line of tableLines(columnsOf(hosts, systemClock.nowMs()), hosts, width)) {
    out.line(paintLine(line, width, colour).trimEnd());
  }
}

function columnsOf(hosts: readonly HostView[], nowMs: number): Column<HostView>[] {
  const value = (host: HostView, series: string) => host.latest?.values[series];
  const columns: Column<HostView>[] = [
    { title: "NAME", align: "left", cell: ({ name }) => name },
    { title: "STATE", align: "left", cell: ({ state }) => state, style: ({ state }) => STATE_STYLES[state] },
    { title: "SINCE", align: "left", cell: ({ sinceMs }) => roughly(new Duration(Math.max(0, nowMs - sinceMs))) },
    { title: "CPU", cell: (host) => readablePercent(value(host, "cpu.usage_percent")) },
    { title: "MEMORY", cell: (host) => readablePercent(value(host, "memory.used_percent")) },
    { title: "DISK", cell: (host) => readablePercent(value(host, "disk.used_percent")) },
    { title: "IN/s", cell: (host) => readableBytes(value(host, "network.receive_bytes_per_second")), spare: 2 },
    { title: "OUT/s", cell: (host) => readableBytes(value(host, "network.transmit_bytes_per_second")), spare: 2 },
    {
      title: "PROCESSES",
      cell: ({ processes: { total, bad } }) => bad === 0 ? String(total) : `${total}, ${bad} bad`,
      style: ({ processes }) => processes.bad === 0 ? undefined : "red",
    },
    { title: "VERSION", align: "left", cell: ({ facts }) => facts?.version ?? ABSENT, spare: 3 },
    { title: "LABELS", align: "left", cell: ({ labels }) => labelsText(labels) || ABSENT, spare: 1 },
  ];
  const widest = ({ title, cell }: Column<HostView>) =>
    Math.min(WIDEST, hosts.reduce((most, host) => Math.max(most, displayWidth(safeText(cell(host)))), title.length));
  const sized = columns.map((column) => ({ ...column, width: widest(column) }));
  return [...sized, { title: "REASON", cell: ({ reason }) => reason }];
}
