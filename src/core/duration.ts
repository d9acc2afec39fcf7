import { AppError } from "./errors.ts";

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof UNIT_MS;

const WHOLE = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;
const LARGEST_FIRST = ["d", "h", "m", "s", "ms"] as const;

/** A span of time as people write it: `500ms`, `60s`, `1m30s`, `1.5h`, `7d`. `0` needs no unit. */
export class Duration {
  readonly ms: number;

  /** Kept in whole milliseconds, so that what is printed can be read back without loss. */
  constructor(ms: number) {
    this.ms = Math.round(ms);
    if (ms < 0 || !Number.isSafeInteger(this.ms)) {
      throw new AppError("invalid_input", `A duration cannot be ${ms} ms`);
    }
  }

  /** Reads a duration, or returns null for what is not one. */
  static parse(text: string): Duration | null {
    const trimmed = text.trim();
    if (trimmed === "0") return new Duration(0);
    if (!WHOLE.test(trimmed)) return null;
    let ms = 0;
    for (const [, amount, unit] of trimmed.matchAll(PART)) ms += Number(amount) * UNIT_MS[unit as Unit];
    return Number.isSafeInteger(Math.round(ms)) ? new Duration(Math.round(ms)) : null;
  }

  /** The shortest exact spelling: `1m30s`, never `0h1m30s`. */
  toString(): string {
    if (this.ms === 0) return "0s";
    let rest = this.ms;
    let text = "";
    for (const unit of LARGEST_FIRST) {
      const count = Math.floor(rest / UNIT_MS[unit]);
      if (count > 0) text += `${count}${unit}`;
      rest -= count * UNIT_MS[unit];
    }
    return text;
  }

  toJSON(): string {
    return this.toString();
  }
}
