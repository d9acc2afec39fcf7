/**
 * What is remembered of a log file's rotation beside it, in `<file>.rotation`. Logical offsets count all bytes that were
 * ever written to the log; they never restart, so whatever is known by them stays true when the file is rotated.
 */

/** A rotated file, as it was when it was made. */
export interface Segment {
  /** Logical offset of its first byte. */
  readonly start: number;
  readonly length: number;
  /** Whether its first byte begins a line. */
  readonly whole: boolean;
}

/** A rotation that was under way; what the next agent needs to end it, with no line lost or doubled. */
export type PendingRotation =
  /** All of so many bytes is in the copy, which is not a rotated file yet or has just become one. */
  | { readonly kind: "copied"; readonly length: number; readonly endsLine: boolean }
  /** The head before `from` was freed, and is being taken out or has just been. */
  | { readonly kind: "collapsing" }
  /** All before `from` is in rotated files, and the file is being emptied or has just been. */
  | { readonly kind: "emptying" };

export interface FileState {
  /** Tells the file from another of the same name. */
  readonly identity: string;
  /** Logical offset of the file's very first byte, whether or not it is still there. */
  readonly base: number;
  /** Where within the file the part begins that no rotated file has. */
  readonly from: number;
  /** Whether the byte at `from` begins a line. */
  readonly whole: boolean;
  /** When the file was last rotated or, before that, first seen; of the wall clock. */
  readonly rotatedMs: number;
  /** Newest first. */
  readonly segments: readonly Segment[];
  readonly pending: PendingRotation | null;
}

/** Written in place and at once: it keeps its length for long, so it needs no room on a disk that has just become full. */
const GRAIN_BYTES = 4_096;
const VERSION = 1;

export function formatFileState(state: FileState): Uint8Array<ArrayBuffer> {
  const segments = state.segments.map(({ start, length, whole }) => [start, length, whole ? 1 : 0]);
  const text = JSON.stringify({ ...state, segments });
  const bytes = new TextEncoder().encode(`${VERSION} ${checksum(text)} ${text}\n`);
  const padded = new Uint8Array(Math.ceil(bytes.length / GRAIN_BYTES) * GRAIN_BYTES).fill(0x20);
  padded.set(bytes);
  return padded;
}

/** Null for what is damaged, or was never written by us. */
export function parseFileState(bytes: Uint8Array): FileState | null {
  const [line = ""] = new TextDecoder().decode(bytes).split("\n", 1);
  const [, version, sum, text] = /^(\d+) (\w+) (.*)$/s.exec(line) ?? [];
  if (text === undefined || Number(version) !== VERSION || checksum(text) !== sum) return null;
  try {
    return stateOf(JSON.parse(text));
  } catch {
    // Whoever wrote this had the right checksum for something else; it is worth no more than a damaged one.
    return null;
  }
}

function stateOf(value: Record<string, unknown>): FileState | null {
  const { identity, base, from, whole, rotatedMs, segments, pending } = value;
  if (typeof identity !== "string" || typeof whole !== "boolean" || !Array.isArray(segments)) return null;
  if (!isCount(base) || !isCount(from) || !isCount(rotatedMs)) return null;
  const parsed = segments.map(segmentOf);
  const kept = parsed.filter((segment) => segment !== null);
  if (kept.length < parsed.length) return null;
  const parsedPending = pendingOf(pending);
  return parsedPending === undefined
    ? null
    : { identity, base, from, whole, rotatedMs, segments: kept, pending: parsedPending };
}

function segmentOf(value: unknown): Segment | null {
  if (!Array.isArray(value)) return null;
  const [start, length, whole] = value as unknown[];
  return Number.isSafeInteger(start) && isCount(length) ? { start: Number(start), length, whole: whole === 1 } : null;
}

function pendingOf(value: unknown): PendingRotation | null | undefined {
  if (value === null) return null;
  if (typeof value !== "object" || !("kind" in value)) return undefined;
  if (value.kind === "collapsing" || value.kind === "emptying") return { kind: value.kind };
  if (value.kind !== "copied" || !("length" in value) || !("endsLine" in value)) return undefined;
  const { kind, length, endsLine } = value;
  return isCount(length) && typeof endsLine === "boolean" ? { kind, length, endsLine } : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** FNV-1a of 32 bits: enough to tell damage, and nobody is to be kept out by it. */
export function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

function checksum(text: string): string {
  return fnv1a(new TextEncoder().encode(text)).toString(16);
}

/** A rotated file as it is found. */
export interface FoundFile {
  readonly length: number;
  /** False when only the low 32 bits of the length are known, which is all that a compressed file tells. */
  readonly exact: boolean;
}

export interface MatchedFiles {
  /** One of each found file, newest first. */
  readonly segments: readonly Segment[];
  /** Times are known from this logical offset on only. */
  readonly timesFrom: number;
}

const UINT32 = 2 ** 32;

/**
 * Which remembered segment each found file is, both newest first. Somebody may have deleted some of the files, or the
 * agent may have died while it renamed them. A file that is none of them is placed before what is known, apart from it.
 * `end` is where the newest of them ends, as far as nothing else is known.
 */
export function matchSegments(
  found: readonly FoundFile[],
  known: readonly Segment[] | null,
  end: number,
): MatchedFiles {
  const segments: Segment[] = [];
  let [next, newer, timesFrom] = [0, end, known === null ? end : -Infinity];
  for (const { length, exact } of found) {
    const isIt = (segment: Segment) => exact ? segment.length === length : segment.length % UINT32 === length;
    const at = timesFrom === -Infinity
      ? known?.findIndex((segment, index) => index >= next && isIt(segment)) ?? -1
      : -1;
    const segment = at < 0 ? undefined : known?.[at];
    if (segment === undefined && timesFrom === -Infinity) timesFrom = newer;
    const gap = known === null ? 0 : 1;
    const placed = segment ?? { start: newer - length - gap, length, whole: false };
    if (at >= 0) next = at + 1;
    segments.push(placed);
    newer = placed.start;
  }
  return { segments, timesFrom };
}
