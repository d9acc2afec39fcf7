/** kernel32, the part that starts programs. */
import { AppError } from "../../../core/mod.ts";
import { lazy } from "../../lazy.ts";
import { windowsError } from "./kernel32.ts";
import { closeHandle, type Handle, handleArray } from "./kernel32_waits.ts";
import { openLibrary } from "./library.ts";
import { wide } from "./wide_string.ts";

// https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createfilew, and for the rights
// https://learn.microsoft.com/windows/win32/fileio/file-access-rights-constants
const GENERIC_READ = 0x8000_0000;
const FILE_APPEND_DATA = 0x4;
const FILE_READ_ATTRIBUTES = 0x80;
const FILE_WRITE_ATTRIBUTES = 0x100;
const READ_CONTROL = 0x2_0000;
const SYNCHRONIZE = 0x10_0000;
const SHARE_ALL = 0x7;
const OPEN_EXISTING = 3;
const OPEN_ALWAYS = 4;
const FILE_ATTRIBUTE_NORMAL = 0x80;
const INVALID_HANDLE_VALUE = 0xffff_ffff_ffff_ffffn;

// https://learn.microsoft.com/windows/win32/api/wtypesbase/ns-wtypesbase-security_attributes
const SECURITY_ATTRIBUTES = { bytes: 24, length: 0, inherit: 16 } as const;

// https://learn.microsoft.com/windows/win32/api/winbase/ns-winbase-startupinfoexw
const STARTUP_INFO = { bytes: 112, length: 0, flags: 60, input: 80, output: 88, error: 96, attributes: 104 } as const;
const STARTF_USESTDHANDLES = 0x100;
// https://learn.microsoft.com/windows/win32/api/processthreadsapi/ns-processthreadsapi-process_information
const PROCESS_INFORMATION = { bytes: 24, process: 0, thread: 8, pid: 16 } as const;
// https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-updateprocthreadattribute
const PROC_THREAD_ATTRIBUTE_HANDLE_LIST = 0x2_0002n;
const PROC_THREAD_ATTRIBUTE_PSEUDOCONSOLE = 0x2_0016n;

// https://learn.microsoft.com/windows/win32/procthread/process-creation-flags
const CREATE_SUSPENDED = 0x4;
const CREATE_NEW_PROCESS_GROUP = 0x200;
const CREATE_UNICODE_ENVIRONMENT = 0x400;
const EXTENDED_STARTUPINFO_PRESENT = 0x8_0000;
const CREATE_BREAKAWAY_FROM_JOB = 0x100_0000;
const CREATE_NO_WINDOW = 0x800_0000;
const FLAGS = CREATE_SUSPENDED | CREATE_NEW_PROCESS_GROUP | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT |
  CREATE_NO_WINDOW;
/** A process group of its own would never hear of Ctrl+C. */
const CONSOLE_FLAGS = CREATE_SUSPENDED | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT;

// https://learn.microsoft.com/windows/win32/debug/system-error-codes--0-499-
const ERROR_ACCESS_DENIED = 5;
const ERROR_SHARING_VIOLATION = 32;
const ERROR_DIRECTORY = 267;
const NO_FILE: ReadonlySet<number> = new Set([2, 3, 123, 161]);
const NO_PROGRAM: ReadonlySet<number> = new Set([11, 129, 191, 192, 193, 216]);
const NO_ROOM: ReadonlySet<number> = new Set([8, 14, 1450, 1455]);
const ERROR_ELEVATION_REQUIRED = 740;

const MAX_PATH_UNITS = 260;
const HANDLE_BYTES = 8n;

const symbols = lazy(() =>
  openLibrary("kernel32.dll", {
    CreateFileW: { parameters: ["buffer", "u32", "u32", "buffer", "u32", "u32", "usize"], result: "usize" },
    CreateProcessW: {
      parameters: ["buffer", "buffer", "buffer", "buffer", "i32", "u32", "buffer", "buffer", "buffer", "buffer"],
      result: "i32",
    },
    DeleteProcThreadAttributeList: { parameters: ["buffer"], result: "void" },
    GetLastError: { parameters: [], result: "u32" },
    GetSystemDirectoryW: { parameters: ["buffer", "u32"], result: "u32" },
    InitializeProcThreadAttributeList: { parameters: ["buffer", "u32", "u32", "buffer"], result: "i32" },
    ResumeThread: { parameters: ["usize"], result: "u32" },
    TerminateProcess: { parameters: ["usize", "u32"], result: "i32" },
    UpdateProcThreadAttribute: {
      parameters: ["buffer", "u32", "usize", "buffer", "usize", "buffer", "buffer"],
      result: "i32",
    },
    updateByValue: {
      name: "UpdateProcThreadAttribute",
      parameters: ["buffer", "u32", "usize", "usize", "usize", "buffer", "buffer"],
      result: "i32",
    },
  })
);

