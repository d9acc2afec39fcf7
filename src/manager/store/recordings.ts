import type { Access } from "./access.ts";
import { Conditions } from "./conditions.ts";
import type { RecordingQuery, RecordingRecord, RecordingStore } from "./contract.ts";
import { rowLimit, type Sql, textSet } from "./sql.ts";
import { flag, nullable, number, Table, text } from "./table.ts";

export const RECORDINGS = new Table<RecordingRecord>("recordings", {
  id: text(),
  hostId: text(),
  host: text(),
  terminalId: text(),
  actor: text(),
  user: text(),
  shell: text(),
  title: text(),
  cols: number,
  rows: number,
  startedMs: number,
  endedMs: nullable(number),
  reason: text(),
  durationMs: number,
  sizeBytes: number,
  isCut: flag,
  position: number,
});

export function recordingStore({ read, write }: Access): RecordingStore {
  return {
    add: (record) => write((sql) => RECORDINGS.insert(sql, record)),
    get: (id) => read((sql) => RECORDINGS.find(sql, "WHERE id = ?", id)),
    change: (id, change) => write((sql) => RECORDINGS.change(sql, change, "WHERE id = ?", id) > 0),
    remove: (id) => write((sql) => sql.run("DELETE FROM recordings WHERE id = ?", id) > 0),
    list: (query) => read((sql) => listed(sql, query)),
    open: () => read((sql) => RECORDINGS.list(sql, "WHERE ended_ms IS NULL ORDER BY n")),
    oldest: (limit) =>
      read((sql) =>
        RECORDINGS.list(sql, "WHERE ended_ms IS NOT NULL ORDER BY started_ms, id LIMIT ?", rowLimit(limit))
      ),
    usage: () =>
      read((sql) => {
        const row = sql.first("SELECT count(*) AS count, coalesce(sum(size_bytes), 0) AS bytes FROM recordings");
        return { count: Number(row?.["count"]), sizeBytes: Number(row?.["bytes"]) };
      }),
    position: (hostId, terminalId) =>
      read((sql) => {
        const highest = "SELECT max(position) AS position FROM recordings WHERE host_id = ? AND terminal_id = ?";
        return Number(sql.first(highest, hostId, terminalId)?.["position"] ?? 0);
      }),
  };
}

function listed(sql: Sql, { hostIds, actor, before, limit }: RecordingQuery): RecordingRecord[] {
  const conditions = new Conditions()
    .add("(started_ms, id) < (?, ?)", before?.startedMs, before?.id)
    .add("+actor = ?", actor);
  if (hostIds?.length === 1) conditions.add("host_id = ?", hostIds[0]);
  else conditions.add("+host_id IN (SELECT value FROM json_each(?))", hostIds && textSet(hostIds));
  const rest = `${conditions.where} ORDER BY started_ms DESC, id DESC LIMIT ?`;
  return RECORDINGS.list(sql, rest, ...conditions.values, rowLimit(limit));
}
