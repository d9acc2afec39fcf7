import { AppError } from "../core/mod.ts";
import { command, type CommandFile, durationOption } from "./command.ts";
import type { CliContext } from "./context.ts";
import { namesOf, type StopOutcome } from "./daemon.ts";

export interface StopOptions {
  readonly timeout: string;
  readonly force?: boolean;
}

export const stopCommand: CommandFile = {
  build: (contextOf) =>
    command("stop", "stop the agent gracefully", [
      "agent stop",
      "agent stop --timeout 2m",
      "agent stop --timeout 5s --force",
    ])
      .option("--timeout <duration>", "how long its parts may take to stop", "30s")
      .option("--force", "kill it when it has not stopped in time")
      .option("--json", "print JSON")
      .action(async (options: StopOptions, self) => {
        const context = contextOf(self);
        const outcome = await stop(context, options);
        context.out.either(outcome, () => context.out.line(stopText(outcome)));
        if (outcome.unstopped.length > 0) throw new AppError("timeout", unstoppedText(outcome));
      }),
};

/** A failure to stop is thrown; components that had to be given up are in the outcome. */
export async function stop(context: CliContext, { timeout, force = false }: StopOptions): Promise<StopOutcome> {
  const timeoutMs = durationOption(timeout).ms;
  return await (await context.daemon()).stop({ timeoutMs, force, signal: context.signal });
}

export function stopText({ pid, killed }: StopOutcome): string {
  return `agent ${killed ? "killed" : "stopped"}, pid ${pid}`;
}

export function unstoppedText({ unstopped }: StopOutcome): string {
  return `The agent has ended, but these would not stop in time: ${namesOf(unstopped)}`;
}
