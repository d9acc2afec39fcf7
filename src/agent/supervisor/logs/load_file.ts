/** What an earlier agent has left of a log: where its bytes are, and a rotation that it did not live to end. */
import { existsSync } from "node:fs";
import type { LogSurgery, OpenLog } from "../../../platform/mod.ts";
import { identityOf, isMissing, isSameFile, lstatOrNull } from "./file_identity.ts";
import { type FileState, matchSegments, parseFileState, type PendingRotation, type Segment } from "./file_state.ts";
import { companions, findSlots, makeRoom, removeIfThere, sizeOf, type Slot, slotPath } from "./slots.ts";

export interface LoadDeps {
  readonly surgery: LogSurgery;
  readonly nowMs: () => number;
  /** The last logical offset that the times know. */
  readonly lastTimed: () => number;
}

export interface LoadedFile {
  readonly position: Position;
  readonly slots: readonly Slot[];
  /** Empty when there is no file. */
  readonly identity: string;
  readonly sizeBytes: number;
  readonly timesFrom: number;
  /** True when it differs from what is remembered on the disk. */
  readonly changed: boolean;
}

interface Position {
  readonly base: number;
  readonly from: number;
  readonly whole: boolean;
  readonly rotatedMs: number;
}

type Known = Omit<FileState, "identity" | "rotatedMs" | "pending">;

/** So much is compared to tell whether a file was emptied before the agent died. */
const COMPARED_BYTES = 64 * 1024;

export function loadFile(path: string, maxFiles: number, deps: LoadDeps): LoadedFile {
  removeIfThere(companions(path).packed);
  const info = lstatOrNull(path);
  const state = readState(companions(path).state);
  const known = state === null ? null : endPending(path, maxFiles, state, info?.size ?? 0, deps.surgery);
  removeIfThere(companions(path).copy);
  const found = findSlots(path, maxFiles);
  const identity = info === null ? "" : identityOf(info);
  const sizeBytes = info?.size ?? 0;
  const position = known === null
    ? unknownPosition(path, info, found.reduce((sum, { length }) => sum + length, 0), deps)
    : isSameFile(state?.identity ?? "", identity) && sizeBytes >= known.from
    ? known
    : anotherPosition(path, info, known, deps);
  const oldest = position.base + position.from;
  const { segments, timesFrom } = matchSegments(
    found.map(({ length, compressed }) => ({ length, exact: !compressed })),
    known === null ? (found.length === 0 ? [] : null) : known.segments,
    oldest,
  );
  const slots = found.map(({ number, compressed }, index) => {
    return { number, compressed, ...(segments[index] ?? { start: 0, length: 0, whole: false }) };
  });
  return {
    position: { ...position, rotatedMs: state?.rotatedMs ?? info?.birthtime?.getTime() ?? deps.nowMs() },
    slots,
    identity,
    sizeBytes,
    timesFrom,
    changed: state !== null && (state.pending !== null || position.base !== state.base || position.from !== state.from),
  };
}

function readState(path: string): FileState | null {
  if (!existsSync(path)) return null;
  try {
    return parseFileState(Deno.readFileSync(path));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Without memory the kept files are taken for all that ever was, and the current one to begin where its data does. */
function unknownPosition(
  path: string,
  info: Deno.FileInfo | null,
  base: number,
  deps: LoadDeps,
): Omit<Position, "rotatedMs"> {
  const isSparse = info !== null && info.blocks !== null && info.blocks * 512 < info.size;
  if (!isSparse) return { base, from: 0, whole: base === 0 };
  using log = deps.surgery.open(path);
  const from = log.firstData() ?? info.size;
  return { base, from, whole: base === 0 && from === 0 };
}

/** Another file, or one that was emptied: it begins apart from all that was before. */
function anotherPosition(
  path: string,
  info: Deno.FileInfo | null,
  { base, from }: Known,
  deps: LoadDeps,
): Omit<Position, "rotatedMs"> {
  const end = Math.max(base + from, deps.lastTimed()) + 1;
  return { ...unknownPosition(path, info, end, deps), whole: true };
}

function endPending(
  path: string,
  maxFiles: number,
  state: FileState,
  sizeBytes: number,
  surgery: LogSurgery,
): Known {
  const { pending } = state;
  if (pending === null) return state;
  if (pending.kind === "copied") return endCopied(path, maxFiles, state, pending);
  if (state.from === 0) return state;
  const taken = sizeBytes < state.from || isTaken(path, state, pending, surgery);
  const known = pending.kind === "emptying"
    ? { ...state, segments: withLastCopied(path, state.segments, taken) }
    : state;
  return taken ? { ...known, base: state.base + state.from, from: 0 } : known;
}

/** The copy is complete, and whatever became of it: it is the newest rotated file from now on. */
function endCopied(
  path: string,
  maxFiles: number,
  state: FileState,
  pending: Extract<PendingRotation, { kind: "copied" }>,
): Known {
  const copy = companions(path).copy;
  const newest = { number: 1, compressed: false };
  if (sizeOf(copy) === pending.length) {
    const slots = findSlots(path, maxFiles).map((slot) => ({ ...slot, start: 0, whole: false }));
    makeRoom(path, slots, Math.max(1, maxFiles - 1));
    Deno.renameSync(copy, slotPath(path, newest));
  } else if (sizeOf(slotPath(path, newest)) !== pending.length) {
    return state; // somebody has deleted it, so the head, which is still there, counts
  }
  const segment: Segment = { start: state.base + state.from, length: pending.length, whole: state.whole };
  return {
    base: state.base,
    from: state.from + pending.length,
    whole: pending.endsLine,
    segments: [segment, ...state.segments],
  };
}

/** Just before the file was emptied its last bytes were copied, which was not written down any more. */
function withLastCopied(path: string, segments: readonly Segment[], taken: boolean): readonly Segment[] {
  const newestPath = slotPath(path, { number: 1, compressed: false });
  const [newest, ...older] = segments;
  const length = sizeOf(newestPath);
  if (newest === undefined || length === null || length <= newest.length) return segments;
  if (taken) return [{ ...newest, length }, ...older];
  Deno.truncateSync(newestPath, newest.length);
  return segments;
}

/** Whether the head before `from` was taken out of the file before the agent died. */
function isTaken(path: string, state: FileState, pending: PendingRotation, surgery: LogSurgery): boolean {
  using log = surgery.open(path);
  // It was freed before it was to be taken out: while there is such a hole it is still there.
  if (pending.kind === "collapsing") return (log.firstData() ?? Infinity) < state.from;
  return !endsLike(log, state.from, slotPath(path, { number: 1, compressed: false }), state.segments[0]?.length ?? 0);
}

/** Whether what is before `to` ends with the same bytes as so much of a rotated file. */
function endsLike(log: OpenLog, to: number, rotated: string, length: number): boolean {
  if ((sizeOf(rotated) ?? 0) < length) return false;
  const count = Math.min(COMPARED_BYTES, length, to);
  const expected = new Uint8Array(count);
  using file = Deno.openSync(rotated);
  file.seekSync(length - count, Deno.SeekMode.Start);
  for (let filled = 0; filled < count;) {
    const more = file.readSync(expected.subarray(filled));
    if (more === null) return false;
    filled += more;
  }
  const actual = log.read(to - count, count);
  return actual.length === count && actual.every((byte, index) => byte === expected[index]);
}
