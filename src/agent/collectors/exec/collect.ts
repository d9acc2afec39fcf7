import { AppError, messageOf, oneLine } from "../../../core/mod.ts";
import { commandEnvironment, type CommandGroup, runCommand, spawnCommand } from "../../../platform/mod.ts";
import type { ExecSample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig, Reading } from "../contract.ts";
import { failed, type Verdict, verdictOf } from "./output.ts";

type ExecOptions = CollectorsConfig["exec"][number];

const MAX_REASON_LENGTH = 200;

/** Runs one command at each collection. Closing it ends a run that is under way, which is then nobody's. */
export function createExec(options: ExecOptions, { clock }: CollectorDeps): Collector<ExecSample> {
  const closing = new AbortController();
  const limits = { timeoutMs: options.timeout.ms, maxOutputBytes: options.max_output.bytes };
  /** The pid of a command that outlived SIGKILL, for as long as it does. */
  let stuck: number | null = null;

  const run = async (signal: AbortSignal): Promise<Verdict> => {
    if (stuck !== null) return failed(`the run before it could not be killed: process ${stuck}`);
    const group = started(options);
    if (typeof group === "string") return failed(group);
    const result = await runCommand(group, limits, clock, signal);
    if (result.status === null) {
      stuck = group.pid;
      group.exited.then(() => stuck = null);
    }
    return verdictOf(result, options);
  };
  return {
    async collect(signal): Promise<Reading<ExecSample>> {
      const either = AbortSignal.any([signal, closing.signal]);
      either.throwIfAborted();
      const startedMs = clock.monotonicMs();
      const verdict = await run(either);
      either.throwIfAborted();
      return {
        sample: { name: options.name, ...verdict, durationMs: clock.monotonicMs() - startedMs },
        problems: verdict.reason === undefined ? [] : [verdict.reason],
      };
    },
    close: () => closing.abort(new AppError("cancelled", `The command ${options.name} was stopped`)),
  };
}

/** The running command, or why it does not run. */
function started({ command, work_dir }: ExecOptions): CommandGroup | string {
  const [program = "", ...args] = command;
  try {
    const cwd = work_dir === "" ? undefined : work_dir;
    return spawnCommand({ argv: [program, ...args], cwd, env: commandEnvironment() });
  } catch (error) {
    const reason = messageOf(error).replace(/ \(os error \d+\)/g, "");
    return oneLine(`it cannot be started: ${reason}`, MAX_REASON_LENGTH);
  }
}
