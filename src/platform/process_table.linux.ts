import { fileError } from "./file_error.ts";
import { lazy } from "./lazy.ts";
import type { ProcessRow } from "./halves.ts";

/** A line of /proc/PID/stat has some 300 bytes; the longest that a kernel writes stays far below this. */
const LINE_BYTES = 2048;
/** USER_HZ, which is 100 on every architecture that this program runs on. */
const TICKS_PER_SECOND = 100;
const USUAL_PAGE_BYTES = 4096;
const _SC_PAGESIZE = 30;

const CLOSE_PARENTHESIS = 41;
const SPACE = 32;
const MINUS = 45;
const ZERO = 48;

// Numbers of fields in https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
const PARENT = 4;
const GROUP = 5;
const SESSION = 6;
const USER_TICKS = 14;
const SYSTEM_TICKS = 15;
const THREADS = 20;
const START = 22;
const RSS_PAGES = 24;

export interface ProcessTable {
  /** Every process, those that have ended and were not waited for among them. */
  all(): ProcessRow[];
  /** One of them, or null. */
  one(pid: number): ProcessRow | null;
  /** The files of a process; `children` of its threads. */
  readonly root: string;
}

const symbols = lazy(() => Deno.dlopen("libc.so.6", { sysconf: { parameters: ["i32"], result: "isize" } }).symbols);

const pageBytes = lazy(() => {
  const bytes = Number(symbols().sysconf(_SC_PAGESIZE));
  return bytes > 0 ? bytes : USUAL_PAGE_BYTES;
});

/** Reads one file a process into one buffer: that is nearly all of what it costs. Tests give another root of proc. */
export function createProcessTable(root = "/proc"): ProcessTable {
  const buffer = lazy(() => new Uint8Array(LINE_BYTES));
  const bootId = lazy(() => Deno.readTextFileSync(`${root}/sys/kernel/random/boot_id`).trim());
  const one = (pid: number) => {
    const length = readOnce(`${root}/${pid}/stat`, buffer());
    return length === 0 ? null : parseRow(buffer(), length, bootId(), pageBytes());
  };
  return {
    root,
    one,
    all() {
      const rows: ProcessRow[] = [];
      for (const pid of numbersIn(root)) {
        const row = one(pid);
        if (row !== null) rows.push(row);
      }
      return rows;
    },
  };
}

/** The entries of a directory whose names are numbers; none when it is gone. */
export function numbersIn(directory: string): number[] {
  const numbers: number[] = [];
  try {
    for (const { name } of Deno.readDirSync(directory)) {
      const first = name.charCodeAt(0);
      if (first > ZERO && first <= ZERO + 9) numbers.push(Number(name));
    }
  } catch (error) {
    if (!isGone(error)) throw fileError("read", directory, error);
  }
  return numbers.filter(Number.isSafeInteger);
}

/** How many bytes one read has given; 0 when the process is gone or hides the file. */
export function readOnce(path: string, buffer: Uint8Array<ArrayBuffer>): number {
  return withFile(path, (file) => file.readSync(buffer) ?? 0);
}

/** The same for a file that comes in pieces, to its end or the end of the buffer. */
export function readPieces(path: string, buffer: Uint8Array<ArrayBuffer>): number {
  return withFile(path, (file) => {
    let length = 0;
    while (length < buffer.length) {
      const count = file.readSync(buffer.subarray(length)) ?? 0;
      if (count === 0) break;
      length += count;
    }
    return length;
  });
}

function withFile(path: string, read: (file: Deno.FsFile) => number): number {
  try {
    const file = Deno.openSync(path);
    try {
      return read(file);
    } finally {
      file.close();
    }
  } catch (error) {
    if (!isGone(error)) throw fileError("read", path, error);
    return 0;
  }
}

/**
 * The process has ended before or while it was read, or belongs to somebody else who may hide it. "No such process",
 * error 3, has neither a class nor always a code in this runtime. Whatever else goes wrong, such as too many open
 * files, says nothing about the process: nobody may take it for gone then.
 */
function isGone(error: unknown): boolean {
  if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return true;
  if (!(error instanceof Error)) return false;
  return "code" in error && error.code === "ESRCH" || error.message.includes("(os error 3)");
}

/**
 * Null for what is no such line. The name may itself contain parentheses, spaces and line breaks, so fields are counted
 * from the last parenthesis.
 */
export function parseRow(bytes: Uint8Array, length: number, bootId: string, pageSize: number): ProcessRow | null {
  const end = Math.min(length, bytes.length);
  const close = bytes.lastIndexOf(CLOSE_PARENTHESIS, end - 1);
  const open = bytes.indexOf(CLOSE_PARENTHESIS - 1);
  if (open < 1 || close < open || close + 3 >= end) return null;
  const value = (field: number) => fields()[field] ?? NaN;
  const isWhole = parseNumbers(bytes, close + 4, end);
  const [pid, start, threads] = [digits(bytes, 0, open - 1), value(START), value(THREADS)];
  if (!isWhole || !(pid > 0) || !Number.isSafeInteger(pid) || !Number.isSafeInteger(start) || start < 0) return null;
  return {
    identity: { pid, startTime: String(start), bootId },
    parentPid: value(PARENT),
    processGroup: Math.max(0, value(GROUP)),
    session: Math.max(0, value(SESSION)),
    isZombie: isDead(bytes[close + 2] ?? 0) && threads <= 1,
    cpuSeconds: (value(USER_TICKS) + value(SYSTEM_TICKS)) / TICKS_PER_SECOND,
    rssBytes: Math.max(0, value(RSS_PAGES)) * pageSize,
    threads,
    name: nameFrom(bytes.subarray(open + 1, close)),
  };
}

const fields = lazy(() => new Float64Array(RSS_PAGES + 1));

/** False when one of them is missing or no number. */
function parseNumbers(bytes: Uint8Array, from: number, end: number): boolean {
  const numbers = fields();
  let at = from;
  for (let field = PARENT; field <= RSS_PAGES; field++) {
    const next = nextSpace(bytes, at, end);
    const number = numbers[field] = digits(bytes, at, next);
    if (Number.isNaN(number)) return false;
    at = next + 1;
  }
  return true;
}

/** Z is a zombie, unless other threads go on when the first has ended; X and x are seen while it is taken away. */
function isDead(state: number): boolean {
  return state === 90 || state === 88 || state === 120;
}

function nextSpace(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] !== SPACE && bytes[at] !== 10) at++;
  return at;
}

/** NaN for what is no number. */
function digits(bytes: Uint8Array, from: number, to: number): number {
  const isNegative = bytes[from] === MINUS;
  let value = to > from + (isNegative ? 1 : 0) ? 0 : NaN;
  for (let at = isNegative ? from + 1 : from; at < to; at++) {
    const digit = (bytes[at] ?? 0) - ZERO;
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : NaN;
  }
  return isNegative ? -value : value;
}

const decoder = lazy(() => new TextDecoder());

/** A program may call itself anything, control characters that would upset a terminal included. */
function nameFrom(bytes: Uint8Array): string {
  // deno-lint-ignore no-control-regex
  return decoder().decode(bytes).replace(/[\x00-\x1f\x7f-\x9f]/g, "?");
}
