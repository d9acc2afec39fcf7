import { type Clock, messageOf } from "../../../core/mod.ts";
import { isLoopbackHost } from "../../../http/mod.ts";
import type { Logger } from "../../../log/mod.ts";
import { Acceptor } from "./acceptor.ts";
import { BeatRelay } from "./beat_relay.ts";
import type { HeartbeatPorts } from "./contract.ts";
import { HeartbeatDesk, type HeartbeatStats } from "./desk.ts";
import { HttpConnections } from "./http_connections.ts";
import type { RequestHead } from "./http_request.ts";

export interface HeartbeatAddress {
  readonly hostname: string;
  readonly port: number;
}

export type HeartbeatListenState =
  | { readonly kind: "listening"; readonly address: HeartbeatAddress }
  /** It is tried again by itself. */
  | { readonly kind: "degraded"; readonly reason: string }
  | { readonly kind: "stopped" };

export interface HeartbeatListenOptions {
  readonly listen: HeartbeatAddress;
  /** Heartbeats per second, of all processes together. */
  readonly rateLimit: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ports: HeartbeatPorts;
  readonly onState: (state: HeartbeatListenState) => void;
}

export interface HeartbeatListen {
  /** An address that is taken is no failure: programs are supervised without heartbeats too. */
  start(): void;
  stop(): Promise<void>;
  /** Where it listens; null while it does not. */
  address(): HeartbeatAddress | null;
  /** How many connections there are. */
  connections(): number;
  stats(): HeartbeatStats;
}

const RETRY_MS = 30_000;

/** Takes heartbeats over HTTP. May be started again after a stop; what it has counted is kept. */
export function createHeartbeatListen(options: HeartbeatListenOptions): HeartbeatListen {
  const { listen, rateLimit, clock, log, ports, onState } = options;
  const relay = new BeatRelay({ clock, log, ports });
  const desk = new HeartbeatDesk({ rateLimit, clock, log, ports, relay });
  const connections = new HttpConnections({ desk, clock, log, gate: gateOf(listen.hostname) });
  let running: AbortController | null = null;
  let bound: { readonly acceptor: Acceptor<Deno.TcpConn>; readonly address: HeartbeatAddress } | null = null;
  let told = "";

  const tell = (state: HeartbeatListenState) => {
    const text = JSON.stringify(state);
    if (text !== told) onState(state);
    told = text;
  };
  const bind = (): boolean => {
    try {
      const listener = Deno.listen({ hostname: listen.hostname, port: listen.port });
      const { hostname, port } = listener.addr;
      const what = "connection for heartbeats";
      bound = {
        acceptor: new Acceptor(listener, (conn) => connections.add(conn), { clock, log, what }),
        address: { hostname, port },
      };
      tell({ kind: "listening", address: bound.address });
      return true;
    } catch (error) {
      tell({ kind: "degraded", reason: whyNot(listen, error) });
      return false;
    }
  };
  const retry = async (signal: AbortSignal) => {
    do {
      try {
        await clock.sleep(RETRY_MS, signal);
      } catch {
        return; // stopped
      }
    } while (!bind());
  };

  return {
    start() {
      if (running !== null) return;
      running = new AbortController();
      if (!bind()) void retry(running.signal);
    },
    async stop() {
      running?.abort();
      running = null;
      const ending = bound;
      bound = null;
      await ending?.acceptor.close();
      await connections.close();
      relay.stop();
      if (ending !== null || told !== "") tell({ kind: "stopped" });
    },
    address: () => bound?.address ?? null,
    connections: () => connections.size,
    stats: () => desk.stats(),
  };
}

/**
 * Any local user may send heartbeats, but no web page in a local browser: neither under a name of its own that it has
 * made to mean this address, nor from its own origin, which browsers tell.
 */
function gateOf(hostname: string): (head: RequestHead) => string | null {
  const isLoopback = isLoopbackHost(hostname);
  return ({ host, origin }) => {
    if (isLoopback && host !== null && !isLoopbackHost(host.replace(/:\d*$/, ""))) {
      return "the Host header does not name this host; use the address that it listens on";
    }
    if (origin !== null && URL.parse(origin)?.host !== host) return "web pages cannot send heartbeats";
    return null;
  };
}

function whyNot({ hostname, port }: HeartbeatAddress, error: unknown): string {
  const where = `cannot listen for heartbeats on ${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
  if (error instanceof Deno.errors.AddrInUse) {
    return `${where}: another program does; stop it, or choose another address in supervisor.heartbeat.listen`;
  }
  if (error instanceof Deno.errors.PermissionDenied) return `${where}: permission denied; choose a port above 1023`;
  return `${where}: ${messageOf(error)}`;
}
