import type { AppError } from "../../core/mod.ts";
import { ptyTrouble } from "../../platform/mod.ts";
import { type Finding, ok, unsupported, warning } from "./finding.ts";

/** Whether the manager's users could be given a terminal; whether they are is what `policy.terminal` says. */
export function terminalFinding(trouble: AppError | null = ptyTrouble()): Finding {
  const name = "terminal";
  if (trouble === null) return ok(name, "terminals can be opened, if policy.terminal is on");
  if (trouble.code === "unsupported") return unsupported(name, trouble.message);
  return warning(name, trouble.message, "Mend that, or do without terminals");
}
