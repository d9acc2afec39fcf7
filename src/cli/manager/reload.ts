import { reloadReport } from "../../protocol/mod.ts";
import { command } from "../command.ts";
import type { ManagerCommandFile } from "./context.ts";

export const reloadCommand: ManagerCommandFile = {
  build: (contextOf) =>
    command("reload", "make the running manager read its config and its certificate again", ["agent manager reload"])
      .option("--json", "print JSON")
      .action(async (_, self) => {
        const { out, api, signal } = contextOf(self);
        const report = reloadReport.parse(await (await api()).call("/v1/reload", { method: "POST", signal }));
        out.either(report, () => {
          const { applied, needsRestart, warnings } = report;
          out.line(`${out.green("reloaded")} ${report.file ?? "without a config file"}`);
          if (applied.length > 0) out.line(`  in force now: ${applied.join(", ")}`);
          if (needsRestart.length > 0) {
            out.line(`  ${out.yellow("needs agent manager restart:")} ${needsRestart.join(", ")}`);
          }
          if (applied.length + needsRestart.length === 0) out.line("  no key has changed");
          for (const warning of warnings) out.note(`${out.yellow("warning:")} ${warning}`);
        });
      }),
};
