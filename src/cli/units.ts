/** What was not measured is shown as this, never as 0. */
export const ABSENT = "-";

const UNITS = ["kB", "MB", "GB", "TB", "PB", "EB"] as const;

/** Bytes for reading, not for parsing back: `512 B`, `39.1 MB`. */
export function readableBytes(bytes: number | undefined): string {
  if (!isNumber(bytes)) return ABSENT;
  if (Math.round(bytes) < 1000) return `${Math.round(bytes)} B`;
  let value = bytes;
  for (const unit of UNITS) {
    value /= 1000;
    const text = value.toFixed(1);
    if (Number(text) < 1000 || unit === UNITS.at(-1)) return `${text} ${unit}`;
  }
  return ABSENT;
}

/** A number with so many digits after the point. */
export function readableNumber(value: number | undefined, digits = 0): string {
  return isNumber(value) ? value.toFixed(digits) : ABSENT;
}

export function readablePercent(value: number | undefined): string {
  return isNumber(value) ? `${value.toFixed(1)} %` : ABSENT;
}

/** How long something took: `0.3 ms`, `12 ms`, `1.5 s`. */
export function readableMs(ms: number | undefined): string {
  if (!isNumber(ms)) return ABSENT;
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  return ms < 999.5 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** So much of so much, in percent; absent where either is, or where there is nothing to use. */
export function percentOf(part: number | undefined, whole: number | undefined): number | undefined {
  if (!isNumber(part) || !isNumber(whole) || whole <= 0) return undefined;
  return Math.min(100, Math.max(0, 100 * part / whole));
}

function isNumber(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value);
}
