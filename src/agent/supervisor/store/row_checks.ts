import {
  EVENT_KINDS,
  PROCESS_STATES,
  type ProcessEvent,
  type ProcessEventKind,
  type ProcessExit,
  type ProcessState,
} from "../../../protocol/mod.ts";
import type { Handle, RegisteredProcess } from "./store.ts";

/**
 * What comes back from the file was written by some agent at some time and may have been damaged since in ways that
 * SQLite cannot notice. Each check makes the row of it, or null of what is none; properties it does not know are left out.
 */

export interface WantedRow {
  readonly id: string;
  readonly wanted: boolean;
  readonly bootId: string;
}

export function handleOf(value: unknown): Handle | null {
  if (!isRecord(value) || !isRecord(value["identity"])) return null;
  const { pid, startTime, bootId } = value["identity"];
  const { id, run, startedMs, restarts, cgroup, fingerprint } = value;
  const isHandle = isText(id) && isText(run) && isText(startTime) && isText(bootId) && isText(cgroup) &&
    isText(fingerprint) && isCount(pid) && pid > 0 && isCount(startedMs) && isCount(restarts);
  if (!isHandle) return null;
  return { id, identity: { pid, startTime, bootId }, run, startedMs, restarts, cgroup, fingerprint };
}

export function registeredOf(value: unknown): RegisteredProcess | null {
  if (!isRecord(value)) return null;
  const { id, item } = value;
  return isText(id) && isRecord(item) ? { id, item } : null;
}

export function wantedOf(value: unknown): WantedRow | null {
  if (!isRecord(value)) return null;
  const { id, wanted, bootId } = value;
  return isText(id) && typeof wanted === "boolean" && isText(bootId) ? { id, wanted, bootId } : null;
}

export interface CompletedRow {
  readonly id: string;
  readonly fingerprint: string;
  readonly bootId: string;
}

export function completedOf(value: unknown): CompletedRow | null {
  if (!isRecord(value)) return null;
  const { id, fingerprint, bootId } = value;
  return isText(id) && isText(fingerprint) && isText(bootId) ? { id, fingerprint, bootId } : null;
}

/** `data` is what the row has beside the columns that are searched by. */
export function eventOf(seq: unknown, timeMs: unknown, process: unknown, data: unknown): ProcessEvent | null {
  if (!isCount(seq) || !isCount(timeMs) || !isText(process) || !isRecord(data)) return null;
  const { kind, level, state, reason } = data;
  if (!isKind(kind) || !isLevel(level) || !isState(state) || !isText(reason)) return null;
  const { previous, previousMs, pid } = data;
  const exit = exitOf(data["exit"]);
  return {
    seq,
    timeMs,
    process,
    kind,
    level,
    state,
    ...(isState(previous) && { previous }),
    ...(isCount(previousMs) && { previousMs }),
    reason,
    ...(isCount(pid) && { pid }),
    ...(exit !== null && { exit }),
  };
}

function exitOf(value: unknown): ProcessExit | null {
  if (!isRecord(value) || !isCount(value["timeMs"])) return null;
  const { timeMs, code, signal, coreDumped } = value;
  return {
    timeMs,
    ...(Number.isSafeInteger(code) && { code: Number(code) }), // of Windows it may be negative
    ...(isText(signal) && { signal }),
    ...(typeof coreDumped === "boolean" && { coreDumped }),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** Times are of this kind too: whole milliseconds. */
function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

function isKind(value: unknown): value is ProcessEventKind {
  return EVENT_KINDS.some((kind) => kind === value);
}

function isState(value: unknown): value is ProcessState {
  return PROCESS_STATES.some((state) => state === value);
}

function isLevel(value: unknown): value is ProcessEvent["level"] {
  return value === "info" || value === "warn" || value === "error";
}
