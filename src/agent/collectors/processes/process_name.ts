import { valueAfter } from "../reading/keyed_lines.ts";

const MAX_NAME = 200;
/** So many characters of a name the kernel keeps: TASK_COMM_LEN less the end. */
const CUT_AT = 15;
/** No name of a program has these; arguments and titles do. */
const NO_NAME = /[\s=:]/;

/** What `/proc/PID/status` says of who a process is. */
export interface StatusFacts {
  readonly command?: string;
  /** The user whose rights it has. */
  readonly uid?: number;
}

export function parseStatus(text: string): StatusFacts {
  const command = valueAfter(text, "Name:");
  const uid = valueAfter(text, "Uid:")?.split(/\s+/)[1];
  return {
    ...(command ? { command } : {}),
    ...(uid !== undefined && /^\d{1,10}$/.test(uid) ? { uid: Number(uid) } : {}),
  };
}

/**
 * The name of a program is the kernel's. Where that was cut, the file's name in the first argument completes it; and
 * nothing else of the arguments is used, as they may hold secrets.
 */
export function programName(cmdline: string, command: string | undefined): string | null {
  const end = cmdline.indexOf("\0");
  const first = end < 0 ? cmdline : cmdline.slice(0, end);
  const base = first.slice(first.lastIndexOf("/") + 1);
  const isCut = command !== undefined && command.length >= CUT_AT && base.startsWith(command);
  const name = isCut && !NO_NAME.test(base) ? base : command ?? "";
  return clean(name).slice(0, MAX_NAME) || null;
}

function clean(name: string): string {
  // deno-lint-ignore no-control-regex
  return name.replaceAll(/[\u0000-\u001f\u007f]/g, "?").trim();
}
