import { AppError } from "../../src/core/mod.ts";
import type { HubPort } from "../../src/manager/api/mod.ts";
import type { FleetProcess, HostPatch, HostView } from "../../src/protocol/mod.ts";

/** A host as the hub shows it. */
export function hostView(id: string, more: Partial<HostView> = {}): HostView {
  return {
    id,
    name: id,
    kind: "agent",
    labels: {},
    state: "online",
    sinceMs: 1_700_000_000_000,
    reason: "it is connected",
    enrolledMs: 1_600_000_000_000,
    lastSeenMs: 1_700_000_000_000,
    drained: false,
    processes: { total: 2, bad: 0 },
    duplicates: [],
    ...more,
  };
}

export class FakeHub implements HubPort {
  readonly hosts = new Map<string, HostView>();
  readonly accepted: { socket: WebSocket; address: string }[] = [];
  readonly asked: { hostId: string; request: Request; headTimeoutMs?: number | undefined }[] = [];
  processList: FleetProcess[] = [];
  offline = new Set<string>();
  /** What hosts answer. */
  answer: (request: Request, hostId: string) => Response | Promise<Response> = () =>
    Response.json({ code: 0, msg: "ok", data: null });
  readonly #listeners = new Set<(changed: readonly string[], removed: readonly string[]) => void>();
  #views: HostView[] | null = null;

  constructor(...hosts: HostView[]) {
    for (const host of hosts) this.hosts.set(host.id, host);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  put(...hosts: HostView[]): void {
    for (const host of hosts) this.hosts.set(host.id, host);
    this.tell(hosts.map(({ id }) => id), []);
  }

  tell(changed: readonly string[], removed: readonly string[]): void {
    this.#views = null;
    for (const listener of this.#listeners) listener(changed, removed);
  }

  views(): readonly HostView[] {
    return this.#views ??= [...this.hosts.values()];
  }

  view(id: string): HostView | null {
    return this.hosts.get(id) ?? null;
  }

  byName(nameOrId: string): HostView | null {
    return this.view(nameOrId) ?? this.views().find(({ name }) => name === nameOrId) ?? null;
  }

  fetch(hostId: string, request: Request, options: { readonly headTimeoutMs?: number } = {}): Promise<Response> {
    this.asked.push({ hostId, request, headTimeoutMs: options.headTimeoutMs });
    if (this.offline.has(hostId)) return Promise.reject(new AppError("host_offline", `${hostId} is not connected`));
    return Promise.try(this.answer, request, hostId);
  }

  enrol() {
    return Promise.resolve({ hostId: "new", managerId: "m", name: "new" });
  }

  accept(socket: WebSocket, address: string): void {
    this.accepted.push({ socket, address });
  }

  change(id: string, patch: HostPatch): Promise<HostView> {
    const host = this.#existing(id);
    const { name = host.name, labels = host.labels, drained = host.drained } = patch;
    const changed = { ...host, name, labels, drained };
    this.put(changed);
    return Promise.resolve(changed);
  }

  remove(id: string): Promise<HostView> {
    const host = this.#existing(id);
    this.hosts.delete(id);
    this.tell([], [id]);
    return Promise.resolve(host);
  }

  processes(): readonly FleetProcess[] {
    return this.processList;
  }

  onChange(listener: (changed: readonly string[], removed: readonly string[]) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  workerHeartbeat() {
    return Promise.resolve({ hostId: "w-1", intervalMs: 3_000, settings: { "collectors.interval": "10s" } });
  }

  report() {
    return {
      tunnels: this.hosts.size,
      streams: 3,
      handshakesUnderWay: 1,
      handshakes: 10,
      heartbeats: 1_000,
      refused: { proof: 2 },
      queues: { tasks: 4 },
    };
  }

  #existing(id: string): HostView {
    const host = this.view(id);
    if (host === null) throw new AppError("not_found", `There is no host ${id}`);
    return host;
  }
}
