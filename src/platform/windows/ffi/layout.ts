/**
 * Reads fields of structures as Windows lays them out on 64-bit systems, little-endian. A field behind the end of what
 * Windows gave is absent, so that no parser trusts a length.
 */

export function u8(view: DataView, offset: number): number | undefined {
  return fits(view, offset, 1) ? view.getUint8(offset) : undefined;
}

export function u16(view: DataView, offset: number): number | undefined {
  return fits(view, offset, 2) ? view.getUint16(offset, true) : undefined;
}

export function u32(view: DataView, offset: number): number | undefined {
  return fits(view, offset, 4) ? view.getUint32(offset, true) : undefined;
}

export function i32(view: DataView, offset: number): number | undefined {
  return fits(view, offset, 4) ? view.getInt32(offset, true) : undefined;
}

/**
 * A number of 64 bits as the nearest double, without a BigInt for each. One with its highest bit set is absent: no
 * counter gets there, and what Windows does not know it gives as -1.
 */
export function u64(view: DataView, offset: number): number | undefined {
  if (!fits(view, offset, 8)) return undefined;
  const high = view.getUint32(offset + 4, true);
  return high > 0x7fff_ffff ? undefined : high * 0x1_0000_0000 + view.getUint32(offset, true);
}

/** An address, exact. */
export function address(view: DataView, offset: number): bigint {
  return fits(view, offset, 8) ? view.getBigUint64(offset, true) : 0n;
}

/** A time span in units of 100 ns, in seconds. */
export function ticks(view: DataView, offset: number): number | undefined {
  const value = u64(view, offset);
  return value === undefined ? undefined : value / TICKS_PER_SECOND;
}

/** A FILETIME, in milliseconds since 1970; absent for "never", which is 0, and for what is before 1970. */
export function fileTimeMs(view: DataView, offset: number): number | undefined {
  const value = u64(view, offset);
  if (value === undefined) return undefined;
  const ms = value / TICKS_PER_MS - FILETIME_EPOCH_MS;
  return ms > 0 ? ms : undefined;
}

/** UTF-16 text of at most `units` units, up to the first zero or the end of the memory. */
export function wideText(view: DataView, offset: number, units: number): string {
  const whole = Math.min(units, Math.floor(Math.max(0, view.byteLength - offset) / 2));
  let length = 0;
  while (length < whole && view.getUint16(offset + length * 2, true) !== 0) length++;
  return length === 0 ? "" : decodeWide(view, offset, length);
}

/** Where each row of a table begins that has the number of its rows at its start, as many as there really are. */
export function* tableRows(view: DataView, head: number, bytes: number): Generator<number> {
  const count = u32(view, 0) ?? 0;
  for (let i = 0, at = head; i < count && at + bytes <= view.byteLength; i++, at += bytes) yield at;
}

/** A view of what Windows wrote into a buffer. */
export function viewOf(bytes: Uint8Array, length: number = bytes.byteLength): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, Math.min(length, bytes.byteLength));
}

/** The same without the keys whose value is undefined, as absent values are written here. */
export function definedOnly<T extends object>(values: T): DefinedOnly<T> {
  for (const key in values) if (values[key] === undefined) delete values[key];
  return values as DefinedOnly<T>;
}

type DefinedOnly<T> =
  & { [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key] }
  & { [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined> };

// https://learn.microsoft.com/windows/win32/api/minwinbase/ns-minwinbase-filetime
const TICKS_PER_SECOND = 1e7;
const TICKS_PER_MS = 1e4;
const FILETIME_EPOCH_MS = 11_644_473_600_000;

function decodeWide(view: DataView, offset: number, length: number): string {
  return new TextDecoder("utf-16le").decode(new Uint8Array(view.buffer, view.byteOffset + offset, length * 2));
}

function fits(view: DataView, offset: number, bytes: number): boolean {
  return offset >= 0 && offset + bytes <= view.byteLength;
}
