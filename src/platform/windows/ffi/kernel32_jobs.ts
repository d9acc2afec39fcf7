/** kernel32, the part about job objects, in which Windows keeps a process together with all that it starts. */
import { AppError } from "../../../core/mod.ts";
import { lazy } from "../../lazy.ts";
import { windowsError } from "./kernel32.ts";
import type { Handle } from "./kernel32_waits.ts";
import { u32, u64, viewOf } from "./layout.ts";
import { openLibrary } from "./library.ts";
import { wide } from "./wide_string.ts";

// https://learn.microsoft.com/windows/win32/procthread/job-object-security-and-access-rights
const JOB_OBJECT_QUERY = 0x4;
const JOB_OBJECT_ALL_ACCESS = 0x1f_003f;
// https://learn.microsoft.com/windows/win32/api/winnt/ns-winnt-jobobject_basic_process_id_list
const BASIC_PROCESS_ID_LIST = 3;
const PID_LIST = { assigned: 0, listed: 4, pids: 8, pidBytes: 8 } as const;
// https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getcurrentprocess
const CURRENT_PROCESS = 0xffff_ffff_ffff_ffffn;
// https://learn.microsoft.com/windows/win32/debug/system-error-codes--0-499-
const ERROR_FILE_NOT_FOUND = 2;
const ERROR_BAD_LENGTH = 24;
const ERROR_MORE_DATA = 234;

const FIRST_PIDS = 30;
/** Room for those that join between two tries. */
const SPARE_PIDS = 16;
const MAX_PIDS = 1_000_000;
const KILLED_EXIT_CODE = 1;

const symbols = lazy(() =>
  openLibrary("kernel32.dll", {
    AssignProcessToJobObject: { parameters: ["usize", "usize"], result: "i32" },
    CreateJobObjectW: { parameters: ["buffer", "buffer"], result: "usize" },
    DuplicateHandle: { parameters: ["usize", "usize", "usize", "buffer", "u32", "i32", "u32"], result: "i32" },
    GetLastError: { parameters: [], result: "u32" },
    OpenJobObjectW: { parameters: ["u32", "i32", "buffer"], result: "usize" },
    QueryInformationJobObject: { parameters: ["usize", "i32", "buffer", "u32", "buffer"], result: "i32" },
    TerminateJobObject: { parameters: ["usize", "u32"], result: "i32" },
  })
);

/** Makes a job, or opens the one that has this name. It sets no limits: nobody ends when it is closed. */
export function createJob(name: string): Handle {
  const job = symbols().CreateJobObjectW(null, wide(name));
  if (job === 0n) throw windowsError(`create the job object ${name}`);
  return job;
}

/** Null when nobody has a job of this name open any more. */
export function openJob(name: string): Handle | null {
  const job = symbols().OpenJobObjectW(JOB_OBJECT_ALL_ACCESS, 0, wide(name));
  if (job !== 0n) return job;
  const code = symbols().GetLastError();
  if (code === ERROR_FILE_NOT_FOUND) return null;
  throw windowsError(`open the job object ${name}`, code);
}

export function assignToJob(job: Handle, process: Handle): void {
  if (symbols().AssignProcessToJobObject(job, process) === 0) throw windowsError("put a process into its job object");
}

/**
 * Gives a process a handle of the job that it is in. A name goes with the last handle, even while there are processes
 * in the job, so without this one nobody could open the job once we have ended. It can be used to ask and for nothing
 * else, and is inherited, as the process itself may be the first to end.
 */
export function lendJob(job: Handle, process: Handle): void {
  const lent = new BigUint64Array(1);
  const inherit = 1;
  if (symbols().DuplicateHandle(CURRENT_PROCESS, job, process, lent, JOB_OBJECT_QUERY, inherit, 0) === 0) {
    throw windowsError("give a process a handle of its job object");
  }
}

/** Ends all that are in the job, as one act in which none of them can start another. */
export function terminateJob(job: Handle): void {
  if (symbols().TerminateJobObject(job, KILLED_EXIT_CODE) === 0) {
    throw windowsError("end the processes of a job object");
  }
}

/** The living processes of a job. */
export function jobPids(job: Handle): number[] {
  for (let room = FIRST_PIDS; room <= MAX_PIDS;) {
    const bytes = new Uint8Array(PID_LIST.pids + room * PID_LIST.pidBytes);
    const read = symbols().QueryInformationJobObject(
      job,
      BASIC_PROCESS_ID_LIST,
      bytes,
      bytes.length,
      new Uint32Array(1),
    );
    const code = read === 0 ? symbols().GetLastError() : 0;
    const { assigned, pids } = parsePidList(viewOf(bytes));
    if (read !== 0) return pids;
    if (code !== ERROR_MORE_DATA && code !== ERROR_BAD_LENGTH) {
      throw windowsError("list the processes of a job object", code);
    }
    room = Math.max(room * 2, assigned + SPARE_PIDS);
  }
  throw new AppError("unavailable", "Cannot list the processes of a job object: there are too many");
}

/** How many there are, and those of them that had room. */
export function parsePidList(view: DataView): { readonly assigned: number; readonly pids: number[] } {
  const pids: number[] = [];
  const listed = u32(view, PID_LIST.listed) ?? 0;
  for (let i = 0, at: number = PID_LIST.pids; i < listed; i++, at += PID_LIST.pidBytes) {
    const pid = u64(view, at);
    if (pid === undefined) break;
    if (pid > 0 && pid <= 0xffff_ffff) pids.push(pid);
  }
  return { assigned: u32(view, PID_LIST.assigned) ?? 0, pids };
}
