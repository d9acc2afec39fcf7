export const LEVELS = ["debug", "info", "warn", "error"] as const;
export type Level = (typeof LEVELS)[number];

/** Of a line so much is looked at; a level stands near its beginning. */
const MAX_LOOKED_AT = 400;

const WORDS: Readonly<Record<string, Level>> = {
  trace: "debug",
  trc: "debug",
  debug: "debug",
  dbg: "debug",
  dbug: "debug",
  verbose: "debug",
  info: "info",
  inf: "info",
  information: "info",
  notice: "info",
  warn: "warn",
  wrn: "warn",
  warning: "warn",
  err: "error",
  error: "error",
  eror: "error",
  fail: "error",
  crit: "error",
  critical: "error",
  alert: "error",
  emerg: "error",
  emergency: "error",
  severe: "error",
  fatal: "error",
  ftl: "error",
  panic: "error",
};
const NAMES = Object.keys(WORDS).sort((a, b) => b.length - a.length).join("|");

/** `"level":"warn"`, `"severity": "ERROR"`, `"lvl":30`. */
const JSON_LEVEL = /"(?:log\.)?(?:level|severity|lvl|levelname|loglevel|@l)"\s*:\s*(?:"(\w{1,16})"|(\d{1,2})\b)/i;
/** `level=warn`, `lvl="error"`. */
const PAIR_LEVEL = /(?:^|\s)(?:level|lvl|severity|loglevel)=["']?(\w{1,16})/i;
/** `E0312 10:22:33.1` of klog and glog. */
const KLOG = /^([IWEF])\d{4}\s/;
/** `<3>message`: the priority of syslog and of sd-daemon. */
const PRIORITY = /^<(\d{1,3})>/;
/** `[error]`, `(warn)`; a word in capitals; a word of any case that begins the line and has a colon or a blank after it. */
const BRACKETED = new RegExp(`[\\[(<|](${NAMES})[\\])>|:]`, "i");
const CAPITALS = new RegExp(`(?:^|[^\\w-])(${NAMES.toUpperCase()})(?=$|[^\\w.-])`);
const LEADING = new RegExp(`^(${NAMES})(?:\\[\\d+\\])?:`, "i");
const CRASH =
  /^(?:Traceback \(most recent call last\)|Exception in thread |Unhandled |Uncaught |[\w.$]*(?:Error|Exception): )/;

/** What a line says of its own weight, in one of the ways that are common; null where it says nothing. */
export function levelOf(line: string): Level | null {
  const head = line.length > MAX_LOOKED_AT ? line.slice(0, MAX_LOOKED_AT) : line;
  const structured = head.startsWith("{") ? JSON_LEVEL.exec(head) : null;
  if (structured !== null) return structured[2] === undefined ? word(structured[1]) : ofNumber(Number(structured[2]));
  const klog = KLOG.exec(head)?.[1];
  if (klog !== undefined) return klog === "I" ? "info" : klog === "W" ? "warn" : "error";
  const priority = PRIORITY.exec(head)?.[1];
  if (priority !== undefined) return ofPriority(Number(priority) & 7);
  const pair = word(PAIR_LEVEL.exec(head)?.[1]);
  if (pair !== null) return pair;
  const named = LEADING.exec(head) ?? BRACKETED.exec(head) ?? CAPITALS.exec(head);
  if (named !== null) return word(named[1]);
  return CRASH.test(head) ? "error" : null;
}

/** Lines that go on with what the one before them says: a stack, an indented block. */
export function isContinuation(line: string): boolean {
  return /^(?:\s|Caused by: |\.\.\. \d+ more)/.test(line);
}

function word(text: string | undefined): Level | null {
  const name = text?.toLowerCase() ?? "";
  return Object.hasOwn(WORDS, name) ? WORDS[name] ?? null : null;
}

/** As pino and bunyan count. */
function ofNumber(level: number): Level | null {
  if (level < 10) return null;
  return level >= 50 ? "error" : level >= 40 ? "warn" : level >= 30 ? "info" : "debug";
}

function ofPriority(priority: number): Level {
  return priority <= 3 ? "error" : priority === 4 ? "warn" : priority <= 6 ? "info" : "debug";
}
