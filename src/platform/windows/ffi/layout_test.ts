import assert from "node:assert/strict";
import { windowsView } from "../../../../tests/helpers/windows_bytes.ts";
import { parseMemoryStatus, parsePowerStatus, parseTimeZone } from "./kernel32_measures.ts";
import { parseTopology } from "./kernel32_processors.ts";
import { parseDiskCounters, parseExtents, parseTexts } from "./kernel32_volumes.ts";
import { definedOnly, fileTimeMs, u32, u64, wideText } from "./layout.ts";
import { parseBattery, parseFrequencies } from "./powrprof.ts";
import { parseOwnMemory, parseSystemTotals } from "./psapi.ts";
import { parseSessionIds, parseSessionInfo } from "./wtsapi32.ts";

const nothing = new DataView(new ArrayBuffer(0));

Deno.test("numbers of 64 bits are exact up to 2^53; -1 and what lies behind the end are absent", () => {
  const view = new DataView(new ArrayBuffer(8));
  for (const value of [0n, 1n, 0xffff_ffffn, 0x1_0000_0000n, 9_007_199_254_740_991n]) {
    view.setBigUint64(0, value, true);
    assert.equal(u64(view, 0), Number(value));
  }
  view.setBigUint64(0, 0xffff_ffff_ffff_ffffn, true);
  assert.equal(u64(view, 0), undefined);
  assert.equal(u64(view, 1), undefined);
  assert.equal(u32(view, 5), undefined);
  assert.equal(u32(view, -1), undefined);
});

Deno.test("a FILETIME is a date; never is none", () => {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, 133_500_000_000_000_000n, true);
  assert.equal(new Date(fileTimeMs(view, 0) ?? 0).toISOString(), "2024-01-17T21:20:00.000Z");
  view.setBigUint64(0, 0n, true);
  assert.equal(fileTimeMs(view, 0), undefined);
});

Deno.test("text ends at its zero, at its room, or where the memory ends", () => {
  const bytes = new Uint8Array([0x41, 0, 0xe4, 0, 0x3d, 0xd8, 0, 0xde, 0, 0, 0x42, 0]);
  const view = new DataView(bytes.buffer);
  assert.equal(wideText(view, 0, 99), "Aä😀");
  assert.equal(wideText(view, 0, 2), "Aä");
  assert.equal(wideText(view, 10, 99), "B");
  assert.equal(wideText(view, 12, 99), "");
  assert.equal(wideText(view, 13, 99), "");
});

Deno.test("absent values leave no key behind", () => {
  assert.deepEqual(definedOnly({ a: 1, b: undefined, c: 0 }), { a: 1, c: 0 });
});

Deno.test("the memory is read; a host without memory is none", () => {
  assert.deepEqual(parseMemoryStatus(windowsView("memoryStatus")), {
    totalBytes: 17_179_869_184,
    availableBytes: 10_000_000_000,
    commitLimitBytes: 20_000_000_000,
    commitAvailableBytes: 12_000_000_000,
    processLimitBytes: 140_737_488_224_256,
  });
  assert.equal(parseMemoryStatus(new DataView(new ArrayBuffer(64))), null);
  assert.equal(parseMemoryStatus(nothing), null);
});

Deno.test("the totals are read in bytes, and zeros are not measured", () => {
  assert.deepEqual(parseSystemTotals(windowsView("systemTotals")), {
    pageBytes: 4096,
    committedBytes: 4_096_000,
    commitLimitBytes: 8_192_000,
    cacheBytes: 2_867_200,
    handles: 44_000,
    processes: 180,
    threads: 2100,
  });
  assert.deepEqual(parseSystemTotals(nothing), { pageBytes: 4096 });
  assert.deepEqual(parseOwnMemory(windowsView("ownMemory")), { workingSetBytes: 60_000_000, privateBytes: 30_000_000 });
});

Deno.test("a time zone has the name and the offset that are in force", () => {
  const view = windowsView("timeZone");
  assert.deepEqual(parseTimeZone(view, false), {
    key: "W. Europe Standard Time",
    name: "Mitteleuropäische Zeit",
    utcOffsetSeconds: 3600,
  });
  assert.deepEqual(parseTimeZone(view, true), {
    key: "W. Europe Standard Time",
    name: "Mitteleuropäische Sommerzeit",
    utcOffsetSeconds: 7200,
  });
  assert.equal(Object.is(parseTimeZone(nothing, false).utcOffsetSeconds, 0), true);
});

Deno.test("a battery tells its charge and energy; a host without one has none", () => {
  assert.deepEqual(parsePowerStatus(windowsView("powerStatusBattery")), {
    onLine: false,
    battery: { charging: false, chargePercent: 50, secondsLeft: 7200 },
  });
  const server = new DataView(new Uint8Array([1, 128, 255, 0, 255, 255, 255, 255, 255, 255, 255, 255]).buffer);
  assert.deepEqual(parsePowerStatus(server), { onLine: true });
  assert.deepEqual(parsePowerStatus(nothing), {});
  assert.deepEqual(parseBattery(windowsView("batteryState")), {
    discharging: true,
    capacityJoules: 180_000,
    remainingJoules: 90_000,
    watts: 12.5,
  });
  assert.equal(parseBattery(new DataView(new ArrayBuffer(32))), null);
});

Deno.test("cores and packages are told apart, in all processor groups", () => {
  const { cores, packages, places } = parseTopology(windowsView("topology"));
  assert.deepEqual([cores, packages], [3, 2]);
  assert.deepEqual([...places], [
    ["0,0", { core: 0, package: 0 }],
    ["0,1", { core: 0, package: 0 }],
    ["1,0", { core: 1, package: 1 }],
    ["1,63", { core: 2, package: 1 }],
  ]);
});

Deno.test("frequencies are told in hertz, by core", () => {
  assert.deepEqual(parseFrequencies(windowsView("frequencies")), [
    { number: 0, hertz: 1_200_000_000, maxHertz: 3_600_000_000 },
    { number: 1, hertz: 3_400_000_000, maxHertz: 3_600_000_000 },
  ]);
});

Deno.test("a disk tells its bytes, times and operations", () => {
  assert.deepEqual(parseDiskCounters(windowsView("diskPerformance")), {
    readBytes: 5_000_000_000,
    writtenBytes: 6_000_000_000,
    readSeconds: 7,
    writeSeconds: 8,
    idleSeconds: 9000,
    reads: 4_000_000_000,
    writes: 1234,
    queued: 3,
    splits: 17,
  });
});

Deno.test("the disks of a volume are each named once", () => {
  assert.deepEqual(parseExtents(windowsView("diskExtents")), [1, 4]);
  assert.deepEqual(parseExtents(nothing), []);
});

Deno.test("a list of texts ends at an empty one", () => {
  const units = new Uint16Array([..."C:\\\0D:\\\0\0X\0"].map((letter) => letter.charCodeAt(0)));
  assert.deepEqual(parseTexts(new DataView(units.buffer)), ["C:\\", "D:\\"]);
  assert.deepEqual(parseTexts(nothing), []);
});

Deno.test("only sessions that somebody can be in are asked who", () => {
  assert.deepEqual(parseSessionIds(windowsView("sessions")), [0, 1]);
  assert.deepEqual(parseSessionInfo(windowsView("sessionInfo")), {
    user: "EXAMPLE\\jane",
    station: "RDP-Tcp#3",
    logonMs: Date.parse("2024-01-17T21:19:50.000Z"),
  });
  assert.equal(parseSessionInfo(new DataView(new ArrayBuffer(216))), null);
});