/** What is to run, and where. */
export interface NewProgram {
  /** The program's file. */
  readonly program: string;
  readonly commandLine: string;
  /** As environment_block.ts makes it. */
  readonly environment: string;
  readonly cwd: string;
}

export interface NewProcess extends NewProgram {
  /** One of the PRIORITY_CLASS flags; 0 for that of everybody. */
  readonly priorityClass: number;
  /** To be inherited, each made by `openForChild`; output and error may be the same. */
  readonly input: Handle;
  readonly output: Handle;
  readonly error: Handle;
}

/** A process that does nothing until it is resumed. Both handles are to be closed. */
export interface SuspendedProcess {
  readonly pid: number;
  readonly process: Handle;
  readonly thread: Handle;
}

/**
 * Opens a file so that a child can inherit it. "append" makes it when it is not there; whoever writes to it always
 * writes at its end, and it can be read, renamed and deleted meanwhile. Null is where nothing comes from or goes to.
 */
export function openForChild(path: string | null, use: "read" | "append"): Handle {
  const attributes = new Uint8Array(SECURITY_ATTRIBUTES.bytes);
  const view = new DataView(attributes.buffer);
  view.setUint32(SECURITY_ATTRIBUTES.length, attributes.length, true);
  view.setInt32(SECURITY_ATTRIBUTES.inherit, 1, true);
  const append = FILE_APPEND_DATA | FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES | READ_CONTROL | SYNCHRONIZE;
  const access = use === "read" ? GENERIC_READ : append;
  const disposition = path === null ? OPEN_EXISTING : OPEN_ALWAYS;
  const handle = symbols()
    .CreateFileW(wide(path ?? "NUL"), access, SHARE_ALL, attributes, disposition, FILE_ATTRIBUTE_NORMAL, 0n);
  if (handle !== INVALID_HANDLE_VALUE) return handle;
  throw outputError(path ?? "NUL", symbols().GetLastError());
}

/** Creates a process that inherits its three standard handles and no others, whatever else we have open. */
export function createSuspended(wanted: NewProcess): SuspendedProcess {
  const inherited = handleArray([...new Set([wanted.input, wanted.output, wanted.error])]);
  const setList = (list: AttributeList) => {
    const size = BigInt(inherited.byteLength);
    return symbols().UpdateProcThreadAttribute(list, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, inherited, size, null, null);
  };
  const flags = FLAGS | wanted.priorityClass;
  try {
    return withAttribute(
      "say what a process inherits",
      setList,
      (list) => start(wanted, { flags, inherits: true, startup: startupInfo(list, wanted) }),
    );
  } finally {
    inherited.fill(0n); // Windows has remembered its address until now, so it must have been kept
  }
}

/** Creates a process whose console is this pseudo console, and which inherits nothing. */
export function createOnConsole(wanted: NewProgram, pseudoConsole: Handle): SuspendedProcess {
  const setConsole = (list: AttributeList) =>
    symbols().updateByValue(list, 0, PROC_THREAD_ATTRIBUTE_PSEUDOCONSOLE, pseudoConsole, HANDLE_BYTES, null, null);
  // Handles of nothing: else it would get ours where we have some, instead of its console's.
  const nothing = { input: 0n, output: 0n, error: 0n };
  return withAttribute(
    "give a process its console",
    setConsole,
    (list) => start(wanted, { flags: CONSOLE_FLAGS, inherits: false, startup: startupInfo(list, nothing) }),
  );
}

interface Creation {
  readonly flags: number;
  readonly inherits: boolean;
  readonly startup: Uint8Array<ArrayBuffer>;
}

function start(wanted: NewProgram, creation: Creation): SuspendedProcess {
  const information = new Uint8Array(PROCESS_INFORMATION.bytes);
  // Out of the job that we may be in ourselves, for that one may end with us; not all jobs allow it.
  const flags = creation.flags | CREATE_BREAKAWAY_FROM_JOB;
  const code = create(wanted, { ...creation, flags }, information);
  const last = code === ERROR_ACCESS_DENIED ? create(wanted, creation, information) : code;
  if (last !== 0) throw startError(wanted, last);
  const view = new DataView(information.buffer);
  return {
    pid: view.getUint32(PROCESS_INFORMATION.pid, true),
    process: view.getBigUint64(PROCESS_INFORMATION.process, true),
    thread: view.getBigUint64(PROCESS_INFORMATION.thread, true),
  };
}

