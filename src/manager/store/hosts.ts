import type { Clock } from "../../core/mod.ts";
import type { Access } from "./access.ts";
import type { HostRecord, HostStore, ProcessRecord, ProcessStore } from "./contract.ts";
import { flag, json, nullable, number, Table, text } from "./table.ts";
import { cancelTasksOf } from "./tasks.ts";

export const HOSTS = new Table<HostRecord>("hosts", {
  id: text(),
  name: text(),
  kind: text(),
  publicKey: text(),
  labels: json(),
  facts: nullable(json()),
  enrolledMs: number,
  drained: flag,
  state: text(),
  sinceMs: number,
  reason: text(),
  lastSeenMs: nullable(number),
  address: text(),
  eventSeq: number,
  duplicates: json(),
});

export function hostStore({ read, write }: Access, clock: Clock): HostStore {
  return {
    add: (host) => write((sql) => HOSTS.insert(sql, host)),
    get: (id) => read((sql) => HOSTS.find(sql, "WHERE id = ?", id)),
    // Said twice, so that the index serves, which workers without a key are not in.
    byPublicKey: (key) => read((sql) => HOSTS.find(sql, "WHERE public_key = ? AND public_key <> ''", key)),
    byName: (name) => read((sql) => HOSTS.find(sql, "WHERE name = ?", name)),
    all: () => read((sql) => HOSTS.list(sql, "ORDER BY n")),
    change: (id, change) => write((sql) => HOSTS.change(sql, change, "WHERE id = ?", id) > 0),
    changeMany: (changes) =>
      write((sql) => {
        for (const { id, change } of changes) HOSTS.change(sql, change, "WHERE id = ?", id);
      }),
    remove: (id) =>
      write((sql) => {
        const isRemoved = sql.run("DELETE FROM hosts WHERE id = ?", id) > 0;
        if (isRemoved) cancelTasksOf(sql, id, clock.nowMs());
        return isRemoved;
      }),
  };
}

export function processStore({ read, write }: Access): ProcessStore {
  return {
    replace(hostId, processes) {
      const data = JSON.stringify(processes.map((process) => ({ ...process, hostId })));
      return write((sql) => {
        sql.run(
          `INSERT INTO processes (host_n, data) SELECT n, ? FROM hosts WHERE id = ?
          ON CONFLICT (host_n) DO UPDATE SET data = excluded.data`,
          data,
          hostId,
        );
      });
    },
    all: () =>
      read((sql) =>
        sql.all("SELECT data FROM processes ORDER BY host_n")
          .flatMap(({ data }): ProcessRecord[] => JSON.parse(String(data)))
      ),
  };
}
