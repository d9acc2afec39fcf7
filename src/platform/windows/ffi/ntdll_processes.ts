import { type GrowingAnswer, growingInformation } from "./ntdll.ts";
import { address, definedOnly, fileTimeMs, ticks, u16, u32, u64, wideText } from "./layout.ts";
import { lazy } from "../../lazy.ts";

/**
 * SYSTEM_PROCESS_INFORMATION with its SYSTEM_THREAD_INFORMATION behind it, on 64-bit Windows since Vista:
 * https://learn.microsoft.com/windows/win32/api/winternl/nf-winternl-ntquerysysteminformation, and for the fields
 * that it names as reserved https://ntdoc.m417z.com/system_process_information
 */
const SYSTEM_PROCESS_INFORMATION = 5;
const PROCESS = {
  bytes: 256,
  next: 0,
  threads: 4,
  created: 32,
  userTime: 40,
  kernelTime: 48,
  nameBytes: 56,
  name: 64,
  pid: 80,
  parentPid: 88,
  handles: 96,
  workingSet: 144,
  privateBytes: 200,
  readBytes: 232,
  writtenBytes: 240,
} as const;
const THREAD = { bytes: 80, state: 68, waitReason: 72 } as const;

// KTHREAD_STATE and KWAIT_REASON: https://ntdoc.m417z.com/kthread_state, https://ntdoc.m417z.com/kwait_reason
const READY = 1;
const RUNNING = 2;
const STANDBY = 3;
const TERMINATED = 4;
const WAITING = 5;
const DEFERRED_READY = 7;
const SUSPENDED: ReadonlySet<number> = new Set([5, 12]);

/** Longest name of a program file. */
const MAX_NAME_UNITS = 260;
const FIRST_BUFFER_BYTES = 256 * 1024;

/** Running: a thread has a core or could use one; stopped: all threads are suspended. */
export type ProcessState = "running" | "sleeping" | "stopped";

export interface ProcessRecord {
  readonly pid: number;
  /** Who started it; that one may have ended, and its pid may have been given anew. */
  readonly parentPid: number;
  readonly name: string;
  readonly state: ProcessState;
  readonly createdMs?: number;
  readonly cpuSeconds?: number;
  readonly threads?: number;
  readonly handles?: number;
  readonly workingSetBytes?: number;
  readonly privateBytes?: number;
  /** All that it has read and written, not on disks alone. */
  readonly readBytes?: number;
  readonly writtenBytes?: number;
}

/** Who is there, and what each uses, without what only a list of processes for people wants. */
export interface ProcessPresence {
  readonly pid: number;
  /** As in ProcessRecord. */
  readonly parentPid: number;
  /** In 100 ns since 1601, as text, for a double does not hold it: what identifies a process beside its pid. */
  readonly startTime: string;
  readonly name: string;
  readonly cpuSeconds: number;
  readonly workingSetBytes: number;
  /** None are left in one that has ended while somebody still has it open. */
  readonly threads: number;
}

/** One buffer for all readings: hundreds of kilobytes that are wanted again soon. */
const answer = lazy((): GrowingAnswer => ({ buffer: new Uint8Array(FIRST_BUFFER_BYTES) }));

/** Every process but the idle one, which is none. */
export function processRecords(): ProcessRecord[] {
  const view = growingInformation("the list of processes", SYSTEM_PROCESS_INFORMATION, answer());
  return parseProcesses(view, Deno.UnsafePointer.value(Deno.UnsafePointer.of(answer().buffer)));
}

/** The same processes, with the exact moments at which they were created. */
export function processPresences(): ProcessPresence[] {
  const view = growingInformation("the list of processes", SYSTEM_PROCESS_INFORMATION, answer());
  return parsePresences(view, Deno.UnsafePointer.value(Deno.UnsafePointer.of(answer().buffer)));
}

