import { AppError, messageOf, systemClock, untilAborted, withinTime } from "../core/mod.ts";
import type { ListenUrl } from "../config/mod.ts";
import { ConnectionGuard, createHttpServer, type HttpServerOptions, type TlsIdentity } from "../http/mod.ts";
import type { Component } from "../lifecycle/mod.ts";
import { createStateLog, type Logger, type StateLog } from "../log/mod.ts";
import { currentOs } from "../platform/mod.ts";

export interface ListenerOptions {
  readonly listen: ListenUrl;
  /** The one in force; null for plain HTTP. */
  readonly identity: () => TlsIdentity | null;
  readonly fetch: HttpServerOptions["fetch"];
  readonly log: Logger;
}

type Server = ReturnType<typeof createHttpServer>;

/** How long requests under way may take when the server that has them gives way to another. */
const HANDOVER_MS = 10_000;
const NEVER = new AbortController().signal;

/**
 * Where people and agents connect. Another certificate is served by a second server on the same port, before the first
 * one closes: so nobody is refused, requests under way are answered, and tunnels are closed and come back by themselves.
 */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #guard: ConnectionGuard;
  readonly #accepting: StateLog;
  #server: Server | undefined;
  #port: number;
  #handovers: Promise<void>[] = [];
  #stopping: Promise<void> | undefined;

  constructor(options: ListenerOptions) {
    const { log, listen } = options;
    this.#options = options;
    this.#port = listen.port;
    this.#guard = new ConnectionGuard({ clock: systemClock, log });
    this.#accepting = createStateLog(log, systemClock, "accepting connections");
  }

  component(dependsOn: readonly string[]): Component {
    return {
      name: "listener",
      dependsOn,
      start: async (signal) => {
        signal.throwIfAborted();
        this.#refuseSecond();
        this.#guard.start(() => this.#port);
        this.#server = await this.#serve(this.#options.identity(), signal);
      },
      stop: (signal) => this.#stopping ??= this.#stop(signal).finally(() => this.#stopping = undefined),
    };
  }

  /** The one that was asked for, or got where it was 0. */
  get port(): number {
    return this.#port;
  }

  /** Serves with another certificate from now on; when that fails, the one before stays in force. */
  async replace(identity: TlsIdentity): Promise<void> {
    const before = this.#server;
    if (before === undefined) throw new AppError("unavailable", "Cannot change the certificate: nothing listens now");
    if (!canShare()) return await this.#replaceAlone(before, identity);
    this.#server = await this.#serve(identity, NEVER);
    const handover = withinTime(systemClock, HANDOVER_MS, NEVER, (signal) => before.stop(signal)).then(() => {
      this.#handovers = this.#handovers.filter((one) => one !== handover);
    });
    this.#handovers.push(handover);
  }

  async #stop(signal: AbortSignal): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    await server?.stop(signal);
    await this.#guard.stop();
    await untilAborted(Promise.all(this.#handovers), signal);
  }

  /** Where two cannot share a port, the first one must leave it before. */
  async #replaceAlone(before: Server, identity: TlsIdentity): Promise<void> {
    await before.stop(AbortSignal.abort());
    try {
      this.#server = await this.#serve(identity, NEVER);
    } catch (error) {
      this.#server = await this.#serve(this.#options.identity(), NEVER);
      throw error;
    }
  }

  async #serve(tls: TlsIdentity | null, signal: AbortSignal): Promise<Server> {
    const { listen: { host, secure }, fetch } = this.#options;
    const shared = tls === null || !canShare() ? {} : { reusePort: true };
    const server = createHttpServer({
      name: "listener",
      listen: { kind: "tcp", hostname: host, port: this.#port, ...shared, ...(secure && tls !== null && { tls }) },
      fetch,
      guard: this.#guard,
      onTrouble: (error) => this.#accepting.failed(messageOf(error)),
      onRecovered: () => this.#accepting.recovered(),
      onListen: (address) => {
        if (address.kind === "tcp") this.#port = address.port;
      },
    });
    await server.start(signal);
    return server;
  }

  /** Ports that are shared are shared with every program of this user that wants it; a second manager must not be one. */
  #refuseSecond(): void {
    const { host } = this.#options.listen;
    if (this.#port === 0) return;
    const where = `${host}:${this.#port}`;
    try {
      Deno.listen({ hostname: host, port: this.#port }).close();
    } catch (cause) {
      if (!(cause instanceof Deno.errors.AddrInUse)) return; // the server itself will say what is wrong
      const remedy = "stop it, or choose another address by --listen";
      throw new AppError("conflict", `Cannot listen on ${where}: another program does; ${remedy}`, { cause });
    }
  }
}

function canShare(): boolean {
  return currentOs() !== "windows";
}
