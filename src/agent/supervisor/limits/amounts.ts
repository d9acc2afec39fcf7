import { ByteSize } from "../../../core/mod.ts";

const UNITS = ["kB", "MB", "GB", "TB"] as const;

/** An amount that somebody has set, exactly: `512 MB`, `1 GiB`. */
export function setBytesText(bytes: number): string {
  return new ByteSize(bytes).toString().replace(/^(\d+)/, "$1 ");
}

/** An amount that was measured: `612.3 MB`, `400 MB`. */
export function usedBytesText(bytes: number): string {
  let value = bytes;
  let unit = "B";
  for (const next of UNITS) {
    if (Math.round(value * 10) < 10_000) break;
    value /= 1000;
    unit = next;
  }
  return `${Number(value.toFixed(1))} ${unit}`;
}

export function percentText(percent: number): string {
  return `${Number(percent.toFixed(1))} %`;
}
