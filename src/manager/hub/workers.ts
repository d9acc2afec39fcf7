import { createHash } from "node:crypto";
import { AppError, type Clock } from "../../core/mod.ts";
import type { Logger } from "../../log/mod.ts";
import { FLEET_SERIES, type FleetSeries, type HostFacts, type WorkerHeartbeat } from "../../protocol/mod.ts";
import type { Conduct } from "./hosts/conduct.ts";
import type { Directory } from "./hosts/directory.ts";
import type { HostEntry } from "./hosts/host_entry.ts";
import { takeName } from "./hosts/host_names.ts";
import type { HostRecord, HostStorePort, SamplesPort } from "./ports.ts";
import type { PresenceKeeper } from "./presence/presence_keeper.ts";

export interface WorkersParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly hosts: Pick<HostStorePort, "add">;
  readonly directory: Directory;
  readonly conduct: Conduct;
  readonly presence: PresenceKeeper;
  readonly samples: Pick<SamplesPort, "put">;
  readonly maxWorkers: number;
  /** How many there are. */
  count(): number;
  add(record: HostRecord): HostEntry;
}

export interface WorkerSettings {
  readonly hostId: string;
  readonly intervalMs: number;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A worker's own time is believed as long as it is near ours. */
const MAX_SKEW_MS = 60_000;
/** Times of that size are milliseconds, smaller ones seconds. */
const LEAST_MS = 1e11;
const KNOWN_SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/darwin|mac ?os/i, "darwin"],
  [/windows|win32|win64/i, "windows"],
  [/linux|ubuntu|debian|centos|red ?hat|fedora|alpine|suse|arch/i, "linux"],
];

/** Hosts that cannot hold a tunnel and only report. One is known by its hostname and hardware address. */
export class Workers {
  readonly #parts: WorkersParts;
  readonly #making = new Map<string, Promise<HostEntry>>();

  constructor(parts: WorkersParts) {
    this.#parts = parts;
  }

  async heartbeat(body: WorkerHeartbeat, address: string): Promise<WorkerSettings> {
    const { clock, conduct, directory, presence, samples } = this.#parts;
    const id = idOf(body);
    const entry = directory.get(id) ?? await this.#make(id, body, address);
    conduct.refresh(entry);
    const { status } = body;
    const uptimeSeconds = numberOf(status.uptime);
    entry.uptimeMs = uptimeSeconds === undefined ? undefined : uptimeSeconds * 1_000;
    if (entry.record.address !== address) entry.record = { ...entry.record, address };
    samples.put(entry.id, { timeMs: sampleTime(numberOf(status.time), clock.nowMs()), values: valuesOf(status) });
    presence.heard(entry, 0);
    return { hostId: entry.id, intervalMs: entry.intervalMs, settings: entry.settings.values };
  }

  /** Its first heartbeats may come at once. */
  #make(id: string, body: WorkerHeartbeat, address: string): Promise<HostEntry> {
    const others = this.#making.get(id);
    if (others !== undefined) return others;
    const making = this.#add(id, body, address).finally(() => this.#making.delete(id));
    this.#making.set(id, making);
    return making;
  }

  async #add(id: string, body: WorkerHeartbeat, address: string): Promise<HostEntry> {
    const { clock, count, directory, hosts, log, maxWorkers, add } = this.#parts;
    if (count() + this.#making.size >= maxWorkers) {
      throw new AppError("conflict", `There are ${maxWorkers} hosts of this kind, as many as may be; remove some`);
    }
    const name = takeName(directory, body.info.hostname, id);
    const nowMs = clock.nowMs();
    const record: HostRecord = {
      id,
      name,
      kind: "worker",
      publicKey: "",
      labels: {},
      facts: factsOf(body),
      enrolledMs: nowMs,
      drained: false,
      state: "offline",
      sinceMs: nowMs,
      reason: "it has not reported yet",
      lastSeenMs: null,
      address,
      eventSeq: 0,
      duplicates: [],
    };
    try {
      await hosts.add(record);
    } catch (error) {
      directory.release(name);
      throw error;
    }
    log.info("a host that only reports was added", { hostId: id, name, address });
    return add(record);
  }
}

function idOf({ info: { hostname, mac_addr } }: WorkerHeartbeat): string {
  const hardware = (mac_addr ?? "").toLowerCase().replace(/[^0-9a-f]/g, "");
  return `worker-${createHash("sha256").update(`${hostname}\0${hardware}`).digest("hex").slice(0, 20)}`;
}

/** They send numbers, or numbers as text, with a percent sign or without; what is none of that was not measured. */
export function numberOf(value: number | string | null | undefined): number | undefined {
  if (value === null || value === undefined) return undefined;
  const text = typeof value === "string" ? value.trim().replace(/\s*%$/, "") : value;
  const number = text === "" ? NaN : Number(text);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}

function valuesOf(status: WorkerHeartbeat["status"]): (number | null)[] {
  const given: Partial<Record<FleetSeries, number | undefined>> = {
    "cpu.usage_percent": numberOf(status.cpu_usage),
    "memory.used_percent": numberOf(status.mem_usage),
    "disk.used_percent": numberOf(status.disk_usage),
    "network.receive_bytes_per_second": numberOf(status.net_in_speed),
    "network.transmit_bytes_per_second": numberOf(status.net_out_speed),
  };
  return FLEET_SERIES.map((name) => given[name] ?? null);
}

/** Some send seconds, some milliseconds, some the time of a clock that nobody has set. */
function sampleTime(given: number | undefined, nowMs: number): number {
  const ms = given === undefined ? nowMs : given < LEAST_MS ? given * 1_000 : given;
  return Math.abs(ms - nowMs) <= MAX_SKEW_MS ? ms : nowMs;
}

function factsOf({ info }: WorkerHeartbeat): HostFacts {
  const system = info.os ?? "";
  const [cpuCores, memoryTotalBytes, diskTotalBytes] = [info.cpu_cores, info.mem_total, info.disk_total].map(numberOf);
  return {
    hostname: info.hostname,
    os: KNOWN_SYSTEMS.find(([form]) => form.test(system))?.[1] ?? system.slice(0, 32),
    arch: (info.arch ?? "").slice(0, 32),
    version: "",
    ...system !== "" && { osName: system },
    ...cpuCores !== undefined && { cpuCores },
    ...memoryTotalBytes !== undefined && { memoryTotalBytes },
    ...diskTotalBytes !== undefined && { diskTotalBytes },
    ...(info.ip ?? "") !== "" && { address: info.ip ?? "" },
  };
}
