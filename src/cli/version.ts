import { buildInfo } from "../core/mod.ts";
import { command, type CommandFile } from "./command.ts";

export const versionCommand: CommandFile = {
  build: (contextOf) =>
    command("version", "print version, commit, runtime and target", ["agent version", "agent version --json"])
      .option("--json", "print JSON")
      .action((_, self) => {
        const { out } = contextOf(self);
        const info = buildInfo();
        out.either(info, () => {
          const { version, commit, deno, v8, target } = info;
          out.line(`agent ${version} (commit ${commit}, Deno ${deno}, V8 ${v8}, ${target})`);
        });
      }),
};
