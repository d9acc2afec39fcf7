import assert from "node:assert/strict";
import fc from "fast-check";
import { type WindowsBytes, windowsBytes } from "../../../tests/helpers/windows_bytes.ts";
import { parseAddressTable, parseInterfaceTable } from "./ffi/iphlpapi_interfaces.ts";
import { parseTcpStates, parseTcpStatistics, parseUdpStatistics } from "./ffi/iphlpapi_transport.ts";
import { parseMemoryStatus, parsePowerStatus, parseTimeZone } from "./ffi/kernel32_measures.ts";
import { parseTopology } from "./ffi/kernel32_processors.ts";
import { parseDiskCounters, parseExtents, parseTexts } from "./ffi/kernel32_volumes.ts";
import {
  parseBootTime,
  parseMemoryLists,
  parsePageFiles,
  parsePerformance,
  parseVersion,
} from "./ffi/ntdll_performance.ts";
import { parseProcesses } from "./ffi/ntdll_processes.ts";
import { parseProcessorTimes } from "./ffi/ntdll_processors.ts";
import { parseBattery, parseFrequencies } from "./ffi/powrprof.ts";
import { parseOwnMemory, parseSystemTotals } from "./ffi/psapi.ts";
import { parseSessionIds, parseSessionInfo } from "./ffi/wtsapi32.ts";

const GOLDEN = windowsBytes();

/** Each parser with the bytes that it is made for; the same bytes serve where a structure is plain. */
const PARSERS: readonly (readonly [golden: string, parse: (view: DataView, base: bigint) => unknown])[] = [
  ["processes", parseProcesses],
  ["processorTimes", (view) => parseProcessorTimes(view, 0)],
  ["performance", parsePerformance],
  ["memoryLists", parseMemoryLists],
  ["pageFiles", parsePageFiles],
  ["timeOfDay", parseBootTime],
  ["systemTotals", parseVersion],
  ["interfaces", parseInterfaceTable],
  ["addresses", parseAddressTable],
  ["tcpTable", (view) => parseTcpStates(view, "ipv4")],
  ["tcp6Table", (view) => parseTcpStates(view, "ipv6")],
  ["tcpStatistics", parseTcpStatistics],
  ["udpStatistics", parseUdpStatistics],
  ["memoryStatus", parseMemoryStatus],
  ["powerStatusBattery", parsePowerStatus],
  ["timeZone", (view) => parseTimeZone(view, true)],
  ["topology", parseTopology],
  ["diskPerformance", parseDiskCounters],
  ["diskExtents", parseExtents],
  ["timeZone", parseTexts],
  ["batteryState", parseBattery],
  ["frequencies", parseFrequencies],
  ["ownMemory", parseOwnMemory],
  ["systemTotals", parseSystemTotals],
  ["sessions", parseSessionIds],
  ["sessionInfo", parseSessionInfo],
];
/** The only ones that may be below zero: how far a zone is behind UTC. */
const SIGNED: ReadonlySet<string> = new Set(["utcOffsetSeconds"]);

const damage = fc.record({
  bytes: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 12 }),
  words: fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff)), { maxLength: 6 }),
  cut: fc.option(fc.nat(), { nil: null, freq: 3 }),
});

for (const [golden, parse] of PARSERS) {
  Deno.test(`damaged bytes neither break the parser of ${golden} nor make it tell nonsense (${parse.name})`, () => {
    const { bytes, base } = GOLDEN.get(golden) as WindowsBytes;
    assertSound(parse(new DataView(bytes.slice().buffer), base));
    fc.assert(fc.property(damage, (harm) => {
      const copy = bytes.slice();
      const view = new DataView(copy.buffer);
      for (const [at, value] of harm.bytes) copy[at % copy.length] = value;
      for (const [at, value] of harm.words) view.setUint32((at % (copy.length / 4 | 0)) * 4, value, true);
      const length = harm.cut === null ? copy.length : harm.cut % (copy.length + 1);
      assertSound(parse(new DataView(copy.buffer, 0, length), base));
    }));
  });
}

/** Every number is finite and not below zero, and nothing is larger than what it was made of could say. */
function assertSound(value: unknown, key = ""): void {
  if (typeof value === "number") {
    assert.ok(Number.isFinite(value) && (value >= 0 || SIGNED.has(key)), `${key}: ${value}`);
  } else if (typeof value === "string") assert.ok(value.length <= 4096);
  else if (value instanceof Map) { for (const [name, one] of value) assertSound(one, String(name)); }
  else if (Array.isArray(value)) { for (const one of value) assertSound(one, key); }
  else if (typeof value === "object" && value !== null) {
    for (const [name, one] of Object.entries(value)) {
      assert.notEqual(one, undefined, `${name} is there, but undefined`);
      assertSound(one, name);
    }
  }
}
