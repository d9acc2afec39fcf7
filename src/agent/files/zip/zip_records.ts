/**
 * The records of a ZIP archive that is written in one go, without going back: sizes and checksums follow the data.
 * https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
import { joinedBytes } from "../../../core/mod.ts";

const LOCAL_HEADER = 0x04034b50;
const DATA_DESCRIPTOR = 0x08074b50;
const CENTRAL_HEADER = 0x02014b50;
const ZIP64_END = 0x06064b50;
const ZIP64_LOCATOR = 0x07064b50;
const END = 0x06054b50;

const ZIP64_EXTRA = 0x0001;
/** "Extended timestamp": seconds since 1970, whatever the time zone. */
const TIME_EXTRA = 0x5455;
/** General purpose bits: sizes in a data descriptor; the name is UTF-8. */
const FLAGS = 0x0808;
const METHODS = { stored: 0, deflated: 8 } as const;
/** By Unix, version 3.0 of the format: so the mode is understood. */
const MADE_BY = 0x031e;
const VERSION = 20;
const VERSION_ZIP64 = 45;
const DOS_FOLDER = 0x10;
const UNIX_FILE = 0o100000;
const UNIX_FOLDER = 0o040000;
const MAX_32 = 0xffff_ffff;
const MAX_16 = 0xffff;
const MAX_SECONDS = 0x7fff_ffff;
/** Deflate can make data a little longer; an entry from here on counts as one that 32 bits may not hold. */
const LARGE_BYTES = 0xf000_0000;
const DOS_EPOCH_YEAR = 1980;
const DOS_LAST_YEAR = 2107;

export interface ZipEntry {
  /** UTF-8; that of a folder ends in a slash. */
  readonly name: Uint8Array;
  readonly isFolder: boolean;
  readonly modifiedMs: number;
  readonly mode: number | null;
  /** At most so much will come. */
  readonly sizeBytes: number;
}

/** What is known of an entry once it has been written. */
export interface ZipContent {
  readonly crc: number;
  readonly storedBytes: number;
  readonly sizeBytes: number;
}

export function localHeader(entry: ZipEntry): Uint8Array<ArrayBuffer> {
  const extra = joinedBytes([timeExtra(entry), isLarge(entry) ? zip64Extra([0, 0]) : new Uint8Array(0)]);
  const bytes = new Uint8Array(30 + entry.name.length + extra.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, LOCAL_HEADER, true);
  view.setUint16(4, isLarge(entry) ? VERSION_ZIP64 : VERSION, true);
  writeCommon(view, 6, entry);
  // Checksum and sizes: 0 where they follow, all ones where the zip64 extra stands for them.
  if (isLarge(entry)) {
    view.setUint32(18, MAX_32, true);
    view.setUint32(22, MAX_32, true);
  }
  view.setUint16(26, entry.name.length, true);
  view.setUint16(28, extra.length, true);
  bytes.set(entry.name, 30);
  bytes.set(extra, 30 + entry.name.length);
  return bytes;
}

export function dataDescriptor(entry: ZipEntry, { crc, storedBytes, sizeBytes }: ZipContent): Uint8Array<ArrayBuffer> {
  const wide = isLarge(entry);
  const bytes = new Uint8Array(wide ? 24 : 16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, DATA_DESCRIPTOR, true);
  view.setUint32(4, crc, true);
  if (wide) {
    view.setBigUint64(8, BigInt(storedBytes), true);
    view.setBigUint64(16, BigInt(sizeBytes), true);
  } else {
    view.setUint32(8, storedBytes, true);
    view.setUint32(12, sizeBytes, true);
  }
  return bytes;
}

/** For the list at the end of the archive, where readers begin. */
export function centralRecord(entry: ZipEntry, content: ZipContent, offset: number): Uint8Array<ArrayBuffer> {
  const large = [content.sizeBytes, content.storedBytes, offset].filter((value) => value >= MAX_32);
  const extra = joinedBytes([timeExtra(entry), large.length > 0 ? zip64Extra(large) : new Uint8Array(0)]);
  const bytes = new Uint8Array(46 + entry.name.length + extra.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, CENTRAL_HEADER, true);
  view.setUint16(4, MADE_BY, true);
  view.setUint16(6, large.length > 0 || isLarge(entry) ? VERSION_ZIP64 : VERSION, true);
  writeCommon(view, 8, entry);
  view.setUint32(16, content.crc, true);
  view.setUint32(20, Math.min(content.storedBytes, MAX_32), true);
  view.setUint32(24, Math.min(content.sizeBytes, MAX_32), true);
  view.setUint16(28, entry.name.length, true);
  view.setUint16(30, extra.length, true);
  view.setUint32(38, attributesOf(entry), true);
  view.setUint32(42, Math.min(offset, MAX_32), true);
  bytes.set(entry.name, 46);
  bytes.set(extra, 46 + entry.name.length);
  return bytes;
}

