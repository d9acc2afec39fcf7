import { lazy } from "../lazy.ts";
import { LIBRARY } from "./library.ts";
import { textAt, timevalMs, viewOf } from "./structs.ts";

// struct utmpx in <utmpx.h>: https://github.com/apple-oss-distributions/Libc/blob/main/include/utmpx.h
const UTMPX = { bytes: 640, user: 0, line: 260, type: 296, time: 304, host: 320 } as const;
const USER_BYTES = 256;
const LINE_BYTES = 32;
const HOST_BYTES = 256;
const USER_PROCESS = 7;
/** More sessions than these are not reported; it also ends a list that goes round. */
const MAX_SESSIONS = 1000;

const UUID_BYTES = 16;
/** gethostuuid(3) waits until the hardware's uuid is known, which it is but for the first moments after boot. */
const UUID_WAIT_SECONDS = 1n;

export interface Session {
  readonly name: string;
  readonly terminal?: string;
  readonly from?: string;
  readonly sinceMs?: number;
}

const symbols = lazy(() =>
  Deno.dlopen(LIBRARY, {
    setutxent: { parameters: [], result: "void" },
    getutxent: { parameters: [], result: "pointer" },
    endutxent: { parameters: [], result: "void" },
    getpwuid: { parameters: ["u32"], result: "pointer" },
    gethostuuid: { parameters: ["buffer", "buffer"], result: "i32" },
  }).symbols
);

/** Who is logged in, from the same list that `who` prints, which leaves out the year. */
export function sessions(): Session[] {
  const found: Session[] = [];
  const record = new Uint8Array(UTMPX.bytes);
  const { setutxent, getutxent, endutxent } = symbols();
  setutxent();
  for (let read = 0; read < MAX_SESSIONS; read++) {
    const pointer = getutxent();
    if (pointer === null) break;
    new Deno.UnsafePointerView(pointer).copyInto(record);
    const session = parseSession(record);
    if (session !== null) found.push(session);
  }
  endutxent();
  return found;
}

/** Null for what is not somebody's session: a boot, a shutdown, one that has ended. */
export function parseSession(bytes: Uint8Array): Session | null {
  if (bytes.length < UTMPX.bytes) return null;
  const view = viewOf(bytes);
  const name = textAt(bytes, UTMPX.user, USER_BYTES);
  if (view.getInt16(UTMPX.type, true) !== USER_PROCESS || name === "") return null;
  const terminal = textAt(bytes, UTMPX.line, LINE_BYTES);
  const from = textAt(bytes, UTMPX.host, HOST_BYTES);
  const sinceMs = timevalMs(view, UTMPX.time);
  return {
    name,
    ...(terminal !== "" && { terminal }),
    ...(from !== "" && { from }),
    ...(sinceMs !== undefined && { sinceMs: Math.floor(sinceMs) }),
  };
}

/**
 * The name of an account; undefined when there is none. A directory server may be asked, so ask once for each.
 * pw_name is the first field of struct passwd: https://keith.github.io/xcode-man-pages/getpwuid.3.html
 */
export function accountName(uid: number): string | undefined {
  const entry = symbols().getpwuid(uid);
  const name = entry === null ? null : new Deno.UnsafePointerView(entry).getPointer(0);
  return name === null ? undefined : new Deno.UnsafePointerView(name).getCString();
}

/** The uuid of the hardware, which survives a new system on it: https://keith.github.io/xcode-man-pages/gethostuuid.2.html */
export function hostUuid(): string | undefined {
  const uuid = new Uint8Array(UUID_BYTES);
  const timeout = new BigInt64Array([UUID_WAIT_SECONDS, 0n]);
  return symbols().gethostuuid(uuid, timeout) === 0 ? formatUuid(uuid) : undefined;
}

/** As macOS writes it: capital letters, in groups. */
export function formatUuid(uuid: Uint8Array): string {
  const digits = uuid.toHex().toUpperCase();
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([from, to]) => digits.slice(from, to)).join("-");
}
