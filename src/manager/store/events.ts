import type { FleetEvent, NewFleetEvent } from "../../protocol/mod.ts";
import { type Access, forgetByParts } from "./access.ts";
import { Conditions } from "./conditions.ts";
import type { EventQuery, EventStore } from "./contract.ts";
import { rowLimit, type Sql, textSet } from "./sql.ts";
import { number, optional, Table, text } from "./table.ts";

export const EVENTS = new Table<FleetEvent>("events", {
  seq: number,
  timeMs: number,
  kind: text(),
  level: text(),
  hostId: optional(text()),
  host: optional(text()),
  process: optional(text()),
  state: optional(text()),
  message: text(),
  hostSeq: optional(number),
});

export function eventStore(access: Access): EventStore {
  return {
    add: (events) => access.write((sql) => added(sql, events)),
    list: (query) => access.read((sql) => listed(sql, query)),
    async trim({ maxCount, beforeMs }) {
      const tooOld = await forgetByParts(access, (sql, atMost) =>
        sql.run(
          "DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE time_ms < ? ORDER BY time_ms LIMIT ?)",
          beforeMs,
          atMost,
        ));
      const tooMany = await forgetByParts(access, (sql, atMost) =>
        sql.run(
          `DELETE FROM events WHERE seq IN (
            SELECT seq FROM events WHERE seq <= (SELECT seq FROM events ORDER BY seq DESC LIMIT 1 OFFSET ?)
            ORDER BY seq LIMIT ?)`,
          rowLimit(maxCount),
          atMost,
        ));
      return tooOld + tooMany;
    },
  };
}

interface Sender {
  readonly name: string;
  eventSeq: number;
  hasNew: boolean;
}

function added(sql: Sql, events: readonly NewFleetEvent[]): FleetEvent[] {
  const senders = new Map<string, Sender | null>();
  let seq = Number(sql.first("SELECT seq FROM sqlite_sequence WHERE name = 'events'")?.["seq"] ?? 0);
  const result: FleetEvent[] = [];
  for (const event of events) {
    const sender = event.hostId === undefined ? null : senderOf(sql, senders, event.hostId);
    if (event.hostId !== undefined && event.hostSeq !== undefined) {
      // Without the host nobody knows which of its events there have been.
      if (sender === null || event.hostSeq <= sender.eventSeq) continue;
      sender.eventSeq = event.hostSeq;
      sender.hasNew = true;
    }
    const numbered: FleetEvent = { ...event, seq: ++seq, ...sender !== null && { host: sender.name } };
    EVENTS.insert(sql, numbered);
    result.push(numbered);
  }
  for (const [id, sender] of senders) {
    if (sender?.hasNew) sql.run("UPDATE hosts SET event_seq = ? WHERE id = ?", sender.eventSeq, id);
  }
  return result;
}

function senderOf(sql: Sql, senders: Map<string, Sender | null>, id: string): Sender | null {
  const known = senders.get(id);
  if (known !== undefined) return known;
  const row = sql.first("SELECT name, event_seq FROM hosts WHERE id = ?", id);
  const sender = row === undefined
    ? null
    : { name: text().read(row["name"] ?? ""), eventSeq: Number(row["event_seq"]), hasNew: false };
  senders.set(id, sender);
  return sender;
}

/** By `+`, SQLite is kept from an index that would have it sort all that fits before it gives the first. */
function listed(sql: Sql, query: EventQuery): FleetEvent[] {
  const { after, before, limit, hostIds, kinds, levels, sinceMs } = query;
  const conditions = new Conditions()
    .add("seq > ?", after)
    .add("seq < ?", before)
    .add("seq >= (SELECT min(+seq) FROM events WHERE time_ms >= ?)", sinceMs)
    .add("+time_ms >= ?", sinceMs)
    .add("kind IN (SELECT value FROM json_each(?))", kinds && textSet(kinds))
    .add("level IN (SELECT value FROM json_each(?))", levels && textSet(levels));
  if (hostIds?.length === 1) conditions.add("host_id = ?", hostIds[0]);
  else conditions.add("+host_id IN (SELECT value FROM json_each(?))", hostIds && textSet(hostIds));
  const order = after === undefined ? "DESC" : "ASC";
  const found = EVENTS.list(
    sql,
    `${conditions.where} ORDER BY seq ${order} LIMIT ?`,
    ...conditions.values,
    rowLimit(limit),
  );
  return after === undefined ? found.reverse() : found;
}
