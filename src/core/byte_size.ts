import { AppError } from "./errors.ts";

const UNIT_BYTES: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};
const FORM = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/;
const EXACT_UNITS = ["TiB", "TB", "GiB", "GB", "MiB", "MB", "KiB", "KB"] as const;

/** A number of bytes as people write it: `500MB` (millions), `64MiB` (powers of two), `1048576`. */
export class ByteSize {
  readonly bytes: number;

  constructor(bytes: number) {
    if (!Number.isSafeInteger(bytes) || bytes < 0) {
      throw new AppError("invalid_input", `A size cannot be ${bytes} bytes`);
    }
    this.bytes = bytes;
  }

  /** Reads a size, or returns null for what is not one. */
  static parse(text: string): ByteSize | null {
    const match = FORM.exec(text.trim());
    const factor = match === null ? undefined : UNIT_BYTES[match[2]!.toUpperCase()];
    if (match === null || factor === undefined) return null;
    const bytes = Math.round(Number(match[1]) * factor);
    return Number.isSafeInteger(bytes) ? new ByteSize(bytes) : null;
  }

  /** The shortest exact spelling, so that what is printed can be read back without loss. */
  toString(): string {
    for (const unit of EXACT_UNITS) {
      const factor = UNIT_BYTES[unit.toUpperCase()]!;
      if (this.bytes >= factor && this.bytes % factor === 0) return `${this.bytes / factor}${unit}`;
    }
    return `${this.bytes}B`;
  }

  toJSON(): string {
    return this.toString();
  }
}
