/** kernel32, the part that measures: memory, uptime, names, time zone, power. kernel32.ts has processes and files. */
import { AppError } from "../../../core/mod.ts";
import { lazy } from "../../lazy.ts";
import { definedOnly, i32, ticks, u16, u32, u64, u8, viewOf, wideText } from "./layout.ts";
import { checkTrue, openLibrary } from "./library.ts";

// https://learn.microsoft.com/windows/win32/api/sysinfoapi/ns-sysinfoapi-memorystatusex
const MEMORY_STATUS = {
  bytes: 64,
  totalPhysical: 8,
  availablePhysical: 16,
  totalPageFile: 24,
  availablePageFile: 32,
  totalVirtual: 40,
} as const;

export interface MemoryStatus {
  readonly totalBytes: number;
  readonly availableBytes: number;
  /** Physical memory and paging files together, of which programs can get so much. */
  readonly commitLimitBytes?: number;
  readonly commitAvailableBytes?: number;
  /** Address space of one process. */
  readonly processLimitBytes?: number;
}

// https://learn.microsoft.com/windows/win32/api/sysinfoapi/ns-sysinfoapi-system_info
const SYSTEM_INFO = { bytes: 48, architecture: 0 } as const;
const ARCHITECTURES: Readonly<Record<number, string>> = { 0: "x86", 5: "ARM", 9: "AMD64", 12: "ARM64" };

// https://learn.microsoft.com/windows/win32/api/sysinfoapi/ne-sysinfoapi-computer_name_format
const DNS_HOST_NAME = 1;
const DNS_DOMAIN = 2;
const MAX_NAME_UNITS = 1024;

// https://learn.microsoft.com/windows/win32/api/timezoneapi/ns-timezoneapi-dynamic_time_zone_information
const TIME_ZONE = {
  bytes: 432,
  bias: 0,
  standardName: 4,
  standardBias: 84,
  daylightName: 88,
  daylightBias: 168,
  key: 172,
} as const;
const ZONE_NAME_UNITS = 32;
const ZONE_KEY_UNITS = 128;
const TIME_ZONE_ID_DAYLIGHT = 2;
const SECONDS_PER_MINUTE = 60;

export interface TimeZone {
  /** Windows' own name of the zone, in English everywhere: "W. Europe Standard Time". */
  readonly key: string;
  /** The name that is in force now, in the system's language. */
  readonly name: string;
  readonly utcOffsetSeconds: number;
}

// https://learn.microsoft.com/windows/win32/api/winbase/ns-winbase-system_power_status
const POWER_STATUS = { bytes: 12, line: 0, battery: 1, percent: 2, secondsLeft: 4 } as const;
const BATTERY_CHARGING = 8;
const NO_BATTERY = 128;
const UNKNOWN = 255;
const UNKNOWN_TIME = 0xffff_ffff;

export interface PowerStatus {
  readonly onLine?: boolean;
  /** Absent on a host without one. */
  readonly battery?: {
    readonly charging: boolean;
    readonly chargePercent?: number;
    /** Known only while it is discharged. */
    readonly secondsLeft?: number;
  };
}

// https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getcurrentprocess
const CURRENT_PROCESS = 0xffff_ffff_ffff_ffffn;

const symbols = lazy(() =>
  openLibrary("kernel32.dll", {
    GetComputerNameExW: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
    GetDynamicTimeZoneInformation: { parameters: ["buffer"], result: "u32" },
    GetProcessHandleCount: { parameters: ["usize", "buffer"], result: "i32" },
    GetProcessTimes: { parameters: ["usize", "buffer", "buffer", "buffer", "buffer"], result: "i32" },
    GetNativeSystemInfo: { parameters: ["buffer"], result: "void" },
    GetSystemPowerStatus: { parameters: ["buffer"], result: "i32" },
    GetTickCount64: { parameters: [], result: "u64" },
    GlobalMemoryStatusEx: { parameters: ["buffer"], result: "i32" },
  })
);

export function memoryStatus(): MemoryStatus {
  const bytes = new Uint8Array(MEMORY_STATUS.bytes);
  const view = viewOf(bytes);
  view.setUint32(0, bytes.length, true);
  checkTrue("read how much memory there is", symbols().GlobalMemoryStatusEx(bytes));
  const status = parseMemoryStatus(view);
  if (status === null) throw new AppError("unavailable", "Cannot read how much memory there is: Windows says none");
  return status;
}

