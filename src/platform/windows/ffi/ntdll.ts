import { AppError } from "../../../core/mod.ts";
import { lazy } from "../../lazy.ts";
import { openLibrary } from "./library.ts";
import { viewOf } from "./layout.ts";

// https://learn.microsoft.com/openspecs/windows_protocols/ms-erref/596a1078-e883-4972-9bbc-49e60bebca55
const STATUS_SUCCESS = 0;
const STATUS_INFO_LENGTH_MISMATCH = 0xc000_0004;
const STATUS_BUFFER_TOO_SMALL = 0xc000_0023;
const REFUSED: ReadonlySet<number> = new Set([0xc000_0022, 0xc000_0061]);
const UNKNOWN_TO_IT: ReadonlySet<number> = new Set([0xc000_0002, 0xc000_0003, 0xc000_00bb]);

/** Room for what appeared between two tries. */
const SPARE_BYTES = 16 * 1024;
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_TRIES = 8;

const symbols = lazy(() =>
  openLibrary("ntdll.dll", {
    // https://learn.microsoft.com/windows/win32/api/winternl/nf-winternl-ntquerysysteminformation
    NtQuerySystemInformation: { parameters: ["i32", "buffer", "u32", "buffer"], result: "u32" },
    // The same for one processor group, which is the input: https://ntdoc.m417z.com/ntquerysysteminformationex
    NtQuerySystemInformationEx: {
      parameters: ["i32", "buffer", "u32", "buffer", "u32", "buffer"],
      result: "u32",
      optional: true,
    },
    // https://learn.microsoft.com/windows/win32/devnotes/rtlgetversion
    RtlGetVersion: { parameters: ["buffer"], result: "u32" },
  })
);

/** For this folder: a class of system information that has one size. */
export function systemInformation(what: string, infoClass: number, bytes: number): DataView {
  const buffer = new Uint8Array(bytes);
  const length = new Uint32Array(1);
  check(what, symbols().NtQuerySystemInformation(infoClass, buffer, bytes, length));
  return viewOf(buffer, length[0]);
}

/** For this folder: the same for one processor group, on hosts that have several. */
export function groupInformation(what: string, infoClass: number, group: number, bytes: number): DataView {
  const query = symbols().NtQuerySystemInformationEx;
  if (query === null) throw new AppError("unsupported", `Cannot read ${what}: this Windows tells only of group 0`);
  const buffer = new Uint8Array(bytes);
  const length = new Uint32Array(1);
  check(what, query(infoClass, new Uint16Array([group]), 2, buffer, bytes, length));
  return viewOf(buffer, length[0]);
}

/** For this folder: where a class of unknown length is read into, again and again. */
export interface GrowingAnswer {
  buffer: Uint8Array<ArrayBuffer>;
}

/** For this folder: a class of unknown length; the buffer grows until it holds the answer. */
export function growingInformation(what: string, infoClass: number, answer: GrowingAnswer): DataView {
  const length = new Uint32Array(1);
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const { buffer } = answer;
    const status = symbols().NtQuerySystemInformation(infoClass, buffer, buffer.length, length);
    if (status !== STATUS_INFO_LENGTH_MISMATCH && status !== STATUS_BUFFER_TOO_SMALL) {
      check(what, status);
      return viewOf(buffer, length[0]);
    }
    const wanted = Math.max(buffer.length * 2, (length[0] ?? 0) + SPARE_BYTES);
    if (wanted > MAX_BYTES) break;
    answer.buffer = new Uint8Array(wanted);
  }
  throw new AppError("unavailable", `Cannot read ${what}: it is longer each time that it is read`);
}

/** For this folder: the version of Windows as it is, not as it pretends to be for old programs. */
export function versionInformation(bytes: number): DataView {
  const buffer = new Uint8Array(bytes);
  const view = viewOf(buffer);
  view.setUint32(0, bytes, true);
  check("the version of Windows", symbols().RtlGetVersion(buffer));
  return view;
}

function check(what: string, status: number): void {
  if (status === STATUS_SUCCESS) return;
  const text = `Cannot read ${what}: Windows answers 0x${status.toString(16)}`;
  if (REFUSED.has(status)) throw new AppError("forbidden", `${text}; run as administrator or as a service`);
  throw new AppError(UNKNOWN_TO_IT.has(status) ? "unsupported" : "unavailable", text);
}
