import { Option } from "commander";
import { runAgent } from "../agent/mod.ts";
import { command, type CommandFile } from "./command.ts";

export const runCommand: CommandFile = {
  build: (contextOf) =>
    command("run", "run the agent in the foreground, its log on this terminal", [
      "agent run",
      "agent run --config configs/agent.dev.yaml",
      "agent run --log-format json   # in a container",
    ])
      .addOption(
        new Option("--log-format <format>", "what is printed").choices(["text", "json"]).default("text"),
      )
      .addOption(new Option("--background", "print nothing but a failure to start, for agent start").hideHelp())
      .action(async (options: { logFormat: string; background?: boolean }, self) => {
        const context = contextOf(self);
        const print = options.background === true ? "nothing" : options.logFormat === "json" ? "json" : "text";
        context.exitWith(
          await runAgent({ load: (settings) => context.load(undefined, settings), print, colour: context.colour }),
        );
      }),
};
