import { AppError } from "../../core/mod.ts";
import { command } from "../command.ts";
import type { ManagerCommandFile } from "./context.ts";
import { start } from "./start.ts";
import { stop, type StopOptions, stopText, unstoppedText } from "./stop.ts";

export const restartCommand: ManagerCommandFile = {
  build: (contextOf) =>
    command("restart", "stop the manager if it runs, then start it; agents come back by themselves", [
      "agent manager restart",
    ])
      .option("--timeout <duration>", "how long the stop, and then the start, may take", "30s")
      .option("--force", "kill it when it has not stopped in time")
      .option("--json", "print JSON")
      .action(async (options: StopOptions, self) => {
        const context = contextOf(self);
        await context.load(); // a bad config must not cost the running manager its life
        try {
          const outcome = await stop(context, options);
          if (!context.out.json) context.out.line(stopText(outcome));
          const failure = unstoppedText(outcome);
          if (failure !== "") context.out.note(failure);
        } catch (error) {
          if (!(error instanceof AppError && error.code === "not_running")) throw error;
          context.out.note("manager was not running");
        }
        await start(context, options);
      }),
};
