import { AppError } from "../../core/mod.ts";
import { lazy } from "../lazy.ts";
import { LIBRARY } from "./library.ts";
import { machUnitSeconds } from "./mach.ts";
import { textAt, unsigned64, viewOf } from "./structs.ts";

// <sys/proc_info.h>: https://github.com/apple-oss-distributions/xnu/blob/main/bsd/sys/proc_info.h
const PROC_ALL_PIDS = 1;
const PROC_PIDLISTFDS = 1;
const PROC_PIDTASKALLINFO = 2;
const PROC_PIDT_SHORTBSDINFO = 13;
/** For PROC_PIDT_SHORTBSDINFO: processes that have ended, but are not yet waited for, too. */
const ALSO_ZOMBIES = 1n;
const PID_BYTES = 4;
/** struct proc_fdinfo. */
const OPEN_FILE_BYTES = 8;

/** struct proc_taskallinfo: proc_bsdinfo (136 bytes) and proc_taskinfo (96). */
const TASK_ALL = {
  bytes: 232,
  status: 4,
  pid: 12,
  parent: 16,
  uid: 20,
  command: 48,
  name: 64,
  startSeconds: 120,
  startMicroseconds: 128,
  virtualBytes: 136,
  residentBytes: 144,
  userTime: 152,
  systemTime: 160,
  threads: 220,
  runningThreads: 224,
} as const;
const SHORT = { bytes: 64, pid: 0, parent: 4, status: 12, command: 16, uid: 36 } as const;
const COMMAND_BYTES = 16;
const NAME_BYTES = 32;

// <sys/proc.h>: https://github.com/apple-oss-distributions/xnu/blob/main/bsd/sys/proc.h
const SIDL = 1;
const SSTOP = 4;
const SZOMB = 5;

export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  readonly uid: number;
  readonly name: string;
  /** `unknown` is one of another user, which only root may look at closer. */
  readonly state: "running" | "sleeping" | "starting" | "stopped" | "zombie" | "unknown";
  /** Absent for processes of other users, but for root. */
  readonly use?: ProcessResources;
}

export interface ProcessResources {
  readonly startedMs?: number | undefined;
  readonly virtualBytes?: number | undefined;
  readonly rssBytes?: number | undefined;
  readonly cpuSeconds?: number | undefined;
  readonly threads: number;
}

const symbols = lazy(() =>
  Deno.dlopen(LIBRARY, {
    proc_listpids: { parameters: ["u32", "u32", "buffer", "i32"], result: "i32" },
    proc_pidinfo: { parameters: ["i32", "i32", "u64", "buffer", "i32"], result: "i32" },
  }).symbols
);

/** All processes but the kernel itself. */
export function allProcesses(): ProcessFacts[] {
  const found: ProcessFacts[] = [];
  const room = new Uint8Array(TASK_ALL.bytes);
  for (const pid of allPids()) {
    const process = pid === 0 ? null : processFacts(pid, room);
    if (process !== null) found.push(process); // null: it has ended meanwhile
  }
  return found;
}

/** Null when there is no such process. */
export function processFacts(
  pid: number,
  room: Uint8Array<ArrayBuffer> = new Uint8Array(TASK_ALL.bytes),
): ProcessFacts | null {
  const { proc_pidinfo } = symbols();
  if (proc_pidinfo(pid, PROC_PIDTASKALLINFO, 0n, room, TASK_ALL.bytes) === TASK_ALL.bytes) {
    return parseTaskAllInfo(room, machUnitSeconds());
  }
  const length = proc_pidinfo(pid, PROC_PIDT_SHORTBSDINFO, ALSO_ZOMBIES, room, SHORT.bytes);
  return length === SHORT.bytes ? parseShortInfo(room) : null;
}

/**
 * How many files a process holds open; undefined for one of another user. What the kernel calls pbi_nfiles is the size
 * of its table, so they have to be listed. Without room the call answers with the number of bytes that are enough.
 */
export function openFileCount(pid: number): number | undefined {
  const neededBytes = symbols().proc_pidinfo(pid, PROC_PIDLISTFDS, 0n, null, 0);
  if (neededBytes <= 0) return undefined;
  const list = new Uint8Array(neededBytes);
  const filledBytes = symbols().proc_pidinfo(pid, PROC_PIDLISTFDS, 0n, list, list.length);
  return filledBytes <= 0 ? undefined : Math.floor(filledBytes / OPEN_FILE_BYTES);
}

/** The call answers with the number of bytes: those that it has filled or, without room, those that it would fill. */
function allPids(): Int32Array {
  const neededBytes = symbols().proc_listpids(PROC_ALL_PIDS, 0, null, 0);
  const pids = new Int32Array(Math.ceil(Math.max(neededBytes, 0) / PID_BYTES * 1.25) + 64);
  const filledBytes = symbols().proc_listpids(PROC_ALL_PIDS, 0, pids, pids.byteLength);
  if (filledBytes <= 0) throw new AppError("unavailable", "proc_listpids failed");
  return pids.subarray(0, Math.floor(filledBytes / PID_BYTES));
}

export function parseTaskAllInfo(bytes: Uint8Array, timeUnitSeconds: number): ProcessFacts | null {
  if (bytes.length < TASK_ALL.bytes) return null;
  const view = viewOf(bytes);
  const number = (field: number) => view.getUint32(field, true);
  const count = (field: number) => Math.max(0, view.getInt32(field, true));
  const user = unsigned64(view, TASK_ALL.userTime);
  const system = unsigned64(view, TASK_ALL.systemTime);
  const living = count(TASK_ALL.runningThreads) > 0 ? "running" : "sleeping";
  return {
    pid: number(TASK_ALL.pid),
    parent: number(TASK_ALL.parent),
    uid: number(TASK_ALL.uid),
    name: textAt(bytes, TASK_ALL.name, NAME_BYTES) || textAt(bytes, TASK_ALL.command, COMMAND_BYTES),
    state: stateOf(number(TASK_ALL.status), living),
    use: {
      startedMs: startedMs(view),
      virtualBytes: unsigned64(view, TASK_ALL.virtualBytes),
      rssBytes: unsigned64(view, TASK_ALL.residentBytes),
      cpuSeconds: user === undefined || system === undefined ? undefined : (user + system) * timeUnitSeconds,
      threads: count(TASK_ALL.threads),
    },
  };
}

export function parseShortInfo(bytes: Uint8Array): ProcessFacts | null {
  if (bytes.length < SHORT.bytes) return null;
  const view = viewOf(bytes);
  return {
    pid: view.getUint32(SHORT.pid, true),
    parent: view.getUint32(SHORT.parent, true),
    uid: view.getUint32(SHORT.uid, true),
    name: textAt(bytes, SHORT.command, COMMAND_BYTES),
    state: stateOf(view.getUint32(SHORT.status, true), "unknown"),
  };
}

/** The kernel calls every living process runnable, whatever its threads do: that is theirs to say. */
function stateOf(status: number, living: ProcessFacts["state"]): ProcessFacts["state"] {
  if (status === SIDL) return "starting";
  if (status === SSTOP) return "stopped";
  return status === SZOMB ? "zombie" : living;
}

function startedMs(view: DataView): number | undefined {
  const seconds = unsigned64(view, TASK_ALL.startSeconds);
  const microseconds = unsigned64(view, TASK_ALL.startMicroseconds);
  if (seconds === undefined || microseconds === undefined || seconds === 0) return undefined;
  const ms = Math.round(seconds * 1000 + microseconds / 1000);
  return Number.isSafeInteger(ms) ? ms : undefined;
}
