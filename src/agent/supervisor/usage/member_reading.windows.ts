import { type WindowsMeasures, windowsMeasures, type WindowsProcess } from "../../../platform/mod.ts";
import type { MemberReader } from "./member_contract.ts";

/** Start times are in units of 100 ns since 1601: https://learn.microsoft.com/windows/win32/sysinfo/file-times */
const UNITS_PER_MS = 10_000;
const EPOCH_1601_MS = 11_644_473_600_000;

/** One call tells of all processes; it is made when the first of a measurement is asked for. */
export function windowsMemberReader(
  measures: Pick<WindowsMeasures, "processRecords"> = windowsMeasures,
  nowMs: () => number = Date.now,
): MemberReader {
  let records: ReadonlyMap<number, WindowsProcess> | null = null;
  const all = () => records ??= new Map(measures.processRecords().map((record) => [record.pid, record]));
  return {
    begin() {
      records = null;
      return (nowMs() + EPOCH_1601_MS) * UNITS_PER_MS;
    },
    read(pid) {
      const record = all().get(pid);
      if (record === undefined) return null;
      return { readBytes: record.readBytes, writtenBytes: record.writtenBytes, openFiles: record.handles };
    },
    end() {
      records = null;
    },
    exactMemoryBytes(pids) {
      const known = new Map(measures.processRecords().map((record) => [record.pid, record.privateBytes]));
      let total = 0;
      for (const pid of pids) {
        const bytes = known.get(pid);
        if (bytes === undefined && known.has(pid)) return undefined;
        total += bytes ?? 0;
      }
      return total;
    },
  };
}
