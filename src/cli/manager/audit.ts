import type { Command } from "commander";
import { AppError } from "../../core/mod.ts";
import { type AuditEntry, auditList, auditVerification } from "../../protocol/mod.ts";
import { command } from "../command.ts";
import { localTime, type Paint } from "../output.ts";
import { findHost } from "../remote/find_hosts.ts";
import { safeText } from "../safe_text.ts";
import type { ManagerCommandFile, ManagerContext } from "./context.ts";

interface ListOptions {
  readonly actor?: string;
  readonly action?: string;
  readonly target?: string;
  readonly since?: string;
  readonly lines: string;
}

type Of = (self: Command) => ManagerContext;

const PATH = "/api/v1/audit";
const PAGE = 1_000;

export const auditCommand: ManagerCommandFile = {
  build: (contextOf) =>
    command("audit", "show who has changed what, and check that nobody has changed that", [
      "agent manager audit list --since 24h",
      "agent manager audit verify",
    ])
      .addCommand(listCommand(contextOf))
      .addCommand(verifyCommand(contextOf)),
};

function listCommand(contextOf: Of): Command {
  return command("list", "show who has changed what, from where, with what result; the oldest first", [
    "agent manager audit list",
    "agent manager audit list --since 7d --actor ada",
    "agent manager audit list --action user.create --json",
  ])
    .option("--actor <name>", "only by this user, token:NAME, or local for this machine's owner")
    .option("--action <action>", "only this action, such as user.create")
    .option("--target <host>", "only what was done to this host")
    .option("--since <time>", "only since then: 24h, or 2026-03-01T12:00:00Z")
    .option("-n, --lines <count>", "how many of the latest", "100")
    .option("--json", "print JSON")
    .action(async (options: ListOptions, self: Command) => {
      const context = contextOf(self);
      const entries = await listEntries(context, options);
      const { out } = context;
      const paintCell = (column: number, text: string): Paint | undefined =>
        column === 5 && text !== "ok" ? out.red : undefined;
      out.either({ entries }, () => {
        if (entries.length === 0) return out.line("Nothing has been done yet");
        out.table(["TIME", "WHO", "FROM", "ACTION", "WHAT", "RESULT", "DETAILS"], entries.map(row), paintCell);
      });
    });
}

async function listEntries(context: ManagerContext, options: ListOptions): Promise<AuditEntry[]> {
  const most = Number(options.lines);
  if (!Number.isInteger(most) || most < 1) {
    throw new AppError("invalid_input", `--lines must be a number from 1 on, got "${options.lines}"`);
  }
  const api = await context.api();
  const { actor, action, since, target } = options;
  const host = target === undefined ? undefined : (await findHost(api, context.signal, target)).id;
  const entries: AuditEntry[] = [];
  let cursor: string | undefined;
  do {
    const given = { actor, action, since, host, cursor, limit: String(Math.min(PAGE, most - entries.length)) };
    const query = new URLSearchParams(
      Object.entries(given).flatMap(([name, value]) => value === undefined ? [] : [[name, value]]),
    );
    const page = auditList().parse(await api.call(`${PATH}?${query}`, { signal: context.signal }));
    entries.push(...page.entries);
    cursor = page.next;
  } while (cursor !== undefined && entries.length < most);
  return entries.reverse();
}

function row({ timeMs, actor, address, action, subject, result, details }: AuditEntry): string[] {
  const more = Object.keys(details).length === 0 ? "" : JSON.stringify(details);
  return [localTime(timeMs), actor, address || "-", action, subject, result, more].map(safeText);
}

function verifyCommand(contextOf: Of): Command {
  return command("verify", "check the whole chain: that no entry was changed, left out or moved", [
    "agent manager audit verify",
  ])
    .option("--json", "print JSON")
    .action(async (_, self: Command) => {
      const { out, api, signal } = contextOf(self);
      const found = auditVerification().parse(await (await api()).call(`${PATH}/verify`, { signal }));
      out.either(found, () => {
        if (found.ok) out.line(`${out.green("unbroken:")} ${found.entries} entries`);
      });
      if (!found.ok) {
        const where = found.firstBadSeq === undefined ? "" : ` at entry ${found.firstBadSeq}`;
        throw new AppError("conflict", `The audit is broken${where}: ${found.reason ?? "its hashes do not fit"}`);
      }
    });
}
