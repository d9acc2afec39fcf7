/** How what an agent tells of a process is worded, in every command that shows it. */
import type { ProcessExit, ProcessState, ProcessView } from "../../protocol/mod.ts";
import type { Style } from "../output.ts";
import { ABSENT } from "../units.ts";

/** From here on, a code of Windows is an NTSTATUS, which everybody knows by its hexadecimal form. */
const FIRST_STATUS = 0x8000_0000;

const STATE_STYLES: Readonly<Record<ProcessState, Style>> = {
  starting: "cyan",
  running: "green",
  unhealthy: "yellow",
  backoff: "yellow",
  stopping: "cyan",
  stopped: "dim",
  failed: "red",
  adopted: "green",
};

export function stateStyle(state: ProcessState): Style {
  return STATE_STYLES[state];
}

/** `exit 1`, `SIGSEGV (core)`; `unknown` for an end that nobody has seen. */
export function exitText(exit: ProcessExit | undefined): string {
  if (exit === undefined) return ABSENT;
  const { code, signal, coreDumped = false } = exit;
  if (signal !== undefined) return signal + (coreDumped ? " (core)" : "");
  if (code === undefined) return "unknown";
  return `exit ${code >= FIRST_STATUS ? `0x${code.toString(16)}` : code}`;
}

/** The worst of all probes, and which one that is where it is bad. */
export function probeText({ probes }: Pick<ProcessView, "probes">): string {
  if (probes.length === 0) return ABSENT;
  const bad = probes.find(({ result }) => result === "bad");
  if (bad !== undefined) return `${bad.probe} bad`;
  return probes.some(({ result }) => result === "waiting") ? "waiting" : "good";
}

export function probeStyle(view: Pick<ProcessView, "probes">): Style | undefined {
  if (view.probes.length === 0) return undefined;
  if (view.probes.some(({ result }) => result === "bad")) return "red";
  return view.probes.some(({ result }) => result === "waiting") ? "dim" : undefined;
}

export function labelsText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels).map(([name, value]) => `${name}=${value}`).join(",");
}

/** The command line as one could type it. */
export function commandText(argv: readonly string[]): string {
  return argv.map((word) => /^[\w@%+=:,./\\-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}
