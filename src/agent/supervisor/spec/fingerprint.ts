import { createHash } from "node:crypto";
import type { ProcessSpec } from "./process_spec.ts";

const LENGTH = 32;

/** What only a restart of the program can put in force; the rest of a spec is the supervisor's own affair. */
type Lasting = Pick<
  ProcessSpec,
  "argv" | "workDir" | "envFile" | "account" | "ulimits" | "log" | "heartbeat" | "match"
>;

/**
 * Tells specs apart by what their program was started with. The variables that it has from the agent do not count: a
 * new agent that was started in another way, from a shell instead of at boot, must not find everything changed.
 */
export function fingerprintOf(spec: Lasting, ownEnv: Readonly<Record<string, string>>): string {
  const { argv, workDir, envFile, account, ulimits, log, heartbeat, match } = spec;
  const lasting = {
    ...{ argv, workDir, envFile, ulimits },
    env: ownEnv,
    account: { user: account.user, group: account.group, umask: account.umask, nice: account.nice },
    output: [log.stdout, log.stderr],
    talk: [heartbeat.socketPath, heartbeat.notify],
    match: match === null ? null : [match.name, match.commandLine?.source ?? "", match.pidFile, match.port],
  };
  return createHash("sha256").update(JSON.stringify(sorted(lasting))).digest("hex").slice(0, LENGTH);
}

/** The same for the same content, in whatever order it was written. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1);
  return entries.map(([name, child]) => [name, sorted(child)]);
}
