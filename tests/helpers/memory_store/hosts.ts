import type { Clock } from "../../../src/core/mod.ts";
import type { HostChange, HostRecord, HostStore, ProcessStore } from "../../../src/manager/store/contract.ts";
import { ENDED_TASK_STATES } from "../../../src/protocol/mod.ts";
import { add, answer, conflict, find, put, type Tables } from "./tables.ts";

export function memoryHosts(tables: Tables, clock: Clock): HostStore {
  const { hosts } = tables;
  /** Workers have no key, all of them. */
  const refuseTakenKey = ({ id, publicKey }: HostRecord): void => {
    if (publicKey === "") return;
    if (find(hosts, (other) => other.publicKey === publicKey && other.id !== id) !== null) throw conflict("publicKey");
  };
  const change = (id: string, values: HostChange): boolean => {
    const before = hosts.get(id);
    if (before === undefined) return false;
    const after = { ...before, ...values };
    refuseTakenKey(after);
    put(hosts, after, ["name"]);
    return true;
  };
  return {
    add: (host) =>
      answer(() => {
        refuseTakenKey(host);
        add(hosts, host, ["name"]);
      }),
    get: (id) => answer(() => hosts.get(id) ?? null),
    byPublicKey: (key) => answer(() => key === "" ? null : find(hosts, ({ publicKey }) => publicKey === key)),
    byName: (wanted) => answer(() => find(hosts, ({ name }) => name === wanted)),
    all: () => answer(() => [...hosts.values()]),
    change: (id, values) => answer(() => change(id, values)),
    changeMany: (changes) =>
      answer(() => {
        const before = [...hosts];
        try {
          for (const one of changes) change(one.id, one.change);
        } catch (error) {
          hosts.clear();
          for (const [id, host] of before) hosts.set(id, host);
          throw error;
        }
      }),
    remove: (id) =>
      answer(() => {
        cancelTasksOf(tables, id, clock.nowMs());
        tables.processes.delete(id);
        return hosts.delete(id);
      }),
  };
}

function cancelTasksOf({ hosts, tasks }: Tables, hostId: string, nowMs: number): void {
  if (!hosts.has(hostId)) return;
  for (const task of tasks.values()) {
    if (task.hostId !== hostId || ENDED_TASK_STATES.includes(task.state)) continue;
    tasks.set(task.id, { ...task, state: "cancelled", reason: "The host was removed", endedMs: nowMs });
  }
}

export function memoryProcesses({ hosts, processes }: Tables): ProcessStore {
  return {
    replace: (hostId, records) =>
      answer(() => {
        if (!hosts.has(hostId)) return;
        processes.set(hostId, structuredClone(records.map((record) => ({ ...record, hostId }))));
      }),
    all: () => answer(() => [...hosts.keys()].flatMap((id) => processes.get(id) ?? [])),
  };
}
