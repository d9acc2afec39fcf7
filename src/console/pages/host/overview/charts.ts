import type { FleetSeries } from "../../../../protocol/mod.ts";
import { bytes, bytesPerSecond, number, percent } from "../../../kit/format.ts";
import type { TextKey } from "../../../kit/i18n/i18n.ts";

export interface ChartLine {
  readonly series: FleetSeries;
  readonly label: TextKey;
  readonly colour: number;
  readonly isFilled?: true;
}

export interface ChartSpec {
  readonly id: string;
  readonly title: TextKey;
  readonly lines: readonly ChartLine[];
  readonly format: (value: number | null | undefined) => string;
  /** The top of the scale, at least. */
  readonly max?: number;
}

const load = (value: number | null | undefined): string => number(value, 2);

/** The charts of a host, in the order in which somebody looks for what is wrong. */
export const CHARTS: readonly ChartSpec[] = [
  {
    id: "cpu",
    title: "host.chart_cpu",
    lines: [{ series: "cpu.usage_percent", label: "host.line_used", colour: 1, isFilled: true }],
    format: percent,
    max: 100,
  },
  {
    id: "memory",
    title: "host.chart_memory",
    lines: [
      { series: "memory.used_percent", label: "host.line_used", colour: 2, isFilled: true },
      { series: "memory.swap_used_percent", label: "host.line_swap", colour: 3 },
    ],
    format: percent,
    max: 100,
  },
  {
    id: "load",
    title: "host.chart_load",
    lines: [{ series: "load.load1", label: "host.line_load", colour: 4, isFilled: true }],
    format: load,
  },
  {
    id: "network",
    title: "host.chart_network",
    lines: [
      { series: "network.receive_bytes_per_second", label: "host.line_received", colour: 1 },
      { series: "network.transmit_bytes_per_second", label: "host.line_sent", colour: 3 },
    ],
    format: bytesPerSecond,
  },
  {
    id: "disk_io",
    title: "host.chart_disk_io",
    lines: [
      { series: "disk.read_bytes_per_second", label: "host.line_read", colour: 2 },
      { series: "disk.write_bytes_per_second", label: "host.line_written", colour: 5 },
    ],
    format: bytesPerSecond,
  },
  {
    id: "disk_space",
    title: "host.chart_disk_space",
    lines: [{ series: "disk.used_percent", label: "host.line_fullest", colour: 6, isFilled: true }],
    format: percent,
    max: 100,
  },
  {
    id: "agent_cpu",
    title: "host.chart_agent_cpu",
    lines: [{ series: "self.cpu_percent", label: "host.line_used", colour: 8 }],
    format: percent,
  },
  {
    id: "agent_memory",
    title: "host.chart_agent_memory",
    lines: [{ series: "self.rss_bytes", label: "host.line_used", colour: 7 }],
    format: bytes,
  },
];
