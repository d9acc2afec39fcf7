/** kernel32, the part that waits for processes and reads how they ended. */
import { lazy } from "../../lazy.ts";
import { windowsError } from "./kernel32.ts";
import { openLibrary } from "./library.ts";

// https://learn.microsoft.com/windows/win32/procthread/process-security-and-access-rights
const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000;
const SYNCHRONIZE = 0x0010_0000;
// https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitformultipleobjects
export const MAX_WAITED = 64;
const WAIT_FAILED = 0xffff_ffff;
const INFINITE = 0xffff_ffff;
const HANDLE_BYTES = 8;
// https://learn.microsoft.com/windows/win32/debug/system-error-codes--0-499-
const ERROR_INVALID_PARAMETER = 87;

/** A number by which Windows knows something that we have open. Only the functions of this folder can use it. */
export type Handle = bigint;

const symbols = lazy(() =>
  openLibrary("kernel32.dll", {
    CloseHandle: { parameters: ["usize"], result: "i32" },
    CreateEventW: { parameters: ["buffer", "i32", "i32", "buffer"], result: "usize" },
    GetExitCodeProcess: { parameters: ["usize", "buffer"], result: "i32" },
    GetLastError: { parameters: [], result: "u32" },
    GetProcessTimes: { parameters: ["usize", "buffer", "buffer", "buffer", "buffer"], result: "i32" },
    OpenProcess: { parameters: ["u32", "i32", "u32"], result: "usize" },
    SetEvent: { parameters: ["usize"], result: "i32" },
    WaitForMultipleObjects: { parameters: ["u32", "buffer", "i32", "u32"], result: "u32" },
    waitLong: {
      name: "WaitForMultipleObjects",
      parameters: ["u32", "buffer", "i32", "u32"],
      result: "u32",
      nonblocking: true,
    },
  })
);

/**
 * Opens the very process that was created then, also one that has ended while somebody has it open; null when it is
 * gone. As long as the handle is open, nobody else is given its pid.
 */
export function openProcess(pid: number, startTime: string): Handle | null {
  const process = symbols().OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE, 0, pid);
  if (process === 0n) {
    const code = symbols().GetLastError();
    if (code === ERROR_INVALID_PARAMETER) return null;
    throw windowsError(`watch process ${pid}`, code);
  }
  try {
    if (processCreated(process) === startTime) return process;
  } catch (error) {
    closeHandle(process);
    throw error;
  }
  closeHandle(process);
  return null;
}

/** When a process was created, in 100 ns since 1601, as text. */
export function processCreated(process: Handle): string {
  const created = new BigUint64Array(1);
  const [exited, kernel, user] = [new BigUint64Array(1), new BigUint64Array(1), new BigUint64Array(1)];
  if (symbols().GetProcessTimes(process, created, exited, kernel, user) === 0) {
    throw windowsError("read the times of a process");
  }
  return String(created[0]);
}

/** Of a process that has ended; what ends by an exception has its NTSTATUS, such as 0xC0000005. */
export function exitCode(process: Handle): number {
  const code = new Uint32Array(1);
  if (symbols().GetExitCodeProcess(process, code) === 0) throw windowsError("read the exit code of a process");
  return code[0] ?? 0;
}

/** Something to wait for that `signalEvent` brings about, once for each time. */
export function createEvent(): Handle {
  const event = symbols().CreateEventW(null, 0, 0, null);
  if (event === 0n) throw windowsError("create an event");
  return event;
}

export function signalEvent(event: Handle): void {
  symbols().SetEvent(event);
}

export function closeHandle(handle: Handle): void {
  symbols().CloseHandle(handle);
}

/** True when any of these processes, MAX_WAITED at most, has ended. */
export function hasEnded(processes: readonly Handle[]): boolean {
  return symbols().WaitForMultipleObjects(processes.length, handleArray(processes), 0, 0) < MAX_WAITED;
}

/**
 * Waits in a thread of its own until something of these, MAX_WAITED at most, has happened; false when Windows refuses.
 * None of the handles may be closed meanwhile.
 */
export async function waitForAny(handles: readonly Handle[], timeoutMs: number | null): Promise<boolean> {
  const array = handleArray(handles);
  const result = await symbols().waitLong(handles.length, array, 0, timeoutMs ?? INFINITE);
  // Naming the array here keeps its memory until the thread has done with it.
  return result !== WAIT_FAILED && array.length > 0;
}

/** With a buffer of its own: V8 may move the contents of small arrays that have none. */
export function handleArray(handles: readonly Handle[]): BigUint64Array<ArrayBuffer> {
  const array = new BigUint64Array(new ArrayBuffer(handles.length * HANDLE_BYTES));
  handles.forEach((handle, index) => array[index] = handle);
  return array;
}
