/** The lines at the top: what the host is, and its processor and memory as bars. */
import { Duration } from "../../core/mod.ts";
import type { Pressure } from "../../protocol/mod.ts";
import { roughly, type Style } from "../output.ts";
import { ABSENT, percentOf, readableBytes, readableNumber, readablePercent } from "../units.ts";
import { itemsLine, type Line, type Span, span } from "./lines.ts";
import type { HostState } from "./readings.ts";
import { SERIES, type Series } from "./series.ts";

const LABEL_WIDTH = 5;
const SHORTEST_BAR = 8;
const LONGEST_BAR = 60;
/** What stands beside a bar. */
const BESIDE_BAR = 62;

/** From how much on something is filling up, and from how much on it is full, in percent. */
const FILLING = 75;
const FULL = 90;

/** How the use of something that can be used up is shown. */
export function useStyle(percent: number | undefined): Style | undefined {
  if (percent === undefined || percent < FILLING) return undefined;
  return percent < FULL ? "yellow" : "red";
}

/** Name, system, kernel and time since the start. */
export function hostLine(state: HostState, width: number): Line {
  const host = state.sample("host");
  const bootSeconds = state.sample("cpu")?.bootSeconds;
  const bootMs = host?.bootMs ?? (bootSeconds === undefined ? undefined : bootSeconds * 1000);
  const sinceBoot = bootMs === undefined || state.timeMs === undefined ? undefined : (state.timeMs - bootMs) / 1000;
  const upSeconds = state.sample("kernel")?.uptimeSeconds ?? sinceBoot;
  const up = upSeconds === undefined ? ABSENT : roughly(new Duration(Math.max(0, upSeconds * 1000)));
  return itemsLine([
    [span(host?.hostname ?? ABSENT, "bold")],
    [span(`up ${up}`)],
    text(host === undefined ? undefined : nameAndVersion(host.os.name, host.os.version)),
    text(host === undefined ? undefined : `${host.kernel.name} ${host.kernel.release}`),
    text(host?.architecture),
    text(host?.container ?? (host?.virtualisation === "none" ? undefined : host?.virtualisation)),
  ], width);
}

/** Cores, load and other single numbers. */
export function loadLine(state: HostState, width: number): Line {
  const cpu = state.sample("cpu");
  const load = state.sample("load");
  const loads = load === undefined
    ? ABSENT
    : [load.load1, load.load5, load.load15].map((each) => each.toFixed(2)).join(" ");
  const processes = state.sample("processes");
  return itemsLine([
    [span(`${readableNumber(cpu?.logicalCores)} ${cpu?.logicalCores === 1 ? "core" : "cores"}`)],
    [span("load ", "dim"), span(loads)],
    ...(processes === undefined ? [] : [[span("processes ", "dim"), span(String(processes.total))]]),
    ...tcpItem(state),
    ...heatItem(state),
    text(cpu?.model),
  ], width);
}

function tcpItem(state: HostState): Line[] {
  const states = state.sample("network")?.tcpStates;
  if (states === undefined) return [];
  return [[span("tcp ", "dim"), span(`${states["established"] ?? 0} established`)]];
}

/** The hottest of all: which one it is, is for the samples. */
function heatItem(state: HostState): Line[] {
  const temperature = state.sample("temperature");
  if (temperature === undefined) return [];
  const values = [
    ...temperature.sensors.flatMap(({ kind, value }) => kind === "temperature" && value !== undefined ? [value] : []),
    ...temperature.zones.map(({ celsius }) => celsius),
  ];
  return values.length === 0 ? [] : [[span(`${readableNumber(Math.max(...values))} °C`)]];
}

const CPU_PARTS: readonly (readonly [name: string, series: Series, style: Style])[] = [
  ["user", SERIES.cpuUser, "green"],
  ["system", SERIES.cpuSystem, "cyan"],
  ["iowait", SERIES.cpuWait, "yellow"],
  ["steal", SERIES.cpuSteal, "magenta"],
];

export function cpuLine(state: HostState, width: number): Line {
  const parts = CPU_PARTS.map(([name, series, style]) => ({ name, style, percent: state.point(series) }));
  const usage = state.point(SERIES.cpuUsage);
  const shares = parts.map(({ percent, style }): [number, Style] => [percent ?? 0, style]);
  return itemsLine([
    bar("CPU", shares, usage, width),
    ...parts.map(({ name, percent }) => [span(`${name} `, "dim"), span(readableNumber(percent, 1))]),
  ], width);
}

