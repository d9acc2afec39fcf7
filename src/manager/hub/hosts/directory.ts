import { messageOf } from "../../../core/mod.ts";
import type { Logger } from "../../../log/mod.ts";
import type { FleetProcess, HostView } from "../../../protocol/mod.ts";
import type { SamplesPort } from "../ports.ts";
import type { HostEntry } from "./host_entry.ts";
import { fleetProcessesOf, viewOf } from "./host_view.ts";

export type ChangeListener = (changed: readonly string[], removed: readonly string[]) => void;

/** All hosts by id, name and key, what is told of them, and which of them have changed. */
export class Directory {
  readonly #samples: Pick<SamplesPort, "latest">;
  readonly #log: Logger;
  readonly #entries = new Map<string, HostEntry>();
  readonly #ids = new Map<string, string>();
  readonly #keys = new Map<string, string>();
  readonly #listeners = new Set<ChangeListener>();
  readonly #changed = new Set<string>();
  readonly #removed = new Set<string>();

  constructor(samples: Pick<SamplesPort, "latest">, log: Logger) {
    this.#samples = samples;
    this.#log = log;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(id: string): HostEntry | undefined {
    return this.#entries.get(id);
  }

  entries(): MapIterator<HostEntry> {
    return this.#entries.values();
  }

  byKey(publicKey: string): HostEntry | undefined {
    return this.#entries.get(this.#keys.get(publicKey) ?? "");
  }

  /** A name says what it says, even where it is another's id. */
  byName(nameOrId: string): HostEntry | undefined {
    return this.#entries.get(this.#ids.get(nameOrId) ?? nameOrId);
  }

  /** Also what could be taken for another host: its id. */
  isNameTaken(name: string): boolean {
    return this.#ids.has(name) || this.#entries.has(name);
  }

  /** Keeps a name for a host that is being made, so that nobody else takes it meanwhile. */
  reserve(name: string, id: string): void {
    this.#ids.set(name, id);
  }

  release(name: string): void {
    this.#ids.delete(name);
  }

  add(entry: HostEntry): void {
    this.#entries.set(entry.id, entry);
    this.#ids.set(entry.name, entry.id);
    if (entry.record.publicKey !== "") this.#keys.set(entry.record.publicKey, entry.id);
    this.#removed.delete(entry.id);
    this.changed(entry);
  }

  remove(entry: HostEntry): void {
    this.#entries.delete(entry.id);
    this.#ids.delete(entry.name);
    this.#keys.delete(entry.record.publicKey);
    this.#changed.delete(entry.id);
    this.#removed.add(entry.id);
  }

  /** Its view is made anew when it is asked for, and listeners are told with the next `tell`. */
  changed(entry: HostEntry): void {
    entry.view = null;
    if (this.#listeners.size > 0) this.#changed.add(entry.id);
  }

  /** The same, and what is told of its processes with it. */
  changedWithProcesses(entry: HostEntry): void {
    entry.fleetProcesses = null;
    this.changed(entry);
  }

  view(entry: HostEntry): HostView {
    return entry.view ??= viewOf(entry, this.#samples.latest(entry.id));
  }

  views(): HostView[] {
    return Array.from(this.#entries.values(), (entry) => this.view(entry));
  }

  processes(): FleetProcess[] {
    const all: FleetProcess[] = [];
    for (const entry of this.#entries.values()) {
      for (const process of entry.fleetProcesses ??= fleetProcessesOf(entry)) all.push(process);
    }
    return all;
  }

  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(): void {
    if (this.#changed.size + this.#removed.size === 0) return;
    const [changed, removed] = [[...this.#changed], [...this.#removed]];
    this.#changed.clear();
    this.#removed.clear();
    for (const listener of this.#listeners) {
      try {
        listener(changed, removed);
      } catch (error) {
        this.#log.error("a listener to hosts failed", { reason: messageOf(error) });
      }
    }
  }
}
