/** Readings of an invented host, for tests of what shows them. */
import type { CollectorReading } from "../../src/protocol/mod.ts";

export const READ_AT_MS = Date.UTC(2026, 2, 1, 12, 0, 0);

export function reading(collector: string, sample: unknown, points: Record<string, number> = {}): CollectorReading {
  return { collector, timeMs: READ_AT_MS, durationMs: 0.4, problems: [], sample, points };
}

const stalled = (avg10: number) => ({ some: { avg10, avg60: 0, avg300: 0, totalSeconds: 1 } });

function cpu(): CollectorReading {
  const points = {
    "cpu.usage_percent": 34.5,
    "cpu.user_percent": 20.1,
    "cpu.system_percent": 10.2,
    "cpu.iowait_percent": 4.2,
    "cpu.steal_percent": 0,
  };
  return reading("cpu", { cores: [], logicalCores: 4, model: "Some Processor 3000" }, points);
}

function memory(): CollectorReading {
  return reading("memory", {
    totalBytes: 8e9,
    availableBytes: 3.1e9,
    usedBytes: 4.9e9,
    cachedBytes: 2e9,
    swapTotalBytes: 2e9,
    swapUsedBytes: 0.1e9,
  });
}

function disk(): CollectorReading {
  const mount = (mountPoint: string, usedBytes: number, availableBytes: number, more = {}) => {
    return {
      mountPoint,
      device: "/dev/x",
      type: "ext4",
      readOnly: false,
      sizeBytes: 1e11,
      usedBytes,
      availableBytes,
      ...more,
    };
  };
  const mounts = [
    mount("/", 4e10, 6e10),
    mount("/data", 9.5e10, 0.5e10),
    { mountPoint: "/nfs", device: "s:/x", type: "nfs4", readOnly: false, error: "stuck: no answer for 12 s" },
    mount("/run/netns", 9.9e10, 0.1e10),
    mount("/boot", 1e8, 4e8, { readOnly: true }),
  ];
  const devices = [{ name: "sdb", readBytes: 5, writtenBytes: 5 }, { name: "sda", readBytes: 5e9, writtenBytes: 5e9 }];
  return reading("disk", { mounts, devices }, {
    'disk.used_percent{mount="/"}': 40,
    'disk.used_percent{mount="/data"}': 95,
    'disk.used_percent{mount="/boot"}': 20,
    'disk.read_bytes_per_second{device="sda"}': 1_234_000,
    'disk.write_bytes_per_second{device="sda"}': 56_700_000,
    'disk.busy_percent{device="sda"}': 91.2,
  });
}

function network(): CollectorReading {
  const direction = { bytes: 1e9 };
  const up = { name: "eth0", receive: direction, transmit: direction, state: "up", addresses: ["10.0.0.2/24"] };
  const interfaces = [{ name: "eth1", state: "down", addresses: [] }, up];
  return reading("network", { interfaces, tcpStates: { established: 12, time_wait: 3 } }, {
    'network.receive_bytes_per_second{interface="eth0"}': 1500,
    'network.transmit_bytes_per_second{interface="eth0"}': 2_500_000,
    'network.errors_per_second{interface="eth0"}': 0.5,
  });
}

/** So many processes, of which the first uses the processor most and the last the most memory. */
export function processes(count: number): CollectorReading {
  const all = Array.from({ length: count }, (_, index) => ({
    pid: 1000 + index,
    name: `worker-${index}`,
    user: "app",
    cpuPercent: 90 - index,
    rssBytes: (index + 1) * 1e7,
    threads: 4,
  }));
  const supervised = [{ id: "shop", pid: 900, processes: 3, rssBytes: 2.5e8, threads: 12 }];
  return reading(
    "processes",
    { total: 212, states: { running: 2 }, topByCpu: all, topByMemory: all.toReversed(), supervised },
    { 'processes.cpu_percent{process="shop"}': 12.5 },
  );
}

function host(): CollectorReading {
  return reading("host", {
    hostname: "web-1",
    os: { name: "Debian GNU/Linux", version: "12" },
    kernel: { name: "Linux", release: "6.1.0-18-amd64", machine: "x86_64" },
    architecture: "x86_64",
    virtualisation: "kvm",
    bootMs: READ_AT_MS - 273_600_000,
    utcOffsetSeconds: 0,
    macs: [],
  });
}

/** One reading of each collector, with everything that a view can show. */
export function allReadings(): CollectorReading[] {
  const sensor = { chip: "coretemp", sensor: "temp1", kind: "temperature", value: 61 };
  return [
    host(),
    cpu(),
    reading("load", { load1: 0.52, load5: 0.4, load15: 0.38 }),
    memory(),
    reading("pressure", { cpu: stalled(1.2), memory: stalled(0), io: stalled(13.4) }),
    disk(),
    network(),
    processes(10),
    reading("temperature", { sensors: [sensor], zones: [{ zone: "0", type: "x", celsius: 45 }] }),
    reading("container", { memoryLimitBytes: 1e9, memoryWorkingSetBytes: 9.3e8, cpuLimitCores: 2 }),
    reading("watch/site", {
      name: "site",
      type: "http",
      target: "https://example.com/",
      up: false,
      reason: "status 503",
    }),
    reading("watch/db", { name: "db", type: "tcp", target: "db:5432", up: true }),
    reading("watch/ping", { name: "ping", type: "icmp", target: "10.0.0.1", reason: "not permitted" }),
    reading("exec/backup", { name: "backup", ok: false, reason: "exit code 1", durationMs: 3, families: [] }),
  ];
}
