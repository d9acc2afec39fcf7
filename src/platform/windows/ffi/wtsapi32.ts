import { lazy } from "../../lazy.ts";
import { definedOnly, fileTimeMs, u32, wideText } from "./layout.ts";
import { checkTrue, openLibrary } from "./library.ts";

const THIS_SERVER = null;
// https://learn.microsoft.com/windows/win32/api/wtsapi32/ns-wtsapi32-wts_session_infow
const SESSION = { bytes: 24, id: 0, state: 16 } as const;
// https://learn.microsoft.com/windows/win32/api/wtsapi32/ne-wtsapi32-wts_connectstate_class
const ACTIVE = 0;
const DISCONNECTED = 4;
// https://learn.microsoft.com/windows/win32/api/wtsapi32/ne-wtsapi32-wts_info_class
const CLIENT_NAME = 10;
const SESSION_INFO = 24;
// https://learn.microsoft.com/windows/win32/api/wtsapi32/ns-wtsapi32-wtsinfow
const INFO = { bytes: 216, station: 32, domain: 96, user: 130, logon: 200 } as const;
const STATION_UNITS = 32;
const DOMAIN_UNITS = 17;
const USER_UNITS = 21;
const MAX_CLIENT_UNITS = 64;
const MAX_SESSIONS = 4096;

export interface UserSession {
  /** With the domain: DOMAIN\user. */
  readonly user: string;
  /** console, rdp-tcp#3 … */
  readonly station?: string;
  readonly client?: string;
  readonly logonMs?: number;
}

const symbols = lazy(() =>
  openLibrary("wtsapi32.dll", {
    WTSEnumerateSessionsW: { parameters: ["pointer", "u32", "u32", "buffer", "buffer"], result: "i32" },
    WTSQuerySessionInformationW: { parameters: ["pointer", "u32", "i32", "buffer", "buffer"], result: "i32" },
    WTSFreeMemory: { parameters: ["pointer"], result: "void" },
  })
);

/** Who is logged on, at the console or by remote desktop, connected or not. */
export function userSessions(): UserSession[] {
  const [sessions, count] = [new BigUint64Array(1), new Uint32Array(1)];
  checkTrue("list who is logged on", symbols().WTSEnumerateSessionsW(THIS_SERVER, 0, 1, sessions, count));
  const bytes = Math.min(count[0] ?? 0, MAX_SESSIONS) * SESSION.bytes;
  const users = (withMemory(sessions, bytes, parseSessionIds) ?? []).map(describe);
  return users.filter((user) => user !== null);
}

/** Sessions that somebody may be in: others are those of services, and those that wait for somebody. */
export function parseSessionIds(view: DataView): number[] {
  const ids: number[] = [];
  for (let at = 0; at + SESSION.bytes <= view.byteLength; at += SESSION.bytes) {
    const state = u32(view, at + SESSION.state);
    if (state === ACTIVE || state === DISCONNECTED) ids.push(u32(view, at + SESSION.id) ?? 0);
  }
  return ids;
}

/** A session without a user is one that waits for somebody to log on. */
export function parseSessionInfo(view: DataView): Omit<UserSession, "client"> | null {
  const user = wideText(view, INFO.user, USER_UNITS);
  if (view.byteLength < INFO.bytes || user === "") return null;
  const domain = wideText(view, INFO.domain, DOMAIN_UNITS);
  return definedOnly({
    user: domain === "" ? user : `${domain}\\${user}`,
    station: wideText(view, INFO.station, STATION_UNITS) || undefined,
    logonMs: fileTimeMs(view, INFO.logon),
  });
}

function describe(id: number): UserSession | null {
  const info = sessionValue(id, SESSION_INFO, parseSessionInfo);
  if (!info) return null;
  const client = sessionValue(id, CLIENT_NAME, (view) => wideText(view, 0, MAX_CLIENT_UNITS));
  return client ? { ...info, client } : info;
}

function sessionValue<T>(id: number, infoClass: number, read: (view: DataView) => T): T | null {
  const [value, bytes] = [new BigUint64Array(1), new Uint32Array(1)];
  // A session may end at any moment: then it has no values, and is left out.
  if (symbols().WTSQuerySessionInformationW(THIS_SERVER, id, infoClass, value, bytes) === 0) return null;
  return withMemory(value, bytes[0] ?? 0, read);
}

function withMemory<T>(memory: BigUint64Array, bytes: number, use: (view: DataView) => T): T | null {
  const pointer = Deno.UnsafePointer.create(memory[0] ?? 0n);
  if (pointer === null) return null;
  try {
    return use(new DataView(Deno.UnsafePointerView.getArrayBuffer(pointer, bytes)));
  } finally {
    symbols().WTSFreeMemory(pointer);
  }
}
