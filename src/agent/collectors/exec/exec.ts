import type { ExecSample } from "../../../protocol/mod.ts";
import type { CollectorsConfig, CollectorSpec } from "../contract.ts";
import { createExec } from "./collect.ts";
import { execMetrics } from "./metrics.ts";

/**
 * The user's own metrics, from a command that prints them. There is a collector for each command of the list, with an
 * interval of its own. A command without a `work_dir` runs in the agent's current directory: which one
 * agent.work_dir is, this part is not told.
 */
export const execCollector: CollectorSpec<CollectorsConfig["exec"][number], ExecSample> = {
  name: "exec",
  halves: { linux: createExec, windows: createExec, darwin: createExec },
  readAtScrape: false,
  series: [
    { name: "exec.success", unit: "none", help: "1 when the command's last run ended well.", instance: "name" },
    { name: "exec.duration_seconds", unit: "seconds", help: "How long the command ran.", instance: "name" },
  ],
  points({ name, ok, durationMs }, _before, _elapsedSeconds, emit) {
    emit("exec.success", ok ? 1 : 0, name);
    emit("exec.duration_seconds", durationMs / 1_000, name);
  },
  metrics: execMetrics,
};