export function resume({ thread }: SuspendedProcess): void {
  if (symbols().ResumeThread(thread) === 0xffff_ffff) throw windowsError("let a new process run");
}

/** Ends a process that has never run. */
export function abandon({ process, thread }: SuspendedProcess): void {
  symbols().TerminateProcess(process, 1);
  closeHandle(thread);
  closeHandle(process);
}

/** Where cmd.exe is. */
export function systemDirectory(): string {
  const units = new Uint16Array(MAX_PATH_UNITS);
  const length = symbols().GetSystemDirectoryW(units, units.length);
  if (length === 0 || length >= units.length) throw windowsError("find the directory of Windows");
  return String.fromCharCode(...units.subarray(0, length));
}

function create(
  { program, commandLine, environment, cwd }: NewProgram,
  { flags, inherits, startup }: Creation,
  information: Uint8Array<ArrayBuffer>,
): number {
  const made = symbols().CreateProcessW(
    wide(program),
    wide(commandLine),
    null,
    null,
    inherits ? 1 : 0,
    flags,
    wide(environment),
    wide(cwd),
    startup,
    information,
  );
  return made === 0 ? symbols().GetLastError() : 0;
}

type AttributeList = Uint8Array<ArrayBuffer>;

/** Buffers that Windows remembers the addresses of are kept by this frame until it has forgotten them. */
function withAttribute<T>(what: string, set: (list: AttributeList) => number, use: (list: AttributeList) => T): T {
  const bytes = new BigUint64Array(1);
  symbols().InitializeProcThreadAttributeList(null, 1, 0, bytes);
  const list = new Uint8Array(new ArrayBuffer(Number(bytes[0])));
  if (symbols().InitializeProcThreadAttributeList(list, 1, 0, bytes) === 0) throw windowsError("prepare a process");
  try {
    if (set(list) === 0) throw windowsError(what);
    return use(list);
  } finally {
    symbols().DeleteProcThreadAttributeList(list);
  }
}

function startupInfo(
  list: AttributeList,
  { input, output, error }: Pick<NewProcess, "input" | "output" | "error">,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(STARTUP_INFO.bytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(STARTUP_INFO.length, bytes.length, true);
  view.setUint32(STARTUP_INFO.flags, STARTF_USESTDHANDLES, true);
  view.setBigUint64(STARTUP_INFO.input, input, true);
  view.setBigUint64(STARTUP_INFO.output, output, true);
  view.setBigUint64(STARTUP_INFO.error, error, true);
  view.setBigUint64(STARTUP_INFO.attributes, Deno.UnsafePointer.value(Deno.UnsafePointer.of(list)), true);
  return bytes;
}

function outputError(path: string, code: number): AppError {
  if (NO_FILE.has(code)) {
    return new AppError("not_found", `Cannot write output to ${path}: its directory is not there; create it`);
  }
  if (code === ERROR_ACCESS_DENIED) {
    return new AppError("forbidden", `Cannot write output to ${path}: access is denied; let the agent write there`);
  }
  if (code === ERROR_SHARING_VIOLATION) {
    const advice = "end it, or name another file";
    return new AppError("unavailable", `Cannot write output to ${path}: another program keeps it to itself; ${advice}`);
  }
  return windowsError(`write output to ${path}`, code);
}

function startError({ program, cwd }: NewProgram, code: number): AppError {
  const action = `start ${program}`;
  if (NO_FILE.has(code)) return new AppError("not_found", `Cannot ${action}: it is not there; name it correctly`);
  if (code === ERROR_DIRECTORY) {
    return new AppError("not_found", `Cannot ${action} in ${cwd}: that is no directory that can be used; create it`);
  }
  if (code === ERROR_ACCESS_DENIED) {
    return new AppError("forbidden", `Cannot ${action}: access is denied; let the agent's account run it`);
  }
  if (code === ERROR_ELEVATION_REQUIRED) {
    return new AppError("forbidden", `Cannot ${action}: only administrators may; run the agent as one or as a service`);
  }
  if (NO_PROGRAM.has(code)) {
    const advice = "name an .exe, .bat or .cmd, or the interpreter with this file as its argument";
    return new AppError("invalid_input", `Cannot ${action}: it is no program for this Windows; ${advice}`);
  }
  if (NO_ROOM.has(code)) {
    const why = `Windows has too little memory for it (error ${code})`;
    return new AppError("unavailable", `Cannot ${action}: ${why}; free some`, { retryable: true });
  }
  return windowsError(action, code);
}
