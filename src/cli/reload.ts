import { reloadReport } from "../protocol/mod.ts";
import { command, type CommandFile } from "./command.ts";

export const reloadCommand: CommandFile = {
  build: (contextOf) =>
    command("reload", "make the running agent read its config again", ["agent reload", "agent reload --json"])
      .option("--json", "print JSON")
      .action(async (_, self) => {
        const { out, agent, signal } = contextOf(self);
        const report = reloadReport.parse(await (await agent()).ask("/v1/reload", { method: "POST", signal }));
        out.either(report, () => {
          const { applied, needsRestart, warnings } = report;
          out.line(`${out.green("reloaded")} ${report.file ?? "without a config file"}`);
          if (applied.length > 0) out.line(`  in force now: ${applied.join(", ")}`);
          if (needsRestart.length > 0) out.line(`  ${out.yellow("needs agent restart:")} ${needsRestart.join(", ")}`);
          if (applied.length + needsRestart.length === 0) out.line("  nothing has changed");
          for (const warning of warnings) out.note(`${out.yellow("warning:")} ${warning}`);
        });
      }),
};
