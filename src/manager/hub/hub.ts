import { AppError } from "../../core/mod.ts";
import type { Component } from "../../lifecycle/mod.ts";
import type {
  EnrolAnswer,
  EnrolRequest,
  FleetProcess,
  HostPatch,
  HostView,
  WorkerHeartbeat,
} from "../../protocol/mod.ts";
import type { DuplexAnswer } from "../../tunnel/mod.ts";
import { assemble, type Assembly } from "./assembly.ts";
import type { ChangeListener } from "./hosts/directory.ts";
import { Life } from "./life.ts";
import type { HubOptions } from "./options.ts";
import type { ReachOptions } from "./reach.ts";
import type { WorkerSettings } from "./workers.ts";

export interface HubReport {
  readonly hosts: number;
  readonly tunnels: number;
  readonly streams: number;
  readonly handshakesUnderWay: number;
  /** That have ended in a connection. */
  readonly handshakes: number;
  readonly heartbeats: number;
  /** By the code of the refusal. */
  readonly refused: Readonly<Record<string, number>>;
  readonly queues: Readonly<Record<string, number>>;
}

/** The manager's side of every host: connections, presence, and what hosts report. */
export class Hub {
  readonly #parts: Assembly;
  readonly #life: Life;

  constructor(options: HubOptions) {
    this.#parts = assemble(options);
    this.#life = new Life(this.#parts, options);
  }

  component(dependsOn: readonly string[]): Component {
    return {
      name: "hub",
      dependsOn,
      start: (signal) => this.#life.start(signal),
      stop: (signal) => this.#life.stop(signal),
    };
  }

  /** All hosts; the views of those that have not changed are the same objects as before. */
  views(): readonly HostView[] {
    return this.#parts.directory.views();
  }

  view(id: string): HostView | null {
    const entry = this.#parts.directory.get(id);
    return entry === undefined ? null : this.#parts.directory.view(entry);
  }

  byName(nameOrId: string): HostView | null {
    const entry = this.#parts.directory.byName(nameOrId);
    return entry === undefined ? null : this.#parts.directory.view(entry);
  }

  /** Null for a host that is gone. */
  hostName(id: string): string | null {
    return this.#parts.directory.get(id)?.name ?? null;
  }

  /** Whether it can be asked something right now. */
  isOnline(id: string): boolean {
    const session = this.#parts.directory.get(id)?.link?.session;
    return session !== undefined && session.end === null && !session.isDraining;
  }

  /** Also true of a host that is gone. */
  isDrained(id: string): boolean {
    return this.#parts.directory.get(id)?.record.drained ?? true;
  }

  /** As they were last reported, whether their host is connected or not. */
  processes(): readonly FleetProcess[] {
    return this.#parts.directory.processes();
  }

  /** Told a few times a second at most. */
  onChange(listener: ChangeListener): () => void {
    return this.#parts.directory.onChange(listener);
  }

  /** Rejects with `host_offline` at once when there is no tunnel, by which nothing was sent. */
  fetch(hostId: string, request: Request, options?: ReachOptions): Promise<Response> {
    return this.#parts.reach.fetch(hostId, request, options);
  }

  duplex(hostId: string, request: Request, options?: ReachOptions): Promise<DuplexAnswer> {
    return this.#parts.reach.duplex(hostId, request, options);
  }

  /** Asked before a connection is made a WebSocket; throws for an address that holds too many. */
  admit(address: string): void {
    try {
      this.#parts.entrance.admit(address);
    } catch (error) {
      this.#countRefused(error);
      throw error;
    }
  }

  /** A new WebSocket of `/tunnel`; it need not be open yet. */
  accept(socket: WebSocket, address: string): void {
    this.#parts.entrance.accept(socket, address);
  }

  async enrol(request: EnrolRequest, address: string): Promise<EnrolAnswer> {
    try {
      return await this.#parts.enrolment.enrol(request, address);
    } catch (error) {
      this.#countRefused(error);
      throw error;
    }
  }

  workerHeartbeat(body: WorkerHeartbeat, address: string): Promise<WorkerSettings> {
    return this.#parts.workers.heartbeat(body, address);
  }

  change(id: string, patch: HostPatch): Promise<HostView> {
    return this.#parts.changes.change(id, patch);
  }

  /** Gives the host as it was. */
  remove(id: string): Promise<HostView> {
    return this.#parts.changes.remove(id);
  }

  /**
   * Sends the hosts away, spread over this time, because the manager is about to leave: they are told so with their
   * heartbeats, new connections are asked to come later, and who is still there at the end is told to go.
   */
  drain(spreadMs: number): Promise<void> {
    return this.#life.drain(spreadMs);
  }

  report(): HubReport {
    const { arrivals, directory, entrance, heartbeats, refused, reports, writer } = this.#parts;
    let streams = 0;
    for (const { link } of directory.entries()) streams += link?.session.streamCount ?? 0;
    return {
      hosts: directory.size,
      tunnels: arrivals.sessions,
      streams,
      handshakesUnderWay: entrance.underWay,
      handshakes: arrivals.accepted,
      heartbeats: heartbeats.taken,
      refused: Object.fromEntries(refused),
      queues: {
        hostsToWrite: writer.waiting,
        connectionsLeaving: entrance.leaving,
        reportBytes: reports.readingBytes,
      },
    };
  }

  #countRefused(error: unknown): void {
    const { refused } = this.#parts;
    const code = error instanceof AppError ? error.code : "internal";
    refused.set(code, (refused.get(code) ?? 0) + 1);
  }
}
