/**
 * Reading C structures out of bytes. macOS is little-endian and LP64 on both its processors, so one layout serves both.
 */
const decoder = new TextDecoder();
const TWO_TO_32 = 2 ** 32;
/** The last moment that a Date can stand for. */
const LATEST_DATE_MS = 8.64e15;

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A uint64_t. One beyond what a number holds exactly is nothing that a Mac counts, but memory that nobody has filled. */
export function unsigned64(view: DataView, at: number): number | undefined {
  const value = view.getUint32(at + 4, true) * TWO_TO_32 + view.getUint32(at, true);
  return value <= Number.MAX_SAFE_INTEGER ? value : undefined;
}

/** The fields of a layout, each a uint64_t. */
export function fields64<Name extends string>(
  view: DataView,
  layout: Readonly<Record<Name, number>>,
): Record<Name, number | undefined> {
  const names = Object.keys(layout) as Name[];
  return Object.fromEntries(names.map((name) => [name, unsigned64(view, layout[name])])) as Record<
    Name,
    number | undefined
  >;
}

/** The same of uint32_t. */
export function fields32<Name extends string>(
  view: DataView,
  layout: Readonly<Record<Name, number>>,
): Record<Name, number> {
  const names = Object.keys(layout) as Name[];
  return Object.fromEntries(names.map((name) => [name, view.getUint32(layout[name], true)])) as Record<Name, number>;
}

/** The text of a `char[length]`: up to its first zero byte, or all of it when there is none. */
export function textAt(bytes: Uint8Array, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return decoder.decode(end < 0 ? field : field.subarray(0, end));
}

/** A `struct timeval` of a 64-bit program: a 64-bit number of seconds and a 32-bit one of microseconds. */
export function timevalMs(view: DataView, at: number): number | undefined {
  const seconds = unsigned64(view, at);
  if (seconds === undefined || seconds === 0) return undefined;
  const ms = seconds * 1000 + view.getUint32(at + 8, true) / 1000;
  return ms <= LATEST_DATE_MS ? ms : undefined;
}
