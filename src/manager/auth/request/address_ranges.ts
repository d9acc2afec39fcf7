import { AppError } from "../../../core/mod.ts";
import { ipBytes } from "../../../platform/mod.ts";

interface Range {
  readonly bytes: Uint8Array;
  readonly bits: number;
}

/** Addresses and networks: `10.0.0.7`, `10.0.0.0/8`, `2001:db8::/32`. */
export class AddressRanges {
  readonly #ranges: readonly Range[];

  private constructor(ranges: readonly Range[]) {
    this.#ranges = ranges;
  }

  /** Throws `invalid_config` for what is neither. */
  static parse(texts: readonly string[]): AddressRanges {
    return new AddressRanges(texts.map(parseRange));
  }

  has(address: string): boolean {
    if (this.#ranges.length === 0) return false;
    const bytes = ipBytes(address);
    return bytes !== null && this.#ranges.some((range) => isWithin(bytes, range));
  }
}

function parseRange(text: string): Range {
  const [address = "", bitsText, ...rest] = text.trim().split("/");
  const bytes = ipBytes(address);
  const most = (bytes?.length ?? 0) * 8;
  const bits = bitsText === undefined ? most : /^\d{1,3}$/.test(bitsText) ? Number(bitsText) : NaN;
  if (bytes === null || rest.length > 0 || !(bits <= most)) {
    throw new AppError("invalid_config", `An address or a network such as 10.0.0.0/8 is expected, got "${text}"`);
  }
  return { bytes, bits };
}

function isWithin(bytes: Uint8Array, range: Range): boolean {
  if (bytes.length !== range.bytes.length) return false;
  const whole = Math.floor(range.bits / 8);
  for (let at = 0; at < whole; at++) if (bytes[at] !== range.bytes[at]) return false;
  const mask = 0xff << (8 - range.bits % 8) & 0xff;
  return ((bytes[whole] ?? 0) & mask) === ((range.bytes[whole] ?? 0) & mask);
}