export function memoryLine(state: HostState, width: number): Line {
  const memory = state.sample("memory");
  const used = percentOf(memory?.usedBytes, memory?.totalBytes);
  return itemsLine([
    bar("Mem", [[used ?? 0, useStyle(used) ?? "green"]], used, width),
    [span(`${readableBytes(memory?.usedBytes)} of ${readableBytes(memory?.totalBytes)}`)],
    [span("available ", "dim"), span(readableBytes(memory?.availableBytes))],
    [span("cached ", "dim"), span(readableBytes(memory?.cachedBytes))],
  ], width);
}

/** Null where there is none. */
export function swapLine(state: HostState, width: number): Line | null {
  const memory = state.sample("memory");
  if (memory?.swapTotalBytes === undefined || memory.swapTotalBytes === 0) return null;
  const used = percentOf(memory.swapUsedBytes, memory.swapTotalBytes);
  return itemsLine([
    bar("Swap", [[used ?? 0, useStyle(used) ?? "green"]], used, width),
    [span(`${readableBytes(memory.swapUsedBytes)} of ${readableBytes(memory.swapTotalBytes)}`)],
  ], width);
}

/** Null for a kernel that does not know. */
export function pressureLine(state: HostState, width: number): Line | null {
  const pressure = state.sample("pressure");
  if (pressure === undefined) return null;
  const item = (name: string, of: Pressure | undefined): Line => {
    if (of === undefined) return [];
    const percent = of.some?.avg10 ?? of.full?.avg10;
    const style = percent !== undefined && percent >= 10 ? "yellow" : undefined;
    return [span(`${name} `, "dim"), span(readablePercent(percent), style)];
  };
  const items = [
    item("cpu", pressure.cpu),
    item("memory", pressure.memory),
    item("disks", pressure.io),
    item("interrupts", pressure.irq),
  ];
  return items.every((each) => each.length === 0) ? null : itemsLine([[span("waiting for", "dim")], ...items], width);
}

/** Null where nothing is limited. */
export function limitsLine(state: HostState, width: number): Line | null {
  const limits = state.sample("container");
  if (limits === undefined) return null;
  const { memoryLimitBytes, memoryWorkingSetBytes, memoryUsedBytes, cpuLimitCores, processesLimit } = limits;
  const used = memoryWorkingSetBytes ?? memoryUsedBytes;
  const items: Line[] = [];
  if (memoryLimitBytes !== undefined) {
    const style = useStyle(percentOf(used, memoryLimitBytes));
    items.push([span(`memory ${readableBytes(used)} of ${readableBytes(memoryLimitBytes)}`, style)]);
  }
  if (cpuLimitCores !== undefined) items.push([span(`cpu of ${readableNumber(cpuLimitCores, 1)} cores`)]);
  if (processesLimit !== undefined) {
    const style = useStyle(percentOf(limits.processes, processesLimit));
    items.push([span(`processes ${readableNumber(limits.processes)} of ${processesLimit}`, style)]);
  }
  return items.length === 0 ? null : itemsLine([[span("limits", "dim")], ...items], width);
}

/** `Mem  [||||    ]  61.2 %`. Each part takes what it has of the whole bar. */
function bar(
  label: string,
  parts: readonly [percent: number, style: Style][],
  total: number | undefined,
  width: number,
): Line {
  const length = Math.min(LONGEST_BAR, Math.max(SHORTEST_BAR, width - BESIDE_BAR));
  const spans: Span[] = [];
  let [end, sum] = [0, 0];
  for (const [percent, style] of parts) {
    sum += percent;
    const next = Math.min(length, Math.round(length * sum / 100));
    if (next > end) spans.push(span("|".repeat(next - end), style));
    end = Math.max(end, next);
  }
  const percent = readablePercent(total).padStart(8);
  return [
    span(`${label.padEnd(LABEL_WIDTH)}[`),
    ...spans,
    span(`${" ".repeat(length - end)}]`),
    span(percent, useStyle(total)),
  ];
}

function nameAndVersion(name: string, version: string | undefined): string {
  return version === undefined || name.includes(version) ? name : `${name} ${version}`;
}

function text(value: string | undefined): Line {
  return value === undefined || value === "" ? [] : [span(value, "dim")];
}
