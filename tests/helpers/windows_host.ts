import type { CollectorDeps } from "../../src/agent/collectors/contract.ts";
import { LagMeter } from "../../src/agent/collectors/runner/lag_meter.ts";
import { createTreeReader } from "../../src/agent/collectors/reading/tree_reader.ts";
import { AppError, type Clock } from "../../src/core/mod.ts";
import type { WindowsMeasures } from "../../src/platform/mod.ts";
import { FakeClock } from "./fake_clock.ts";
import { recordingLog } from "./recording_log.ts";

/** Fails as a call does that this Windows does not have. */
export function refused(what: string): () => never {
  return () => {
    throw new AppError("unsupported", `Cannot read ${what}: Windows answers 0xc0000003`);
  };
}

/** A Windows of which only that can be measured which the test gives. */
export function windowsHost(given: Partial<WindowsMeasures>): WindowsMeasures {
  const names: Readonly<Record<keyof WindowsMeasures, string>> = {
    batteryState: "the battery",
    bootTimeMs: "the start",
    diskCounters: "counters",
    disksOf: "extents",
    domainName: "the domain",
    hostName: "the name",
    interfaceRows: "interfaces",
    machineArchitecture: "the architecture",
    memoryLists: "lists",
    memoryStatus: "memory",
    ownCpuSeconds: "our time",
    ownHandles: "our handles",
    ownMemory: "our memory",
    pageFiles: "paging files",
    performanceCounters: "counters",
    physicalDisks: "disks",
    powerStatus: "power",
    processRecords: "processes",
    processorFrequencies: "frequencies",
    processorTimes: "times",
    processorTopology: "cores",
    registryNumber: "a number",
    registryText: "a text",
    systemTotals: "totals",
    tcpStates: "connections",
    tcpStatistics: "TCP",
    timeZone: "the zone",
    udpStatistics: "UDP",
    unicastAddresses: "addresses",
    uptimeSeconds: "uptime",
    userSessions: "sessions",
    volumeUse: "a volume",
    volumes: "volumes",
    windowsVersion: "the version",
  };
  const failing = Object.fromEntries(Object.entries(names).map(([name, what]) => [name, refused(what)]));
  return { ...failing, ...given } as WindowsMeasures;
}

/** What a collector is made with; a tree of files is of no use to it here. */
export function windowsDeps(options: { clock?: Clock; ports?: Partial<CollectorDeps["ports"]> } = {}): CollectorDeps {
  return {
    tree: createTreeReader({ proc: "/no/such/proc", sys: "/no/such/sys", root: "/no/such/root" }),
    clock: options.clock ?? new FakeClock(),
    log: recordingLog().log,
    ports: { supervised: () => [], queues: () => ({}), ...options.ports },
    lag: new LagMeter(),
  };
}
