/** What is taken from a process' `stat`; -1 for what is not there. One object serves all processes of a scan. */
export interface StatFields {
  /** The character code of the state's letter. */
  state: number;
  parent: number;
  /** Processor time of the process itself. */
  cpuTicks: number;
  /** Processor time of its children that have ended and of which it has taken note. */
  reapedTicks: number;
  threads: number;
  startTicks: number;
  rssPages: number;
}

const SPACE = 32;
const CLOSING = 41;
const ZERO = 48;
const MAX_DIGITS = 20;
// https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html, counted from 1
const PARENT = 4;
const UTIME = 14;
const STIME = 15;
const CUTIME = 16;
const CSTIME = 17;
const THREADS = 20;
const START_TIME = 22;
const RSS = 24;

export function emptyStatFields(): StatFields {
  return { state: 0, parent: -1, cpuTicks: -1, reapedTicks: -1, threads: -1, startTicks: -1, rssPages: -1 };
}

/**
 * Reads the first `length` bytes of a `stat` into the given object; false for what is no such line. The command, field
 * 2, may contain anything, so fields are counted from the last parenthesis, after which none can be.
 *
 * It works on bytes because a scan reads thousands of these: text of each, split, would be most of the cost.
 */
export function parseStatLine(bytes: Uint8Array, length: number, into: StatFields): boolean {
  let at = bytes.lastIndexOf(CLOSING, length - 1);
  const state = bytes[at + 2] ?? 0;
  if (length <= 0 || at < 0 || at + 3 > length || !isLetter(state)) return false;
  into.state = state;
  into.parent =
    into.threads =
    into.startTicks =
    into.rssPages =
      -1;
  let utime = -1, stime = -1, cutime = -1, cstime = -1;
  at += 4;
  for (let field = PARENT; field <= RSS && at < length; field++) {
    const start = at;
    let value = 0;
    for (; at < length; at++) {
      const digit = (bytes[at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const isNumber = at > start && at - start <= MAX_DIGITS && (at === length || (bytes[at] ?? 0) <= SPACE);
    if (!isNumber) {
      value = -1;
      while (at < length && bytes[at] !== SPACE) at++;
    }
    at++;
    if (field === PARENT) into.parent = value;
    else if (field === UTIME) utime = value;
    else if (field === STIME) stime = value;
    else if (field === CUTIME) cutime = value;
    else if (field === CSTIME) cstime = value;
    else if (field === THREADS) into.threads = value;
    else if (field === START_TIME) into.startTicks = value;
    else if (field === RSS) into.rssPages = value;
  }
  into.cpuTicks = utime < 0 || stime < 0 ? -1 : utime + stime;
  into.reapedTicks = cutime < 0 || cstime < 0 ? -1 : cutime + cstime;
  return true;
}

function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
