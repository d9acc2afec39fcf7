import type { MemoryTrimmer } from "./halves.ts";
import { libc } from "./linux/libc.ts";

/** A range of addresses, and the bytes of the line in /proc/PID/maps that describes it. */
export interface Mapping {
  readonly start: number;
  readonly end: number;
  readonly line: Uint8Array;
}

const MAPS = "/proc/self/maps";
const HEADER = /^([0-9a-f]+)-([0-9a-f]+) .(.).(.) \S+ \S+ \d+ +(.*)$/;
const LIBRARY = /\.so(?:\.[\d.]+)?$/;
const NEWLINE = 10;
const HYPHEN = 45;

/** The mappings that may be dropped are chosen once; at each call only those are that still stand as they were. */
export function linuxMemoryTrimmer(collectGarbage: () => void): MemoryTrimmer {
  libc.shareOneArena();
  const executable = Deno.readLinkSync("/proc/self/exe");
  const safe = trimmableMappings(Deno.readTextFileSync("/proc/self/smaps"), executable);
  const unchanged = mappingMatcher(safe);
  let buffer = new Uint8Array(64 * 1024);
  return {
    trimsPages: true,
    trim() {
      const startedMs = performance.now();
      const maps = readWhole(MAPS, buffer);
      buffer = maps.buffer;
      let ranges = 0;
      unchanged(buffer.subarray(0, maps.length), ({ start, end }) => {
        if (libc.dropPages(start, end) === 0) ranges++;
      });
      return { ranges, ms: performance.now() - startedMs };
    },
    compact() {
      collectGarbage();
      libc.releaseFreeMemory();
    },
  };
}

/**
 * Chooses, from the text of /proc/PID/smaps, private and unwritable mappings of the executable and its libraries of
 * which no page was ever changed. A changed page (relocated data that was made read-only afterwards) exists in memory
 * only: dropping it would bring back the file's bytes and crash the program.
 */
export function trimmableMappings(smaps: string, executable: string): Mapping[] {
  const chosen: Mapping[] = [];
  let candidate: Mapping | null = null;
  for (const line of smaps.split("\n")) {
    const header = HEADER.exec(line);
    if (header !== null) candidate = candidateFrom(line, header, executable);
    else if (candidate !== null && /^Anonymous: +0 kB$/.test(line)) chosen.push(candidate);
  }
  return chosen;
}

function candidateFrom(line: string, header: RegExpExecArray, executable: string): Mapping | null {
  const [, start = "", end = "", writable, sharing, path = ""] = header;
  const isProgramFile = path === executable || LIBRARY.test(path);
  if (writable === "w" || sharing !== "p" || !isProgramFile) return null;
  // Bytes, not text: a part of a text keeps the whole of it, 130 kB here, in memory.
  return { start: parseInt(start, 16), end: parseInt(end, 16), line: new TextEncoder().encode(line) };
}

/** Makes a function that finds these very lines in the bytes of a maps file, without making text or objects of them. */
export function mappingMatcher(
  mappings: readonly Mapping[],
): (maps: Uint8Array, onMatch: (mapping: Mapping) => void) => void {
  const known = new Map(mappings.map((mapping) => [mapping.start, mapping]));
  return (maps, onMatch) => {
    for (let at = 0; at < maps.length;) {
      const newline = maps.indexOf(NEWLINE, at);
      const lineEnd = newline < 0 ? maps.length : newline;
      const mapping = known.get(leadingAddress(maps, at));
      if (mapping !== undefined && standsAt(maps, at, lineEnd, mapping.line)) onMatch(mapping);
      at = lineEnd + 1;
    }
  };
}

/** The hexadecimal number before the hyphen. Addresses of user space fit in 48 bits, so a number holds them. */
function leadingAddress(bytes: Uint8Array, at: number): number {
  let address = 0;
  for (let i = at; i < bytes.length && bytes[i] !== HYPHEN; i++) {
    const digit = bytes[i] ?? 0;
    address = address * 16 + (digit >= 97 ? digit - 87 : digit - 48);
  }
  return address;
}

function standsAt(bytes: Uint8Array, start: number, end: number, wanted: Uint8Array): boolean {
  if (end - start !== wanted.length) return false;
  for (let i = 0; i < wanted.length; i++) if (bytes[start + i] !== wanted[i]) return false;
  return true;
}

/** Reads a file of unknown size into the buffer, or into a larger one that takes its place. */
function readWhole(path: string, buffer: Uint8Array<ArrayBuffer>): { buffer: Uint8Array<ArrayBuffer>; length: number } {
  const file = Deno.openSync(path);
  try {
    for (let length = 0;;) {
      if (length === buffer.length) buffer = enlarge(buffer);
      const read = file.readSync(buffer.subarray(length));
      if (read === null) return { buffer, length };
      length += read;
    }
  } finally {
    file.close();
  }
}

function enlarge(buffer: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(buffer.length * 2);
  larger.set(buffer);
  return larger;
}
