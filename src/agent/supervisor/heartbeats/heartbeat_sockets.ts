import type { Clock } from "../../../core/mod.ts";
import type { Logger } from "../../../log/mod.ts";
import { Acceptor } from "./acceptor.ts";
import { BeatRelay } from "./beat_relay.ts";
import type { HeartbeatPorts } from "./contract.ts";
import { LineConnections, type LineStats } from "./line_connections.ts";
import {
  bindSocket,
  clearStale,
  removeSocket,
  type SocketFile,
  type SocketOwner,
  socketTrouble,
} from "./unix_socket.ts";

export interface HeartbeatSocketsOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly ports: HeartbeatPorts;
  /** Told why the socket of a process cannot be listened on, whenever that changes; null when it can again. */
  readonly onTrouble: (id: string, reason: string | null) => void;
}

/** A Unix socket for each process that has a `socket_path`, on which it sends lines of JSON. */
export interface HeartbeatSockets {
  /** Resolves when it is listened on, or is known to be impossible now; then it is tried again by itself. */
  open(id: string, path: string, owner?: SocketOwner): Promise<void>;
  close(id: string): Promise<void>;
  closeAll(): Promise<void>;
  stats(id: string): LineStats | null;
}

interface Endpoint {
  readonly id: string;
  readonly path: string;
  readonly owner: SocketOwner;
  readonly connections: LineConnections;
  listening: { readonly acceptor: Acceptor<Deno.UnixConn>; readonly file: SocketFile } | null;
  trouble: string | null;
}

const RETRY_MS = 30_000;

export function createHeartbeatSockets(options: HeartbeatSocketsOptions): HeartbeatSockets {
  return new Sockets(options);
}

class Sockets implements HeartbeatSockets {
  readonly #options: HeartbeatSocketsOptions;
  readonly #relay: BeatRelay;
  readonly #endpoints = new Map<string, Endpoint>();
  #retrying: AbortController | null = null;

  constructor(options: HeartbeatSocketsOptions) {
    this.#options = options;
    this.#relay = new BeatRelay(options);
  }

  async open(id: string, path: string, owner: SocketOwner = {}): Promise<void> {
    const before = this.#endpoints.get(id);
    if (before !== undefined && before.path === path && before.owner.uid === owner.uid) return;
    await this.close(id);
    const connections = new LineConnections({ ...this.#options, id, relay: this.#relay });
    const endpoint: Endpoint = { id, path, owner, connections, listening: null, trouble: null };
    this.#endpoints.set(id, endpoint);
    await this.#bind(endpoint);
  }

  async close(id: string): Promise<void> {
    const endpoint = this.#endpoints.get(id);
    if (endpoint === undefined) return;
    this.#endpoints.delete(id);
    const { listening } = endpoint;
    endpoint.listening = null;
    await listening?.acceptor.close();
    if (listening !== null) removeSocket(listening.file);
    await endpoint.connections.close();
    this.#stopWhereIdle();
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#endpoints.keys()].map((id) => this.close(id)));
    this.#stopWhereIdle();
  }

  stats(id: string): LineStats | null {
    return this.#endpoints.get(id)?.connections.stats() ?? null;
  }

  async #bind(endpoint: Endpoint): Promise<void> {
    const { id, path, owner, connections } = endpoint;
    const { clock, log } = this.#options;
    const isWanted = () => this.#endpoints.get(id) === endpoint;
    try {
      await clearStale(path, owner);
      if (!isWanted()) return;
      const { listener, file } = bindSocket(path, owner, () => Deno.listen({ transport: "unix", path }));
      const what = "connection on a heartbeat socket";
      const acceptor = new Acceptor(listener, (conn) => connections.add(conn), { clock, log, what });
      endpoint.listening = { acceptor, file };
      this.#tell(endpoint, null);
    } catch (error) {
      if (!isWanted()) return;
      this.#tell(endpoint, socketTrouble(path, error));
      if (this.#retrying === null) void this.#retry(this.#retrying = new AbortController());
    }
  }

  #tell(endpoint: Endpoint, trouble: string | null): void {
    if (endpoint.trouble === trouble) return;
    endpoint.trouble = trouble;
    this.#options.onTrouble(endpoint.id, trouble);
  }

  async #retry(stop: AbortController): Promise<void> {
    for (;;) {
      try {
        await this.#options.clock.sleep(RETRY_MS, stop.signal);
      } catch {
        return; // nothing is to be tried again
      }
      await Promise.all(this.#failing().map((endpoint) => this.#bind(endpoint)));
      if (this.#failing().length > 0) continue;
      if (this.#retrying === stop) this.#retrying = null;
      return;
    }
  }

  #failing(): Endpoint[] {
    return [...this.#endpoints.values()].filter(({ listening, trouble }) => listening === null && trouble !== null);
  }

  #stopWhereIdle(): void {
    if (this.#endpoints.size === 0) this.#relay.stop();
    if (this.#failing().length > 0) return;
    this.#retrying?.abort();
    this.#retrying = null;
  }
}
