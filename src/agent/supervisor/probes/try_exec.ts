import { basename } from "node:path";
import { type Clock, Duration, messageOf, oneLine } from "../../../core/mod.ts";
import { type CommandRun, runCommand, spawnCommand } from "../../../platform/mod.ts";
import type { ProbeTarget } from "../spec/process_spec.ts";
import type { ProbeContext } from "./context.ts";
import type { Outcome } from "./probe_policy.ts";

type ExecTarget = Extract<ProbeTarget, { type: "exec" }>;

/** Of a command's output its last line is shown; more is read, and thrown away. */
const TAIL_BYTES = 1024;
const MAX_SHOWN = 160;

/** Good when the command exits with 0. When its time is over it is ended, with all that it has started. */
export function execAttempt({ argv }: ExecTarget, timeoutMs: number, context: ProbeContext, clock: Clock) {
  const what = oneLine(basename(argv[0]), MAX_SHOWN); // its arguments may hold secrets
  const limits = { timeoutMs, maxOutputBytes: Infinity, tailBytes: TAIL_BYTES };
  /** The pid of a command that outlived SIGKILL, for as long as it does: more of them would only pile up. */
  let stuck: number | null = null;
  return async (signal: AbortSignal): Promise<Outcome> => {
    signal.throwIfAborted();
    if (stuck !== null) return { ok: false, reason: `${what}: an earlier one cannot be killed: process ${stuck}` };
    let group: ReturnType<typeof spawnCommand>;
    try {
      group = spawnCommand({ argv, ...context });
    } catch (error) {
      const why = messageOf(error).replace(/ \(os error \d+\)/g, "");
      return { ok: false, reason: oneLine(`${what} cannot be started: ${why}`, MAX_SHOWN) };
    }
    const run = await runCommand(group, limits, clock, signal);
    if (run.status === null) {
      stuck = group.pid;
      group.exited.then(() => stuck = null);
    }
    signal.throwIfAborted();
    return judged(run, what, timeoutMs);
  };
}

function judged({ killedFor, status, stdout, stderr }: CommandRun, what: string, timeoutMs: number): Outcome {
  const said = lastLine(stderr) || lastLine(stdout);
  const ending = said === "" ? "" : `: ${said}`;
  if (killedFor !== null || status === null) {
    return { ok: false, reason: `${what} did not end within ${new Duration(timeoutMs)}${ending}` };
  }
  if (status.signal !== null) return { ok: false, reason: `${what} was ended by ${status.signal}${ending}` };
  return { ok: status.code === 0, reason: `${what} exited with ${status.code}${ending}` };
}

function lastLine(output: Uint8Array): string {
  const lines = new TextDecoder().decode(output).trimEnd().split(/[\r\n]+/);
  return oneLine(lines.at(-1) ?? "", MAX_SHOWN);
}
