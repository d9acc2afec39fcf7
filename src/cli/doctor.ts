import { AppError } from "../core/mod.ts";
import { diagnoseAgent, type Finding } from "../agent/mod.ts";
import { command, type CommandFile } from "./command.ts";
import type { Output, Paint } from "./output.ts";

export const doctorCommand: CommandFile = {
  build: (contextOf) =>
    command("doctor", "check what this host supports and what stands in an agent's way", [
      "agent doctor",
      "agent doctor --json",
    ])
      .option("--json", "print JSON")
      .action(async (_, self) => {
        const { out, locate, load, signal } = contextOf(self);
        const { file, error, ...paths } = await locate();
        const config = error === null ? (await load()).config : null;
        const findings = await diagnoseAgent({ paths, configFile: file, configError: error, config, signal });
        out.either(findings, () => printFindings(out, findings));
        const failures = findings.filter(({ state }) => state === "failed").length;
        if (failures > 0) throw new AppError("unavailable", `${failures} of ${findings.length} checks failed`);
      }),
};

function printFindings(out: Output, findings: readonly Finding[]): void {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const marks: Record<Finding["state"], [mark: string, paint: Paint]> = {
    ok: ["ok", out.green],
    warning: ["warn", out.yellow],
    failed: ["FAIL", out.red],
    unsupported: ["n/a", out.dim],
  };
  for (const { name, state, detail, fix } of findings) {
    const [mark, paint] = marks[state];
    out.line(
      `${paint(mark.padEnd(4))}  ${name.padEnd(width)}  ${detail.replaceAll("\n", `\n${" ".repeat(width + 8)}`)}`,
    );
    if (fix !== undefined) out.line(`${" ".repeat(width + 8)}${out.dim("fix:")} ${fix}`);
  }
}