/** `base` is where the bytes stood when Windows wrote them: names are pointers into the same memory. */
export function parseProcesses(view: DataView, base: bigint): ProcessRecord[] {
  const records: ProcessRecord[] = [];
  for (const [at, end] of eachProcess(view)) {
    const record = parseProcess(view, at, end, base);
    if (record !== null) records.push(record);
  }
  return records.some(({ readBytes, writtenBytes }) => readBytes || writtenBytes) ? records : records.map(withoutIo);
}

export function parsePresences(view: DataView, base: bigint): ProcessPresence[] {
  const presences: ProcessPresence[] = [];
  for (const [at] of eachProcess(view)) {
    const pid = u64(view, at + PROCESS.pid);
    if (!pid || pid > 0xffff_ffff) continue;
    presences.push({
      pid,
      parentPid: u64(view, at + PROCESS.parentPid) ?? 0,
      startTime: String(address(view, at + PROCESS.created)),
      name: nameOf(view, at, base),
      cpuSeconds: sum(ticks(view, at + PROCESS.kernelTime), ticks(view, at + PROCESS.userTime)) ?? 0,
      workingSetBytes: u64(view, at + PROCESS.workingSet) ?? 0,
      threads: u32(view, at + PROCESS.threads) ?? 0,
    });
  }
  return presences;
}

/** Where each process begins, and where what belongs to it ends. */
function* eachProcess(view: DataView): Generator<readonly [at: number, end: number]> {
  for (let at = 0; at + PROCESS.bytes <= view.byteLength;) {
    const next = u32(view, at + PROCESS.next) ?? 0;
    yield [at, next === 0 ? view.byteLength : Math.min(view.byteLength, at + next)];
    if (next < PROCESS.bytes) break; // the last one, or nothing that a record could be
    at += next;
  }
}

/** No process at all has read or written: this system does not count it. */
function withoutIo({ readBytes: _read, writtenBytes: _written, ...others }: ProcessRecord): ProcessRecord {
  return others;
}

function parseProcess(view: DataView, at: number, end: number, base: bigint): ProcessRecord | null {
  const pid = u64(view, at + PROCESS.pid);
  if (!pid || pid > 0xffff_ffff) return null;
  const threads = u32(view, at + PROCESS.threads);
  return definedOnly({
    pid,
    parentPid: u64(view, at + PROCESS.parentPid) ?? 0,
    name: nameOf(view, at, base),
    state: stateOf(view, at + PROCESS.bytes, end, threads ?? 0),
    createdMs: fileTimeMs(view, at + PROCESS.created),
    cpuSeconds: sum(ticks(view, at + PROCESS.kernelTime), ticks(view, at + PROCESS.userTime)),
    threads,
    handles: u32(view, at + PROCESS.handles),
    workingSetBytes: u64(view, at + PROCESS.workingSet),
    // A process has private memory: 0 is not measured.
    privateBytes: u64(view, at + PROCESS.privateBytes) || undefined,
    readBytes: u64(view, at + PROCESS.readBytes),
    writtenBytes: u64(view, at + PROCESS.writtenBytes),
  });
}

function nameOf(view: DataView, at: number, base: bigint): string {
  const units = Math.min(MAX_NAME_UNITS, (u16(view, at + PROCESS.nameBytes) ?? 0) >> 1);
  const offset = address(view, at + PROCESS.name) - base;
  const inside = offset >= 0n && offset + BigInt(units * 2) <= BigInt(view.byteLength);
  return inside ? wideText(view, Number(offset), units) : "";
}

function stateOf(view: DataView, first: number, end: number, threads: number): ProcessState {
  let [living, suspended] = [0, 0];
  for (let i = 0, at = first; i < threads && at + THREAD.bytes <= end; i++, at += THREAD.bytes) {
    const state = view.getUint32(at + THREAD.state, true);
    if (state === RUNNING || state === READY || state === STANDBY || state === DEFERRED_READY) return "running";
    if (state === TERMINATED) continue;
    living++;
    if (state === WAITING && SUSPENDED.has(view.getUint32(at + THREAD.waitReason, true))) suspended++;
  }
  return living > 0 && living === suspended ? "stopped" : "sleeping";
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}
