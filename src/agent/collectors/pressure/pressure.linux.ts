import type { Pressure, PressureSample, Stalled } from "../../../protocol/mod.ts";
import type { Collector, CollectorsConfig, CreateCollector } from "../contract.ts";
import { count, decimal } from "../reading/counts.ts";
import type { HeldFile, TreeReader } from "../reading/tree_reader.ts";

const RESOURCES = ["cpu", "memory", "io", "irq"] as const;
const MICROSECONDS = 1e6;

type Resource = typeof RESOURCES[number];

/**
 * https://docs.kernel.org/accounting/psi.html. Kernels before 4.20 have no such files, and where it was left out at
 * boot they give no text: this host then has no such measure, which is not a problem.
 */
export const linuxPressure: CreateCollector<CollectorsConfig["pressure"], PressureSample> = (_options, { tree }) => {
  let files: ReadonlyMap<Resource, HeldFile> = new Map();
  const collector: Collector<PressureSample> = {
    collect() {
      if (files.size === 0) files = holdFiles(tree);
      const sample: PressureSample = {};
      const problems: string[] = [];
      for (const [resource, file] of files) {
        const text = file.text();
        if (text === null) continue;
        const pressure = parsePressure(text);
        if (pressure === null) problems.push(`${resource}: ${tree.proc("pressure", resource)} has no totals`);
        else sample[resource] = pressure;
      }
      return { sample, problems };
    },
    close() {
      for (const file of files.values()) file.close();
    },
  };
  return collector;
};

/** Looks which there are, since looking for one that is not there costs more than reading one that is. */
function holdFiles(tree: TreeReader): ReadonlyMap<Resource, HeldFile> {
  const present = new Set(tree.list(tree.proc("pressure")));
  const wanted = RESOURCES.filter((resource) => present.has(resource));
  return new Map(wanted.map((resource) => [resource, tree.hold(tree.proc("pressure", resource))]));
}

/** Lines such as "some avg10=0.00 avg60=0.02 avg300=0.10 total=2807732"; null when none of them is whole. */
export function parsePressure(text: string): Pressure | null {
  const pressure: Pressure = {};
  for (const line of text.split("\n")) {
    const [share, ...fields] = line.split(" ");
    if (share !== "some" && share !== "full") continue;
    const stalled = parseStalled(fields);
    if (stalled !== null) pressure[share] = stalled;
  }
  return pressure.some === undefined && pressure.full === undefined ? null : pressure;
}

function parseStalled(fields: readonly string[]): Stalled | null {
  const value = (name: string) => fields.find((field) => field.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  const [avg10, avg60, avg300] = [decimal(value("avg10")), decimal(value("avg60")), decimal(value("avg300"))];
  const total = count(value("total"));
  if (avg10 === undefined || avg60 === undefined || avg300 === undefined || total === undefined) return null;
  return { avg10, avg60, avg300, totalSeconds: total / MICROSECONDS };
}
