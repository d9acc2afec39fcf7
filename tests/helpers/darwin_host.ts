import type { CollectorDeps } from "../../src/agent/collectors/contract.ts";
import { LagMeter } from "../../src/agent/collectors/runner/lag_meter.ts";
import { createTreeReader } from "../../src/agent/collectors/reading/tree_reader.ts";
import { AppError, type Clock } from "../../src/core/mod.ts";
import type { DarwinMeasures } from "../../src/platform/mod.ts";
import { FakeClock } from "./fake_clock.ts";
import { recordingLog } from "./recording_log.ts";

/** A Mac of which only that can be measured which the test gives; all else fails as a call of the system does. */
export function darwinHost(given: Partial<DarwinMeasures>): DarwinMeasures {
  const fails = (call: string) => () => {
    throw new AppError("unavailable", `${call} failed with code 5`);
  };
  return {
    sysctlNumber: () => undefined,
    sysctlText: () => undefined,
    bootTimeMs: () => undefined,
    bootSession: () => null,
    coreTimes: fails("host_processor_info"),
    pageCounts: fails("host_statistics64"),
    swapUse: () => null,
    knownMounts: fails("getfsstat"),
    interfaceCounters: fails("sysctl"),
    allProcesses: fails("proc_listpids"),
    processFacts: () => null,
    openFileCount: () => undefined,
    sessions: fails("getutxent"),
    accountName: () => undefined,
    hostUuid: fails("gethostuuid"),
    toolOutput: (path) => Promise.reject(new AppError("unavailable", `Cannot run ${path}: not found`)),
    ...given,
  };
}

/** What a collector is made with, over an empty tree of files. */
export function darwinDeps(options: { clock?: Clock; ports?: Partial<CollectorDeps["ports"]> } = {}): CollectorDeps {
  return {
    tree: createTreeReader({ proc: "/no/such/proc", sys: "/no/such/sys", root: "/no/such/root" }),
    clock: options.clock ?? new FakeClock(),
    log: recordingLog().log,
    ports: { supervised: () => [], queues: () => ({}), ...options.ports },
    lag: new LagMeter(),
  };
}

/** Values of the kernel by name, for `sysctlNumber` or `sysctlText`. */
export function valuesOf<T>(values: Readonly<Record<string, T>>): (name: string) => T | undefined {
  return (name) => values[name];
}
