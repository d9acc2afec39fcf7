import { AppError } from "../core/mod.ts";
import { command, type CommandFile } from "./command.ts";
import { start } from "./start.ts";
import { stop, type StopOptions, stopText, unstoppedText } from "./stop.ts";

export const restartCommand: CommandFile = {
  build: (contextOf) =>
    command("restart", "stop the agent if it runs, then start it; the processes that it supervises go on running", [
      "agent restart",
      "agent restart --timeout 1m",
    ])
      .option("--timeout <duration>", "how long the stop, and then the start, may take", "30s")
      .option("--force", "kill it when it has not stopped in time")
      .option("--json", "print JSON")
      .action(async (options: StopOptions, self) => {
        const context = contextOf(self);
        await context.load(); // a bad config must not cost the running agent its life
        try {
          const outcome = await stop(context, options);
          if (!context.out.json) context.out.line(stopText(outcome));
          const failure = unstoppedText(outcome);
          if (failure !== "") context.out.note(failure);
        } catch (error) {
          if (!(error instanceof AppError && error.code === "not_running")) throw error;
          context.out.note("agent was not running");
        }
        await start(context, options);
      }),
};
