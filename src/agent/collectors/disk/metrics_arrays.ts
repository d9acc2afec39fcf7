import type { MetricSink } from "../../../core/mod.ts";
import type { RaidArray } from "../../../protocol/mod.ts";

/** The states as node_exporter calls them. */
const STATES: readonly (readonly [label: string, state: string])[] = [
  ["active", "active"],
  ["inactive", "inactive"],
  ["recovering", "recovering"],
  ["resync", "resyncing"],
  ["check", "checking"],
];

export function arrayMetrics(arrays: readonly RaidArray[], sink: MetricSink): void {
  sink.family("node_md_blocks", "gauge", "Blocks of the array.");
  for (const { name, blocks } of arrays) sink.value(blocks, { device: name });
  sink.family("node_md_blocks_synced", "gauge", "Blocks of the array that are in sync.");
  for (const { name, blocksSynced } of arrays) sink.value(blocksSynced, { device: name });
  sink.family("node_md_disks", "gauge", "Disks of the array that are active, failed or spare.");
  for (const { name, disksActive, disksFailed, disksSpare } of arrays) {
    sink.value(disksActive, { device: name, state: "active" });
    sink.value(disksFailed, { device: name, state: "failed" });
    sink.value(disksSpare, { device: name, state: "spare" });
  }
  sink.family("node_md_disks_required", "gauge", "Disks that the array needs to be whole.");
  for (const { name, disksRequired } of arrays) sink.value(disksRequired, { device: name });
  sink.family("node_md_state", "gauge", "Whether the array is in this state.");
  for (const { name, state } of arrays) {
    for (const [label, ours] of STATES) sink.value(state === ours ? 1 : 0, { device: name, state: label });
  }
}
