import { type Clock, systemClock } from "../../src/core/mod.ts";
import type { Store } from "../../src/manager/store/contract.ts";
import { memoryHosts, memoryProcesses } from "./memory_store/hosts.ts";
import { memoryApiTokens, memoryJoinTokens, memorySessions, memoryUsers } from "./memory_store/people.ts";
import { memoryAudit, memoryEvents, memoryFacts, memorySettings } from "./memory_store/records.ts";
import { memoryRecordings } from "./memory_store/recordings.ts";
import { answer, noTables } from "./memory_store/tables.ts";
import { memoryTasks } from "./memory_store/tasks.ts";

/** A store that keeps all in memory, for tests of what uses one; the contract's suite holds for it as for the real one. */
export function memoryStore(options: { readonly clock?: Clock } = {}): Store {
  const tables = noTables();
  return {
    hosts: memoryHosts(tables, options.clock ?? systemClock),
    joinTokens: memoryJoinTokens(tables),
    processes: memoryProcesses(tables),
    events: memoryEvents(tables),
    tasks: memoryTasks(tables),
    settings: memorySettings(tables),
    users: memoryUsers(tables),
    sessions: memorySessions(tables),
    apiTokens: memoryApiTokens(tables),
    audit: memoryAudit(tables),
    facts: memoryFacts(tables),
    recordings: memoryRecordings(tables),
    report: () => ({ waiting: 0, writes: 0, failures: 0, sizeBytes: 0 }),
    close: () => answer(() => {}),
  };
}
