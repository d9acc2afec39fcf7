import { AppError } from "../core/mod.ts";
import { command, type CommandFile, durationOption } from "./command.ts";
import type { CliContext } from "./context.ts";
import { namesOf, type StopOutcome } from "./daemon.ts";
import { safeText } from "./safe_text.ts";

export interface StopOptions {
  readonly timeout: string;
  readonly force?: boolean;
  readonly withProcesses?: boolean;
}

/** Where what goes on running can be ended, and where it is found again. */
const HOW_TO_END = '"agent stop --with-processes" ends them too; "agent start" takes them over again';

export const stopCommand: CommandFile = {
  build: (contextOf) =>
    command("stop", "stop the agent gracefully; the processes that it supervises go on running", [
      "agent stop",
      "agent stop --with-processes",
      "agent stop --timeout 2m",
      "agent stop --timeout 5s --force",
    ])
      .option("--timeout <duration>", "how long its parts may take to stop", "30s")
      .option("--with-processes", "stop all processes that it supervises as well")
      .option("--force", "kill it when it has not stopped in time")
      .option("--json", "print JSON")
      .action(async (options: StopOptions, self) => {
        const context = contextOf(self);
        const outcome = await stop(context, options);
        context.out.either(outcome, () => context.out.line(stopText(outcome, HOW_TO_END)));
        const failure = unstoppedText(outcome, options);
        if (failure !== "") throw new AppError("timeout", failure);
      }),
};

/** A failure to stop is thrown; what had to be given up is in the outcome. */
export async function stop(context: CliContext, options: StopOptions): Promise<StopOutcome> {
  const { timeout, force = false, withProcesses = false } = options;
  const timeoutMs = durationOption(timeout).ms;
  return await (await context.daemon()).stop({ timeoutMs, force, withProcesses, signal: context.signal });
}

export function stopText({ pid, killed, processes }: StopOutcome, advice = ""): string {
  const parts = [`agent ${killed ? "killed" : "stopped"}, pid ${pid}`];
  const { stopped = 0, left = 0 } = processes ?? {};
  if (stopped > 0) parts.push(`${countOf(stopped)} stopped with it`);
  if (left > 0) parts.push(`${countOf(left)} ${left === 1 ? "goes" : "go"} on running`);
  return parts.join("; ") + (left === 0 || advice === "" ? "" : ` (${advice})`);
}

export function countOf(processes: number): string {
  return `${processes} ${processes === 1 ? "process" : "processes"}`;
}

/** What has not stopped as it should have; "" if all has. */
export function unstoppedText(outcome: StopOutcome, { withProcesses = false }: Partial<StopOptions> = {}): string {
  const { unstopped, processes } = outcome;
  const failures = [
    ...(unstopped.length === 0 ? [] : [`these would not stop in time: ${namesOf(unstopped)}`]),
    ...(processes === undefined || processes.unstopped.length === 0
      ? []
      : [`these processes would not end: ${processes.unstopped.map(safeText).join(", ")}`]),
    ...(withProcesses && processes === undefined ? ["what it supervised may still run: it did not say"] : []),
  ];
  return failures.length === 0 ? "" : `The agent has ended, but ${failures.join("; ")}`;
}
