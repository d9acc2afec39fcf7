import { AppError } from "../core/mod.ts";
import { command, type CommandFile, durationOption } from "./command.ts";
import type { CliContext } from "./context.ts";
import { namesOf } from "./daemon.ts";

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
        const { unstopped } = await stop(context, options);
        if (unstopped.length === 0) return;
        throw new AppError("timeout", `The agent has ended, but these would not stop in time: ${namesOf(unstopped)}`);
      }),
};

/** Stops the agent and says so; a failure to stop is thrown, components that had to be given up are returned. */
export async function stop(context: CliContext, { timeout, force = false }: StopOptions) {
  const { out, signal } = context;
  const timeoutMs = durationOption(timeout).ms;
  const outcome = await (await context.daemon()).stop({ timeoutMs, force, signal });
  out.either(outcome, () => {
    const how = outcome.killed ? "killed" : "stopped";
    out.line(`agent ${how}, pid ${outcome.pid}`);
  });
  return outcome;
}
