/** The tables: disks, network, processes, and what needs attention. */
import type { DiskDevice, MountUse, NetworkInterface, ProcessUse, SupervisedUse } from "../../protocol/mod.ts";
import { ABSENT, percentOf, readableBytes, readableNumber } from "../units.ts";
import { type Column, type Line, span, tableLines } from "./lines.ts";
import type { HostState } from "./readings.ts";
import { SERIES } from "./series.ts";
import { useStyle } from "./summary.ts";

/** `999.9 MB` */
const BYTES = 8;
/** What a mount point is more urgent by, in percent, when it is one of those that matter, or does not answer. */
const OWN = 1000;
const NO_ANSWER = 2000;

export type SortKey = "cpu" | "memory";

/** As `df` has it: of what can be used without privileges. */
function usedPercent({ usedBytes, availableBytes }: MountUse): number | undefined {
  return usedBytes === undefined || availableBytes === undefined
    ? undefined
    : percentOf(usedBytes, usedBytes + availableBytes);
}

/** The fullest first, but before them those that do not answer, and last those that the collector counts as others'. */
export function mountLines(state: HostState, width: number): Line[] {
  const mounts = [...state.sample("disk")?.mounts ?? []];
  if (mounts.length === 0) return [];
  const urgency = (mount: MountUse) => {
    if (mount.error !== undefined) return NO_ANSWER;
    return (usedPercent(mount) ?? -1) + (state.point(SERIES.mountUsed, mount.mountPoint) === undefined ? 0 : OWN);
  };
  mounts.sort((a, b) => urgency(b) - urgency(a));
  const columns: Column<MountUse>[] = [
    { title: "MOUNT", cell: ({ mountPoint }) => mountPoint },
    {
      title: "USED %",
      width: 6,
      cell: (mount) => readableNumber(usedPercent(mount), 1),
      style: (mount) => useStyle(usedPercent(mount)),
    },
    { title: "SIZE", width: BYTES, cell: ({ sizeBytes }) => readableBytes(sizeBytes) },
    { title: "AVAIL", width: BYTES, cell: ({ availableBytes }) => readableBytes(availableBytes) },
    { title: "TYPE", cell: typeOf, style: ({ error }) => error === undefined ? "dim" : "red", spare: 1 },
  ];
  return tableLines(columns, mounts, width);
}

type Weight = readonly [hasRates: boolean, bytes: number];

function heavierFirst(a: Weight, b: Weight): number {
  return Number(b[0]) - Number(a[0]) || b[1] - a[1];
}

function typeOf({ type, readOnly, error }: MountUse): string {
  return error ?? (readOnly ? `${type}, read-only` : type);
}

/** Those that have rates first, then by what they have done since the start, so that the order is a steady one. */
export function deviceLines(state: HostState, width: number): Line[] {
  const devices = [...state.sample("disk")?.devices ?? []];
  if (devices.length === 0) return [];
  const done = ({ name, readBytes = 0, writtenBytes = 0 }: DiskDevice): Weight => {
    return [state.point(SERIES.diskRead, name) !== undefined, readBytes + writtenBytes];
  };
  devices.sort((a, b) => heavierFirst(done(a), done(b)));
  const busy = ({ name }: DiskDevice) => state.point(SERIES.diskBusy, name);
  const columns: Column<DiskDevice>[] = [
    { title: "DISK", cell: ({ name }) => name },
    {
      title: "READ/s",
      width: BYTES,
      cell: ({ name }) => readableBytes(state.point(SERIES.diskRead, name)),
    },
    {
      title: "WRITE/s",
      width: BYTES,
      cell: ({ name }) => readableBytes(state.point(SERIES.diskWrite, name)),
    },
    {
      title: "BUSY %",
      width: 6,
      cell: (device) => readableNumber(busy(device), 1),
      style: (device) => useStyle(busy(device)),
    },
  ];
  return tableLines(columns, devices, width);
}

