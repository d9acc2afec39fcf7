import { Duration } from "../../core/mod.ts";
import { type DoctorInput, failed, type Finding, type ManagerAnswer, ok, warning } from "./finding.ts";

/** Beyond it the times of samples and events are off by what people see. */
const MAX_SKEW_MS = 5_000;

/** Whether the manager can be reached and believed, and whether the clocks agree; nothing for an agent that works alone. */
export async function managerFindings({ probeManager, signal }: DoctorInput): Promise<Finding[]> {
  if (probeManager === undefined) return [];
  const answers = await probeManager(signal);
  const first = answers.find(({ problem }) => problem === undefined);
  return [reachable(answers, first), ...(first?.clockSkewMs === undefined ? [] : [clocks(first.clockSkewMs)])];
}

function reachable(answers: readonly ManagerAnswer[], first: ManagerAnswer | undefined): Finding {
  const problems = answers.flatMap(({ problem }) => problem ?? []).join("; ");
  if (first === undefined) {
    return failed(
      "manager",
      problems,
      "Mend what it says, in the config or on the way; the agent works alone meanwhile",
    );
  }
  if (problems === "") {
    return ok(
      "manager",
      `${answers.map(({ url }) => url).join(", ")} can be reached and is believed`,
    );
  }
  return warning(
    "manager",
    `${first.url} can be reached; ${problems}`,
    "Correct the other addresses in manager.address",
  );
}

function clocks(skewMs: number): Finding {
  const span = new Duration(Math.round(Math.abs(skewMs)));
  if (Math.abs(skewMs) <= MAX_SKEW_MS) return ok("manager clock", `differs by ${span}`);
  return warning(
    "manager clock",
    `this host's clock is ${span} ${skewMs > 0 ? "ahead of" : "behind"} the manager's`,
    "Run a time service such as chrony or systemd-timesyncd on both",
  );
}
