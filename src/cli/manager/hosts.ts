import type { Command } from "commander";
import { Duration, systemClock } from "../../core/mod.ts";
import { type HostPatch, hostRemoval, type HostView, hostView } from "../../protocol/mod.ts";
import { command } from "../command.ts";
import { printHosts } from "../hosts.ts";
import { localTime, type Output, roughly } from "../output.ts";
import { labelsText } from "../process/words.ts";
import { findHost, listHosts } from "../remote/find_hosts.ts";
import { safeText } from "../safe_text.ts";
import type { ManagerCommandFile, ManagerContext } from "./context.ts";
import { readLabels } from "./labels.ts";

type Of = (self: Command) => ManagerContext;

interface ListOptions {
  readonly select?: string;
  readonly state?: string;
  readonly text?: string;
}

export const hostsCommand: ManagerCommandFile = {
  build: (contextOf) =>
    listCommand(contextOf, "hosts")
      .addCommand(listCommand(contextOf, "list"))
      .addCommand(showCommand(contextOf))
      .addCommand(renameCommand(contextOf))
      .addCommand(labelCommand(contextOf))
      .addCommand(drainCommand(contextOf))
      .addCommand(removeCommand(contextOf)),
};

function listCommand(contextOf: Of, name: "hosts" | "list"): Command {
  return command(name, name === "hosts" ? "list, show, rename, label, drain and remove hosts" : "list the hosts", [
    "agent manager hosts",
    "agent manager hosts list --select env=prod --state offline",
    "agent manager hosts label web-1 env=prod team=shop",
    "agent manager hosts remove web-1",
  ])
    .option("--select <selector>", "only those that all these terms hold for: env=prod,name=web-*")
    .option("--state <states>", "only those in these states, separated by commas")
    .option("--text <text>", "only those with this in their name, address or labels")
    .option("--json", "print JSON")
    .action(async (_: unknown, self: Command) => {
      const context = contextOf(self);
      // Given after `list` too, they are taken for options of `hosts`, which has the same.
      const { select, state, text } = self.optsWithGlobals<ListOptions>();
      const given = { ...(select && { select }), ...(state && { state }), ...(text && { text }), sort: "name" };
      const hosts = await listHosts(await context.api(), context.signal, given);
      context.out.either({ hosts }, () => {
        if (hosts.length > 0) printHosts(context, hosts);
        else context.out.line('No hosts; "agent manager token create" prints the commands that add one');
      });
    });
}

function showCommand(contextOf: Of): Command {
  return command("show", "show all that is known of a host", ["agent manager hosts show web-1"])
    .argument("<host>", "its name or id")
    .option("--json", "print JSON")
    .action(async (name: string, _: unknown, self: Command) => {
      const { out, api, signal } = contextOf(self);
      const host = await findHost(await api(), signal, name);
      out.either(host, () => printHost(out, host));
    });
}

function renameCommand(contextOf: Of): Command {
  return command("rename", "give a host another name", ["agent manager hosts rename web-1 shop-1"])
    .argument("<host>", "its name or id")
    .argument("<name>", "its new name")
    .option("--json", "print JSON")
    .action(async (host: string, name: string, _: unknown, self: Command) => {
      const { before, after } = await change(contextOf(self), host, () => ({ name }));
      contextOf(self).out.either(after, () => contextOf(self).out.line(`${before} is ${safeText(after.name)} now`));
    });
}

function labelCommand(contextOf: Of): Command {
  return command("label", "set labels of a host, or take them away with KEY-", [
    "agent manager hosts label web-1 env=prod team=shop",
    "agent manager hosts label web-1 team-",
  ])
    .argument("<host>", "its name or id")
    .argument("<label...>", "key=value to set, key- to take away")
    .option("--json", "print JSON")
    .action(async (host: string, words: string[], _: unknown, self: Command) => {
      const { out } = contextOf(self);
      const edit = readLabels(words);
      const { before, after } = await change(contextOf(self), host, ({ labels }) => ({ labels: edit(labels) }));
      out.either(after, () => out.line(`${before}: ${safeText(labelsText(after.labels)) || "no labels"}`));
    });
}

function drainCommand(contextOf: Of): Command {
  return command("drain", "begin no tasks on a host any more, or again with --off", [
    "agent manager hosts drain web-1",
    "agent manager hosts drain web-1 --off",
  ])
    .argument("<host>", "its name or id")
    .option("--off", "begin tasks there again")
    .option("--json", "print JSON")
    .action(async (host: string, { off = false }: { off?: boolean }, self: Command) => {
      const { out } = contextOf(self);
      const { before, after } = await change(contextOf(self), host, () => ({ drained: !off }));
      out.either(
        after,
        () => out.line(after.drained ? `${before} is drained: no tasks are begun there` : `${before} takes tasks`),
      );
    });
}

function removeCommand(contextOf: Of): Command {
  return command("remove", "forget a host; its agent is refused from then on, until it joins anew", [
    "agent manager hosts remove web-1",
  ])
    .argument("<host>", "its name or id")
    .option("--json", "print JSON")
    .action(async (name: string, _: unknown, self: Command) => {
      const { out, api, signal } = contextOf(self);
      const manager = await api();
      const { id } = await findHost(manager, signal, name);
      const path = `/api/v1/hosts/${encodeURIComponent(id)}`;
      const removed = hostRemoval().parse(await manager.call(path, { method: "DELETE", signal }));
      out.either(removed, () => out.line(`removed ${safeText(removed.name)}`));
    });
}

async function change(
  { api, signal }: ManagerContext,
  name: string,
  patchOf: (host: HostView) => HostPatch,
): Promise<{ readonly before: string; readonly after: HostView }> {
  const manager = await api();
  const host = await findHost(manager, signal, name);
  const request = { method: "PATCH", body: patchOf(host), signal } as const;
  const after = hostView().parse(await manager.call(`/api/v1/hosts/${encodeURIComponent(host.id)}`, request));
  return { before: safeText(host.name), after };
}

function printHost(out: Output, host: HostView): void {
  const { facts } = host;
  const since = roughly(new Duration(Math.max(0, systemClock.nowMs() - host.sinceMs)));
  const text = (value: string | number | undefined) => value === undefined ? [] : [safeText(String(value))];
  const rows: (readonly [string, readonly string[]])[] = [
    ["id", [host.id]],
    ["state", [`${host.state} for ${since}${host.reason === "" ? "" : ` (${safeText(host.reason)})`}`]],
    ["kind", [host.drained ? `${host.kind}, drained` : host.kind]],
    ["labels", text(labelsText(host.labels) || undefined)],
    ["address", text(host.address)],
    ["hostname", text(facts?.hostname)],
    ["system", text(facts === undefined ? undefined : `${facts.osName ?? facts.os} ${facts.arch}`)],
    ["version", text(facts?.version)],
    ["enrolled", [localTime(host.enrolledMs)]],
    ["last seen", host.lastSeenMs === undefined ? [] : [localTime(host.lastSeenMs)]],
    ["processes", [`${host.processes.total}, ${host.processes.bad} of them in trouble`]],
    ...host.duplicates.map(({ timeMs, address, hostname }) =>
      ["also claimed by", [safeText(`${hostname} at ${address}, ${localTime(timeMs)}`)]] as const
    ),
  ];
  out.line(out.bold(safeText(host.name)));
  out.pairs(rows.flatMap(([label, values]) => values.map((value) => [label, value] as const)));
}
