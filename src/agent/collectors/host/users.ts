import type { HostSample } from "../../../protocol/mod.ts";
import { countAfter, valueAfter } from "../reading/keyed_lines.ts";

export type UserSession = NonNullable<HostSample["users"]>[number];

/**
 * `struct utmp` of glibc: https://man7.org/linux/man-pages/man5/utmp.5.html. Where programs of 32 bits may run beside,
 * as on x86-64, its session and time have 4 bytes each; elsewhere, as on arm64, 8. The file does not say which it is.
 */
interface Layout {
  readonly bytes: number;
  readonly seconds: number;
}
const COMPACT: Layout = { bytes: 384, seconds: 340 };
const WIDE: Layout = { bytes: 400, seconds: 344 };

const TYPE_MAX = 9;
const USER_PROCESS = 7;
const LINE = { at: 8, bytes: 32 };
const USER = { at: 44, bytes: 32 };
const HOST = { at: 76, bytes: 256 };

/** Who is logged in, by the bytes of /run/utmp. */
export function parseUtmp(bytes: Uint8Array): UserSession[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { bytes: size, seconds } = recordsOf(view, WIDE) > recordsOf(view, COMPACT) ? WIDE : COMPACT;
  const sessions: UserSession[] = [];
  for (let at = 0; at + size <= bytes.length; at += size) {
    if (view.getInt16(at, true) !== USER_PROCESS) continue;
    const name = textOf(bytes, at + USER.at, USER.bytes);
    if (name === "") continue;
    const sinceMs = view.getUint32(at + seconds, true) * 1000;
    sessions.push({
      name,
      terminal: textOf(bytes, at + LINE.at, LINE.bytes) || undefined,
      from: textOf(bytes, at + HOST.at, HOST.bytes) || undefined,
      sinceMs: sinceMs > 0 ? sinceMs : undefined,
    });
  }
  return sessions;
}

/** How many records the file has by this layout; less than none where it has rubbish in places that a record keeps clean. */
function recordsOf(view: DataView, { bytes }: Layout): number {
  if (view.byteLength % bytes !== 0) return -1;
  let records = 0;
  for (let at = 0; at < view.byteLength; at += bytes) {
    const type = view.getInt16(at, true);
    if (type < 0 || type > TYPE_MAX || view.getInt16(at + 2, true) !== 0) return -1;
    if (type > 0) records++;
  }
  return records;
}

function textOf(bytes: Uint8Array, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  const text = new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
  // deno-lint-ignore no-control-regex
  return text.replaceAll(/[\u0000-\u001f\u007f]/g, "?").trim();
}

/** One file of /run/systemd/sessions; null for what is no login of a person, as that of a greeter. */
export function parseLogindSession(text: string): UserSession | null {
  const name = valueAfter(text, "USER=");
  const isLogin = valueAfter(text, "CLASS=") === "user" && valueAfter(text, "STATE=") !== "closing";
  if (!name || !isLogin) return null;
  const sinceMicroseconds = countAfter(text, "REALTIME=");
  return {
    name,
    terminal: valueAfter(text, "TTY=") || undefined,
    from: valueAfter(text, "REMOTE_HOST=") || undefined,
    sinceMs: sinceMicroseconds === undefined ? undefined : Math.floor(sinceMicroseconds / 1000),
  };
}
