import { AppError } from "../../core/mod.ts";
import { command, durationOption } from "../command.ts";
import { namesOf, type StopOutcome } from "../daemon.ts";
import type { ManagerCommandFile, ManagerContext } from "./context.ts";

export interface StopOptions {
  readonly timeout: string;
  readonly force?: boolean;
}

export const stopCommand: ManagerCommandFile = {
  build: (contextOf) =>
    command("stop", "stop the manager gracefully; agents go on by themselves and come back to it later", [
      "agent manager stop",
      "agent manager stop --timeout 5s --force",
    ])
      .option("--timeout <duration>", "how long its parts may take to stop", "30s")
      .option("--force", "kill it when it has not stopped in time")
      .option("--json", "print JSON")
      .action(async (options: StopOptions, self) => {
        const context = contextOf(self);
        const outcome = await stop(context, options);
        context.out.either(outcome, () => context.out.line(stopText(outcome)));
        const failure = unstoppedText(outcome);
        if (failure !== "") throw new AppError("timeout", failure);
      }),
};

export async function stop(context: ManagerContext, { timeout, force = false }: StopOptions): Promise<StopOutcome> {
  const timeoutMs = durationOption(timeout).ms;
  return await (await context.daemon()).stop({ timeoutMs, force, signal: context.signal });
}

export function stopText({ pid, killed }: StopOutcome): string {
  return `manager ${killed ? "killed" : "stopped"}, pid ${pid}`;
}

/** What has not stopped as it should have; "" if all has. */
export function unstoppedText({ unstopped }: StopOutcome): string {
  return unstopped.length === 0 ? "" : `The manager has ended, but these would not stop in time: ${namesOf(unstopped)}`;
}