/** Null when it is none: a host has memory, and no more available than it has. */
export function parseMemoryStatus(view: DataView): MemoryStatus | null {
  const totalBytes = u64(view, MEMORY_STATUS.totalPhysical);
  const availableBytes = u64(view, MEMORY_STATUS.availablePhysical);
  if (!totalBytes || availableBytes === undefined || availableBytes > totalBytes) return null;
  return definedOnly({
    totalBytes,
    availableBytes,
    commitLimitBytes: u64(view, MEMORY_STATUS.totalPageFile),
    commitAvailableBytes: u64(view, MEMORY_STATUS.availablePageFile),
    processLimitBytes: u64(view, MEMORY_STATUS.totalVirtual),
  });
}

/** Processor time of this very process. */
export function ownCpuSeconds(): number {
  const [unused, kernel, user] = [new Uint8Array(8), new Uint8Array(8), new Uint8Array(8)];
  const read = symbols().GetProcessTimes(CURRENT_PROCESS, unused, new Uint8Array(8), kernel, user);
  checkTrue("read our own processor time", read);
  return (ticks(viewOf(kernel), 0) ?? 0) + (ticks(viewOf(user), 0) ?? 0);
}

/** Handles of this very process; absent where they are not counted, as no process has none. */
export function ownHandles(): number | undefined {
  const count = new Uint32Array(1);
  checkTrue("count our own handles", symbols().GetProcessHandleCount(CURRENT_PROCESS, count));
  return count[0] || undefined;
}

export function uptimeSeconds(): number {
  return Number(symbols().GetTickCount64()) / 1000;
}

/** As Windows itself names it, whatever this program was compiled for. */
export function machineArchitecture(): string | undefined {
  const bytes = new Uint8Array(SYSTEM_INFO.bytes);
  symbols().GetNativeSystemInfo(bytes);
  return ARCHITECTURES[u16(viewOf(bytes), SYSTEM_INFO.architecture) ?? -1];
}

export function hostName(): string {
  return computerName(DNS_HOST_NAME);
}

/** Empty when the host is in no domain. */
export function domainName(): string {
  return computerName(DNS_DOMAIN);
}

function computerName(format: number): string {
  const bytes = new Uint8Array(MAX_NAME_UNITS * 2);
  checkTrue(
    "read the name of this host",
    symbols().GetComputerNameExW(format, bytes, new Uint32Array([MAX_NAME_UNITS])),
  );
  return wideText(viewOf(bytes), 0, MAX_NAME_UNITS);
}

export function timeZone(): TimeZone {
  const bytes = new Uint8Array(TIME_ZONE.bytes);
  const id = symbols().GetDynamicTimeZoneInformation(bytes);
  return parseTimeZone(viewOf(bytes), id === TIME_ZONE_ID_DAYLIGHT);
}

export function parseTimeZone(view: DataView, daylight: boolean): TimeZone {
  const bias = i32(view, daylight ? TIME_ZONE.daylightBias : TIME_ZONE.standardBias) ?? 0;
  const minutes = (i32(view, TIME_ZONE.bias) ?? 0) + bias;
  return {
    key: wideText(view, TIME_ZONE.key, ZONE_KEY_UNITS),
    name: wideText(view, daylight ? TIME_ZONE.daylightName : TIME_ZONE.standardName, ZONE_NAME_UNITS),
    utcOffsetSeconds: minutes === 0 ? 0 : -minutes * SECONDS_PER_MINUTE,
  };
}

export function powerStatus(): PowerStatus {
  const bytes = new Uint8Array(POWER_STATUS.bytes);
  checkTrue("read the state of the power supply", symbols().GetSystemPowerStatus(bytes));
  return parsePowerStatus(viewOf(bytes));
}

export function parsePowerStatus(view: DataView): PowerStatus {
  const line = u8(view, POWER_STATUS.line) ?? UNKNOWN;
  const battery = u8(view, POWER_STATUS.battery) ?? UNKNOWN;
  const percent = u8(view, POWER_STATUS.percent) ?? UNKNOWN;
  const secondsLeft = u32(view, POWER_STATUS.secondsLeft) ?? UNKNOWN_TIME;
  const hasBattery = battery !== UNKNOWN && (battery & NO_BATTERY) === 0;
  return definedOnly({
    onLine: line > 1 ? undefined : line === 1,
    battery: hasBattery
      ? definedOnly({
        charging: (battery & BATTERY_CHARGING) !== 0,
        chargePercent: percent > 100 ? undefined : percent,
        secondsLeft: secondsLeft === UNKNOWN_TIME ? undefined : secondsLeft,
      })
      : undefined,
  });
}
