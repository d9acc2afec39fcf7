/** What the tests of collectors on Windows share: one reading of a real collector, and the Linux host under Wine. */
import assert from "node:assert/strict";
import { type CollectorDeps, type CollectorSpec, type Reading } from "../../src/agent/collectors/contract.ts";
import type { CollectorPorts } from "../../src/agent/collectors/ports.ts";
import { LagMeter } from "../../src/agent/collectors/runner/lag_meter.ts";
import { createTreeReader } from "../../src/agent/collectors/reading/tree_reader.ts";
import { systemClock } from "../../src/core/mod.ts";
import { recordingLog } from "../helpers/recording_log.ts";

const OPTIONS = {
  enabled: true,
  interval: { ms: 60_000 },
  mount_points: [],
  exclude_mount_points: [],
  exclude_types: [],
  devices: [],
  exclude_devices: [],
  interfaces: [],
  exclude_interfaces: ["veth*"],
  top: 10,
};

/** A collector of which only what is read matters: the options of each are parts of OPTIONS. */
// deno-lint-ignore no-explicit-any
export type AnySpec<Sample> = { readonly name: string; readonly halves: CollectorSpec<any, Sample>["halves"] };

/** Makes the Windows half of a collector, reads it once and closes it. */
export async function readOnce<Sample>(
  spec: AnySpec<Sample>,
  options: Readonly<Record<string, unknown>> = {},
  ports: Partial<CollectorPorts> = {},
): Promise<Reading<Sample>> {
  const create = spec.halves.windows;
  assert.ok(create, `${spec.name} has no half for Windows`);
  const collector = create({ ...OPTIONS, ...options }, deps(ports));
  try {
    return await collector.collect(AbortSignal.timeout(60_000));
  } finally {
    collector.close?.();
  }
}

function deps(ports: Partial<CollectorPorts>): CollectorDeps {
  return {
    tree: createTreeReader({ proc: "/proc", sys: "/sys", root: "/" }),
    clock: systemClock,
    log: recordingLog().log,
    ports: { supervised: () => [], queues: () => ({}), ...ports },
    lag: new LagMeter(),
  };
}

/** True where drive Z is the root of a Linux system. */
export function underWine(): boolean {
  try {
    return Deno.statSync("Z:\\proc\\meminfo").isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** A file of the Linux host, by its path from the root. */
export function hostFile(path: string): string {
  return Deno.readTextFileSync(`Z:\\${path.replaceAll("/", "\\")}`);
}

/** The first number of each line of a file of /proc, by the word before it. */
export function hostNumbers(file: string): ReadonlyMap<string, number> {
  return new Map(
    hostFile(`proc/${file}`).split("\n").map((line) => line.split(/\s+/)).map((
      [name = "", value],
    ) => [name, Number(value)]),
  );
}

/** The sixteen counters of each interface. */
export function networkLines(): ReadonlyMap<string, readonly number[]> {
  return new Map(
    hostFile("proc/net/dev").split("\n").filter((line) => line.includes(":")).map((line) => {
      const [name = "", counters = ""] = line.split(":");
      return [name.trim(), counters.trim().split(/\s+/).map(Number)];
    }),
  );
}

/** No number is below zero or not finite, but how far a zone is behind UTC. */
export function refuseNonsense(value: unknown, path: string): void {
  if (typeof value === "number") {
    assert.ok(Number.isFinite(value) && (value >= 0 || path.endsWith("utcOffsetSeconds")), `${path} is ${value}`);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, part] of Object.entries(value)) refuseNonsense(part, `${path}.${key}`);
  }
}
