import { type Clock, messageOf } from "../../../core/mod.ts";
import { createStateLog, type Logger, type StateLog } from "../../../log/mod.ts";
import type { HostChange, HubPorts, ProcessRecord } from "../ports.ts";

/** In one write, so that none keeps everything else waiting for long. */
const HOSTS_AT_ONCE = 1_000;
const PROCESS_LISTS_AT_ONCE = 50;

/**
 * Brings what changes often to the store, a few times a second together and never for a heartbeat. What could not be
 * written waits and is written with the next; a host has one change and one list of processes waiting at most.
 */
export class RecordWriter {
  readonly #ports: Pick<HubPorts, "hosts" | "processes">;
  readonly #trouble: StateLog;
  readonly #changes = new Map<string, HostChange>();
  readonly #processes = new Map<string, readonly ProcessRecord[]>();
  #writing: Promise<void> | null = null;

  constructor(ports: Pick<HubPorts, "hosts" | "processes">, clock: Clock, log: Logger) {
    this.#ports = ports;
    this.#trouble = createStateLog(log, clock, "writing down what hosts are like");
  }

  get waiting(): number {
    return this.#changes.size + this.#processes.size;
  }

  change(id: string, change: HostChange): void {
    this.#changes.set(id, { ...this.#changes.get(id), ...change });
  }

  setProcesses(id: string, processes: readonly ProcessRecord[]): void {
    this.#processes.set(id, processes);
  }

  forget(id: string): void {
    this.#changes.delete(id);
    this.#processes.delete(id);
  }

  /** Begins to write a part of what waits, unless that is under way. */
  flush(): void {
    if (this.waiting > 0) this.#writing ??= this.#write().finally(() => this.#writing = null);
  }

  /** Writes all that waits, or as much as the store takes. */
  async flushAll(): Promise<void> {
    await this.#writing;
    for (let before = Infinity; this.waiting > 0 && this.waiting < before;) {
      before = this.waiting;
      await this.#write();
    }
  }

  async #write(): Promise<void> {
    const [changes, processes] = [taken(this.#changes, HOSTS_AT_ONCE), taken(this.#processes, PROCESS_LISTS_AT_ONCE)];
    try {
      if (changes.size > 0) await this.#ports.hosts.changeMany([...changes].map(([id, change]) => ({ id, change })));
      changes.clear();
      for (const [id, list] of processes) {
        await this.#ports.processes.replace(id, list);
        processes.delete(id);
      }
      this.#trouble.recovered();
    } catch (error) {
      this.#trouble.failed(messageOf(error));
      // What has come since then is newer.
      for (const [id, change] of changes) this.#changes.set(id, { ...change, ...this.#changes.get(id) });
      for (const [id, list] of processes) if (!this.#processes.has(id)) this.#processes.set(id, list);
    }
  }
}

function taken<T>(from: Map<string, T>, most: number): Map<string, T> {
  const part = new Map(from.entries().take(most));
  for (const id of part.keys()) from.delete(id);
  return part;
}