export function networkLines(state: HostState, width: number): Line[] {
  const interfaces = [...state.sample("network")?.interfaces ?? []];
  if (interfaces.length === 0) return [];
  const done = ({ name, receive, transmit }: NetworkInterface): Weight => {
    return [state.point(SERIES.networkIn, name) !== undefined, (receive?.bytes ?? 0) + (transmit?.bytes ?? 0)];
  };
  interfaces.sort((a, b) => heavierFirst(done(a), done(b)));
  const errors = ({ name }: NetworkInterface) => state.point(SERIES.networkErrors, name);
  const columns: Column<NetworkInterface>[] = [
    { title: "NETWORK", cell: ({ name }) => name },
    {
      title: "IN/s",
      width: BYTES,
      cell: ({ name }) => readableBytes(state.point(SERIES.networkIn, name)),
    },
    {
      title: "OUT/s",
      width: BYTES,
      cell: ({ name }) => readableBytes(state.point(SERIES.networkOut, name)),
    },
    {
      title: "ERR/s",
      width: 6,
      cell: (each) => readableNumber(errors(each), 1),
      style: (each) => (errors(each) ?? 0) > 0 ? "yellow" : undefined,
    },
    { title: "STATE", cell: stateOf, style: () => "dim", spare: 1 },
  ];
  return tableLines(columns, interfaces, width);
}

function stateOf({ state, up, addresses }: NetworkInterface): string {
  const said = state ?? (up === undefined ? ABSENT : up ? "up" : "down");
  return [said, ...addresses.slice(0, 1)].join(" ");
}

export function processLines(state: HostState, width: number, sort: SortKey): Line[] {
  const sample = state.sample("processes");
  const processes = sort === "cpu" ? sample?.topByCpu : sample?.topByMemory;
  if (processes === undefined || processes.length === 0) return [];
  const columns: Column<ProcessUse>[] = [
    { title: "PID", width: 7, cell: ({ pid }) => String(pid) },
    { title: "USER", width: 10, align: "left", cell: ({ user }) => user ?? ABSENT, spare: 2 },
    { title: "CPU %", width: 6, cell: ({ cpuPercent }) => readableNumber(cpuPercent, 1) },
    { title: "MEMORY", width: BYTES, cell: ({ rssBytes }) => readableBytes(rssBytes) },
    { title: "THREADS", width: 7, cell: ({ threads }) => readableNumber(threads), spare: 1 },
    { title: `PROCESS (by ${sort === "cpu" ? "CPU" : "memory"})`, cell: ({ name }) => name },
  ];
  return tableLines(columns, processes, width);
}

export function supervisedLines(state: HostState, width: number): Line[] {
  const supervised = state.sample("processes")?.supervised ?? [];
  if (supervised.length === 0) return [];
  const columns: Column<SupervisedUse>[] = [
    { title: "SUPERVISED", cell: ({ id }) => id },
    { title: "PID", width: 7, cell: ({ pid }) => String(pid) },
    {
      title: "CPU %",
      width: 6,
      cell: ({ id }) => readableNumber(state.point(SERIES.supervisedCpu, id), 1),
    },
    { title: "MEMORY", width: BYTES, cell: ({ rssBytes }) => readableBytes(rssBytes) },
    { title: "THREADS", width: 7, cell: ({ threads }) => readableNumber(threads), spare: 2 },
    { title: "PROCESSES", width: 9, cell: ({ processes }) => String(processes), spare: 1 },
  ];
  return tableLines(columns, supervised, width);
}

/** Checks that are down and commands that failed; an unknown state is no failure. */
export function failureLines(state: HostState): Line[] {
  const because = (reason: string | undefined) => reason === undefined ? "" : `: ${reason}`;
  const watches = state.watches.filter(({ up }) => up === false)
    .map(({ name, type, target, reason }) => [`watch/${name}`, `${type} ${target} is down${because(reason)}`] as const);
  const execs = state.execs.filter(({ ok }) => !ok)
    .map(({ name, reason }) => [`exec/${name}`, `failed${because(reason)}`] as const);
  return [...watches, ...execs].map(([name, what]) => [span("FAIL  ", "red"), span(name, "bold"), span(`  ${what}`)]);
}

/** One line that says where to look, or none. */
export function problemLines({ collectors }: HostState): Line[] {
  const count = collectors.filter(({ state }) => state === "failed" || state === "partial").length;
  if (count === 0) return [];
  const who = count === 1 ? "1 collector reports problems" : `${count} collectors report problems`;
  return [[span(`${who}: agent collectors`, "yellow")]];
}
