import { select } from "./select.ts";

/** Names of users and groups by their numbers; null for those that the host's own files do not name. */
export interface AccountNames {
  user(uid: number): string | null;
  group(gid: number): string | null;
}

const NONE: AccountNames = { user: () => null, group: () => null };
/** More than any host has; a longer file is not read. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Read from the files of the system alone: a directory service that does not answer would keep its asker waiting. Read
 * anew each time, since both files are short and change without notice.
 */
export function accountNames(): Promise<AccountNames> {
  const fromFiles = async () => {
    const [users, groups] = await Promise.all(["/etc/passwd", "/etc/group"].map(numbersIn));
    return { user: (uid: number) => users?.get(uid) ?? null, group: (gid: number) => groups?.get(gid) ?? null };
  };
  return select({ linux: fromFiles, darwin: fromFiles, windows: () => Promise.resolve(NONE) })();
}

/** Lines such as `root:x:0:0:…`; the first name of a number is the one that counts. */
export function parseNumbers(text: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split("\n")) {
    const [name = "", , number = ""] = line.split(":", 3);
    if (name === "" || name.startsWith("#") || !/^\d{1,10}$/.test(number) || names.has(Number(number))) continue;
    names.set(Number(number), name);
  }
  return names;
}

async function numbersIn(path: string): Promise<Map<number, string>> {
  try {
    const { size } = await Deno.stat(path);
    return size > MAX_BYTES ? new Map() : parseNumbers(await Deno.readTextFile(path));
  } catch {
    return new Map(); // a host without these files has numbers all the same
  }
}
