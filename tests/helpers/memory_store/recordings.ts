import type { RecordingRecord, RecordingStore } from "../../../src/manager/store/contract.ts";
import { add, answer, type Tables } from "./tables.ts";

const byStart = (a: RecordingRecord, b: RecordingRecord) =>
  a.startedMs - b.startedMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

export function memoryRecordings({ recordings }: Tables): RecordingStore {
  const all = () => [...recordings.values()];
  return {
    add: (record) => answer(() => add(recordings, record, [])),
    get: (id) => answer(() => recordings.get(id) ?? null),
    change: (id, change) =>
      answer(() => {
        const record = recordings.get(id);
        if (record === undefined) return false;
        recordings.set(id, { ...record, ...structuredClone(change) });
        return true;
      }),
    remove: (id) => answer(() => recordings.delete(id)),
    list: ({ hostIds, actor, before, limit }) =>
      answer(() =>
        all().filter((record) =>
          (hostIds?.includes(record.hostId) ?? true) && record.actor === (actor ?? record.actor) &&
          (before === undefined || byStart(record, { ...record, ...before }) < 0)
        ).toSorted(byStart).toReversed().slice(0, limit)
      ),
    open: () => answer(() => all().filter(({ endedMs }) => endedMs === null)),
    oldest: (limit) => answer(() => all().filter(({ endedMs }) => endedMs !== null).toSorted(byStart).slice(0, limit)),
    usage: () =>
      answer(() => ({ count: recordings.size, sizeBytes: all().reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) })),
    position: (hostId, terminalId) =>
      answer(() =>
        all().filter((record) => record.hostId === hostId && record.terminalId === terminalId)
          .reduce((most, { position }) => Math.max(most, position), 0)
      ),
  };
}