/** After the list: how many there are in it, how long it is and where it begins. */
export function endRecords(count: number, listBytes: number, offset: number): Uint8Array<ArrayBuffer> {
  const end = new Uint8Array(22);
  const view = new DataView(end.buffer);
  view.setUint32(0, END, true);
  view.setUint16(8, Math.min(count, MAX_16), true);
  view.setUint16(10, Math.min(count, MAX_16), true);
  view.setUint32(12, Math.min(listBytes, MAX_32), true);
  view.setUint32(16, Math.min(offset, MAX_32), true);
  const isPlain = count < MAX_16 && listBytes < MAX_32 && offset < MAX_32;
  return isPlain ? end : joinedBytes([zip64End(count, listBytes, offset), end]);
}

function zip64End(count: number, listBytes: number, offset: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(56 + 20);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, ZIP64_END, true);
  view.setBigUint64(4, 44n, true);
  view.setUint16(12, MADE_BY, true);
  view.setUint16(14, VERSION_ZIP64, true);
  view.setBigUint64(24, BigInt(count), true);
  view.setBigUint64(32, BigInt(count), true);
  view.setBigUint64(40, BigInt(listBytes), true);
  view.setBigUint64(48, BigInt(offset), true);
  view.setUint32(56, ZIP64_LOCATOR, true);
  view.setBigUint64(64, BigInt(offset + listBytes), true);
  view.setUint32(72, 1, true);
  return bytes;
}

/** Flags, method, time and date, which stand in this order in both headers. */
function writeCommon(view: DataView, at: number, { isFolder, modifiedMs }: ZipEntry): void {
  const { date, time } = dosTime(modifiedMs);
  view.setUint16(at, FLAGS, true);
  view.setUint16(at + 2, isFolder ? METHODS.stored : METHODS.deflated, true);
  view.setUint16(at + 4, time, true);
  view.setUint16(at + 6, date, true);
}

function attributesOf({ isFolder, mode }: ZipEntry): number {
  const rights = mode ?? (isFolder ? 0o755 : 0o644);
  return (((isFolder ? UNIX_FOLDER : UNIX_FILE) | rights) << 16 | (isFolder ? DOS_FOLDER : 0)) >>> 0;
}

function isLarge({ sizeBytes }: ZipEntry): boolean {
  return sizeBytes >= LARGE_BYTES;
}

function dosTime(ms: number): { readonly date: number; readonly time: number } {
  const at = new Date(ms);
  const year = at.getUTCFullYear();
  if (!(year >= DOS_EPOCH_YEAR)) return { date: 0x21, time: 0 };
  if (year > DOS_LAST_YEAR) return { date: 0xff9f, time: 0xbf7d };
  return {
    date: (year - DOS_EPOCH_YEAR) << 9 | (at.getUTCMonth() + 1) << 5 | at.getUTCDate(),
    time: at.getUTCHours() << 11 | at.getUTCMinutes() << 5 | at.getUTCSeconds() >> 1,
  };
}

function timeExtra({ modifiedMs }: ZipEntry): Uint8Array<ArrayBuffer> {
  const seconds = Math.floor(modifiedMs / 1_000);
  if (!(seconds >= 0 && seconds <= MAX_SECONDS)) return new Uint8Array(0);
  const view = new DataView(new ArrayBuffer(9));
  view.setUint16(0, TIME_EXTRA, true);
  view.setUint16(2, 5, true);
  view.setUint8(4, 1);
  view.setUint32(5, seconds, true);
  return new Uint8Array(view.buffer);
}

function zip64Extra(values: readonly number[]): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(4 + 8 * values.length));
  view.setUint16(0, ZIP64_EXTRA, true);
  view.setUint16(2, 8 * values.length, true);
  values.forEach((value, index) => view.setBigUint64(4 + 8 * index, BigInt(value), true));
  return new Uint8Array(view.buffer);
}
