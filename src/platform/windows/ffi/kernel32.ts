import { AppError } from "../../../core/mod.ts";
import { lazy } from "../../lazy.ts";
import { wide } from "./wide_string.ts";

// https://learn.microsoft.com/windows/win32/procthread/process-security-and-access-rights
const PROCESS_TERMINATE = 0x0001;
const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000;
const SYNCHRONIZE = 0x0010_0000;
// https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitforsingleobject
const WAIT_TIMEOUT = 0x102;

// https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createfilew
const GENERIC_READ_WRITE = 0xc000_0000;
const CREATE_NEW = 1;
const OPEN_ALWAYS = 4;
const FILE_ATTRIBUTE_NORMAL = 0x80;
const INVALID_HANDLE_VALUE = 0xffff_ffff_ffff_ffffn;

// https://learn.microsoft.com/windows/win32/api/wtypesbase/ns-wtypesbase-security_attributes
const SECURITY_ATTRIBUTES = { bytes: 24, length: 0, descriptor: 8 } as const;

// https://learn.microsoft.com/windows/win32/debug/system-error-codes--0-499-
const ERROR_ACCESS_DENIED = 5;
const ERROR_SHARING_VIOLATION = 32;
const ERROR_INVALID_PARAMETER = 87;
const ERROR_ALREADY_EXISTS = 183;

const symbols = lazy(() =>
  Deno.dlopen("kernel32.dll", {
    CloseHandle: { parameters: ["pointer"], result: "i32" },
    CreateDirectoryW: { parameters: ["buffer", "buffer"], result: "i32" },
    CreateFileW: { parameters: ["buffer", "u32", "u32", "buffer", "u32", "u32", "pointer"], result: "pointer" },
    GetLastError: { parameters: [], result: "u32" },
    GetProcessTimes: { parameters: ["pointer", "buffer", "buffer", "buffer", "buffer"], result: "i32" },
    LocalFree: { parameters: ["pointer"], result: "pointer" },
    OpenProcess: { parameters: ["u32", "i32", "u32"], result: "pointer" },
    TerminateProcess: { parameters: ["pointer", "u32"], result: "i32" },
    WaitForSingleObject: { parameters: ["pointer", "u32"], result: "u32" },
  }).symbols
);

/** When a living process was created, in 100 ns since 1601, as text; null when there is no such process. */
export function processStart(pid: number): string | null {
  return withProcess(pid, PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE, creationTime);
}

/** Ends the process that has this pid and was created then; false when it is gone. The open handle pins the pid. */
export function terminateProcess(pid: number, startTime: string): boolean {
  const access = PROCESS_TERMINATE | PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE;
  const ended = withProcess(pid, access, (process) => {
    if (creationTime(process) !== startTime) return false;
    if (symbols().TerminateProcess(process, 1) !== 0) return true;
    throw windowsError(`end process ${pid}`);
  });
  return ended ?? false;
}

/** Opens or creates a file that nobody else can open meanwhile; null when somebody has it open. */
export function openExclusively(path: string): { close(): void } | null {
  const noSharing = 0;
  const handle = createFile(path, OPEN_ALWAYS, noSharing, null);
  if (handle !== null) return { close: () => void symbols().CloseHandle(handle) };
  if (symbols().GetLastError() === ERROR_SHARING_VIOLATION) return null;
  throw windowsError(`open ${path}`);
}

/** For this folder: makes a new file under a security descriptor. */
export function createFileSecured(path: string, descriptor: Deno.PointerObject): void {
  const handle = createFile(path, CREATE_NEW, 0, securityAttributes(descriptor));
  if (handle === null) throw windowsError(`create ${path}`);
  symbols().CloseHandle(handle);
}

/** For this folder: makes a directory under a security descriptor; false when there was one already. */
export function createDirectorySecured(path: string, descriptor: Deno.PointerObject): boolean {
  if (symbols().CreateDirectoryW(wide(path), securityAttributes(descriptor)) !== 0) return true;
  if (symbols().GetLastError() === ERROR_ALREADY_EXISTS) return false;
  throw windowsError(`create ${path}`);
}

/** For this folder: gives back memory that a Windows function allocated. */
export function localFree(pointer: Deno.PointerValue): void {
  symbols().LocalFree(pointer);
}

/** The AppError for the call that has just failed. */
export function windowsError(action: string, code: number = symbols().GetLastError()): AppError {
  if (code === ERROR_ACCESS_DENIED) {
    return new AppError("forbidden", `Cannot ${action}: access is denied; run as its owner or as administrator`);
  }
  return new AppError("internal", `Cannot ${action}: Windows error ${code} (\`net helpmsg ${code}\` explains it)`);
}

function withProcess<T>(pid: number, access: number, use: (process: Deno.PointerObject) => T): T | null {
  const process = symbols().OpenProcess(access, 0, pid);
  if (process === null) {
    const code = symbols().GetLastError();
    if (code === ERROR_INVALID_PARAMETER) return null;
    throw windowsError(`open process ${pid}`, code);
  }
  try {
    return use(process);
  } finally {
    symbols().CloseHandle(process);
  }
}

/** A process object outlives its process while anybody has it open, so it is asked whether it still runs. */
function creationTime(process: Deno.PointerObject): string | null {
  if (symbols().WaitForSingleObject(process, 0) !== WAIT_TIMEOUT) return null;
  const [created, unused] = [new BigUint64Array(1), new BigUint64Array(1)];
  if (symbols().GetProcessTimes(process, created, unused, unused, unused) === 0) {
    throw windowsError("read the times of a process");
  }
  return String(created[0]);
}

function createFile(
  path: string,
  disposition: number,
  sharing: number,
  security: Uint8Array<ArrayBuffer> | null,
): Deno.PointerObject | null {
  const access = GENERIC_READ_WRITE;
  const handle = symbols()
    .CreateFileW(wide(path), access, sharing, security, disposition, FILE_ATTRIBUTE_NORMAL, null);
  return handle === null || Deno.UnsafePointer.value(handle) === INVALID_HANDLE_VALUE ? null : handle;
}

function securityAttributes(descriptor: Deno.PointerObject): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(SECURITY_ATTRIBUTES.bytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(SECURITY_ATTRIBUTES.length, bytes.length, true);
  view.setBigUint64(SECURITY_ATTRIBUTES.descriptor, Deno.UnsafePointer.value(descriptor), true);
  return bytes;
}
