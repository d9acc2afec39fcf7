import { lazy } from "../lazy.ts";
import { cString } from "../posix/calls.ts";

/** struct passwd and struct group of 64-bit glibc: https://man7.org/linux/man-pages/man3/getpwnam.3.html */
const PASSWD = { bytes: 48, name: 0, uid: 16, gid: 20, home: 32, shell: 40 } as const;
const GROUP = { bytes: 32, gid: 16 } as const;
const FIRST_BYTES = 4 * 1024;
const MAX_BYTES = 1024 * 1024;
const ERANGE = 34;
const FIRST_GROUPS = 64;
/** NGROUPS_MAX */
const MAX_GROUPS = 65_536;

export interface UserEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** "" where there is none. */
  readonly home: string;
}

/** The databases of users and groups, as the C library is configured to ask them: files, LDAP … */
export interface AccountCalls {
  /** Null when there is none; the error number when the database does not answer. */
  userByName(name: string): UserEntry | null | number;
  userById(uid: number): UserEntry | null | number;
  groupByName(name: string): number | null | { readonly error: number };
  /** All groups of a user, the given one among them. */
  groupsOf(name: string, gid: number): number[];
}

const symbols = lazy(() =>
  Deno.dlopen("libc.so.6", {
    getpwnam_r: { parameters: ["buffer", "buffer", "buffer", "usize", "buffer"], result: "i32" },
    getpwuid_r: { parameters: ["u32", "buffer", "buffer", "usize", "buffer"], result: "i32" },
    getgrnam_r: { parameters: ["buffer", "buffer", "buffer", "usize", "buffer"], result: "i32" },
    getgrouplist: { parameters: ["buffer", "u32", "buffer", "buffer"], result: "i32" },
  }).symbols
);

/** The program that a user is given at a login; "" for none. */
export function loginShell(name: string): string {
  const found = lookUp(PASSWD.bytes, (...rest) => symbols().getpwnam_r(cString(name), ...rest));
  return found === null || typeof found === "number" ? "" : textAt(found, PASSWD.shell);
}

type Lookup = (
  entry: Uint8Array<ArrayBuffer>,
  room: Uint8Array<ArrayBuffer>,
  length: bigint,
  result: BigUint64Array<ArrayBuffer>,
) => number;

export const accountCalls: AccountCalls = {
  userByName: (name) => user((...rest) => symbols().getpwnam_r(cString(name), ...rest)),
  userById: (uid) => user((...rest) => symbols().getpwuid_r(uid, ...rest)),
  groupByName(name) {
    const found = lookUp(GROUP.bytes, (...rest) => symbols().getgrnam_r(cString(name), ...rest));
    if (found === null) return null;
    return typeof found === "number" ? { error: found } : found.getUint32(GROUP.gid, true);
  },
  groupsOf(name, gid) {
    const count = new Int32Array([FIRST_GROUPS]);
    for (let room = FIRST_GROUPS; room <= MAX_GROUPS; room *= 2) {
      const groups = new Uint32Array(room);
      count[0] = room;
      const result = symbols().getgrouplist(cString(name), gid, groups, count);
      if (result >= 0) return [...groups.subarray(0, count[0])];
    }
    return [gid];
  },
};

function user(call: Lookup): UserEntry | null | number {
  const found = lookUp(PASSWD.bytes, call);
  if (found === null || typeof found === "number") return found;
  return {
    name: textAt(found, PASSWD.name),
    uid: found.getUint32(PASSWD.uid, true),
    gid: found.getUint32(PASSWD.gid, true),
    home: textAt(found, PASSWD.home),
  };
}

function textAt(entry: DataView<ArrayBuffer>, offset: number): string {
  const pointer = Deno.UnsafePointer.create(entry.getBigUint64(offset, true));
  return pointer === null ? "" : new Deno.UnsafePointerView(pointer).getCString();
}

/** The entry, whose texts stand in memory that is kept until the next call; null for none, or the error number. */
function lookUp(bytes: number, call: Lookup): DataView<ArrayBuffer> | null | number {
  const entry = new Uint8Array(new ArrayBuffer(bytes));
  const result = new BigUint64Array(1);
  for (let length = FIRST_BYTES; length <= MAX_BYTES; length *= 4) {
    const room = texts.room = new Uint8Array(length);
    const error = call(entry, room, BigInt(length), result);
    if (error === ERANGE) continue;
    if (error !== 0) return NOT_FOUND.includes(error) ? null : error;
    return result[0] === 0n ? null : new DataView(entry.buffer);
  }
  return ERANGE;
}

/** Error numbers that some modules of the C library give for a name that is not there: ENOENT, ESRCH. */
const NOT_FOUND: readonly number[] = [2, 3];

const texts: { room: Uint8Array<ArrayBuffer> } = { room: new Uint8Array(0) };
