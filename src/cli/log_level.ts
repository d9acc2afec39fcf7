import { Argument } from "commander";
import { LOG_LEVELS } from "../log/mod.ts";
import { logLevelState } from "../protocol/mod.ts";
import { command, type CommandFile } from "./command.ts";

export const logLevelCommand: CommandFile = {
  build: (contextOf) =>
    command("log-level", "show or change the running agent's log level", ["agent log-level", "agent log-level debug"])
      .addArgument(new Argument("[level]", "the level from now until the next start").choices(LOG_LEVELS))
      .option("--json", "print JSON")
      .action(async (level: string | undefined, _, self) => {
        const { out, agent, signal } = contextOf(self);
        const request = level === undefined ? { signal } : { method: "PUT", body: { level }, signal } as const;
        const state = logLevelState.parse(await (await agent()).ask("/v1/log-level", request));
        out.either(state, () => out.line(state.level));
      }),
};
