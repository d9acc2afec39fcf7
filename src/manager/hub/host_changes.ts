import { AppError, type Clock } from "../../core/mod.ts";
import type { HostPatch, HostView } from "../../protocol/mod.ts";
import type { Arrivals } from "./arrivals.ts";
import { type Conduct, NO_SETTINGS } from "./hosts/conduct.ts";
import type { Directory } from "./hosts/directory.ts";
import { HostEntry } from "./hosts/host_entry.ts";
import type { ProcessKeeper } from "./hosts/process_keeper.ts";
import type { RecordWriter } from "./hosts/record_writer.ts";
import type { HostRecord, HubPorts } from "./ports.ts";
import type { PresenceKeeper } from "./presence/presence_keeper.ts";

export interface HostChangesParts extends Pick<HubPorts, "hosts" | "samples" | "tasks"> {
  readonly clock: Clock;
  readonly directory: Directory;
  readonly conduct: Conduct;
  readonly presence: PresenceKeeper;
  readonly processes: ProcessKeeper;
  readonly writer: RecordWriter;
  readonly arrivals: () => Arrivals;
}

const FIRST_INTERVAL_MS = 10_000;

/** What people do to the list of hosts: rename, label, drain, remove; and how a host comes into it. */
export class HostChanges {
  readonly #parts: HostChangesParts;
  #workers = 0;

  constructor(parts: HostChangesParts) {
    this.#parts = parts;
  }

  /** Hosts that only report. */
  get workers(): number {
    return this.#workers;
  }

  /** One that the store has. */
  add(record: HostRecord): HostEntry {
    const { clock, directory, conduct } = this.#parts;
    const entry = new HostEntry(record, NO_SETTINGS, FIRST_INTERVAL_MS, clock);
    directory.add(entry);
    conduct.refresh(entry);
    if (record.kind === "worker") this.#workers++;
    return entry;
  }

  async change(id: string, patch: HostPatch): Promise<HostView> {
    const { directory, conduct, tasks } = this.#parts;
    const entry = this.#need(id);
    const { name = entry.name, labels, drained } = patch;
    const change = { name, ...labels !== undefined && { labels }, ...drained !== undefined && { drained } };
    await this.#write(entry, change);
    const wasDrained = entry.record.drained;
    if (name !== entry.name) directory.release(entry.name);
    entry.record = { ...entry.record, ...change };
    entry.settingsFrom = -1; // name and labels decide about settings
    conduct.refresh(entry);
    directory.changedWithProcesses(entry);
    if (wasDrained && !entry.record.drained) tasks.hostArrived(id);
    return directory.view(entry);
  }

  /** Gives the host as it was. */
  async remove(id: string): Promise<HostView> {
    const { clock, directory, hosts, presence, processes, samples, tasks, writer, arrivals } = this.#parts;
    const entry = this.#need(id);
    const view = directory.view(entry);
    await hosts.remove(id);
    if (directory.get(id) !== entry) return view; // somebody else was faster
    directory.remove(entry);
    arrivals().unlink(entry, "was ended: the host was removed");
    processes.forget(entry);
    writer.forget(id);
    if (entry.record.kind === "worker") this.#workers--;
    samples.remove(id);
    tasks.hostRemoved(id);
    const message = `${entry.name} was removed`;
    presence.publish({ timeMs: clock.nowMs(), kind: "host", level: "info", hostId: id, message });
    return view;
  }

  /** The new name is kept for this host while it is being written. */
  async #write(entry: HostEntry, change: { readonly name: string }): Promise<void> {
    const { directory, hosts } = this.#parts;
    const { name } = change;
    const isRenamed = name !== entry.name;
    if (isRenamed) {
      if (directory.isNameTaken(name)) {
        throw new AppError("conflict", `There is a host ${name} already; choose another name`);
      }
      directory.reserve(name, entry.id);
    }
    try {
      if (!await hosts.change(entry.id, change)) throw notFound(entry.id);
    } catch (error) {
      if (isRenamed) directory.release(name);
      throw error;
    }
  }

  #need(id: string): HostEntry {
    const entry = this.#parts.directory.get(id);
    if (entry === undefined) throw notFound(id);
    return entry;
  }
}

function notFound(id: string): AppError {
  return new AppError("not_found", `There is no host ${id}; it may have been removed`);
}
