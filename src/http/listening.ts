import { AppError, messageOf, systemClock } from "../core/mod.ts";

export type ListenAddress =
  | { readonly kind: "unix"; readonly path: string }
  | TcpAddress;

export interface TcpAddress {
  readonly kind: "tcp";
  readonly hostname: string;
  readonly port: number;
  readonly tls?: TlsIdentity;
  /** Lets a second server of this program listen there too, as when one takes over from another; not on Windows. */
  readonly reusePort?: boolean;
}

/** A server's certificate, with the rest of its chain, and its key; both PEM. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

export interface ListeningEvents {
  /** Called when it could not accept any more, and when it listens again. */
  readonly onTrouble?: (error: unknown) => void;
  readonly onRecovered?: () => void;
}

const PRIVATE_UMASK = 0o177;
/** Between two tries to listen again. */
const AGAIN_MS = 100;

/**
 * Listens until it is ended. The runtime gives up for good when it cannot accept a connection, for want of a file say,
 * while those that it has go on; here it is made to listen again until it can.
 */
export class Listening {
  readonly #listen: ListenAddress;
  readonly #handler: Handler;
  readonly #events: ListeningEvents;
  #server: Deno.HttpServer | undefined;
  /** Those that have stopped to accept, and still have connections. */
  readonly #deaf = new Set<Deno.HttpServer>();
  #at: ListenAddress;
  #ended = new AbortController();
  #again: Promise<void> = Promise.resolve();

  constructor(listen: ListenAddress, handler: Handler, events: ListeningEvents) {
    this.#listen = this.#at = listen;
    this.#handler = handler;
    this.#events = events;
  }

  begin(): ListenAddress {
    this.#ended = new AbortController();
    return this.#begin(this.#listen);
  }

  /** Gives the servers that have to be shut down still; the promise of each fulfils when it is. */
  async end(): Promise<(() => Promise<void>)[]> {
    const running = this.#server;
    this.#server = undefined;
    this.#ended.abort();
    await this.#again;
    const deaf = [...this.#deaf].map((server) => () => server.shutdown().catch(() => {})); // for why it is deaf
    return running === undefined ? deaf : [() => running.shutdown(), ...deaf];
  }

  /** Listens again where the runtime has given up and does not tell before the last connection has ended. */
  revive(): void {
    const server = this.#server;
    if (server === undefined) return;
    this.#deaf.add(server);
    this.#giveUp(server, new Error("the runtime has stopped to accept connections"));
  }

  #begin(at: ListenAddress): ListenAddress {
    const server = this.#server = bind(at, this.#handler);
    const address = addressOf(server.addr);
    server.finished.catch((error) => this.#giveUp(server, error)).finally(() => this.#deaf.delete(server));
    // What it was given besides is kept; the port is the one that it got.
    this.#at = at.kind === "tcp" ? { ...at, ...address } : at;
    return address;
  }

  #giveUp(server: Deno.HttpServer, error: unknown): void {
    if (this.#server !== server) return; // it was ended, and whoever ends it hears of the error
    this.#server = undefined;
    this.#events.onTrouble?.(error);
    this.#again = this.#listenAgain(this.#at, this.#ended.signal);
  }

  async #listenAgain(at: ListenAddress, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        this.#begin(at);
        return this.#events.onRecovered?.();
      } catch {
        // What is in the way may go; that there is something was told already.
        await systemClock.sleep(AGAIN_MS, signal).catch(() => {});
      }
    }
  }
}

type Handler = (request: Request, info: Deno.ServeHandlerInfo) => Promise<Response>;

function bind(listen: ListenAddress, handler: Handler): Deno.HttpServer {
  const onListen = () => {}; // the runtime would print a line
  try {
    if (listen.kind === "tcp") {
      const { hostname, port, tls, reusePort = false } = listen;
      return Deno.serve({ hostname, port, onListen, ...(reusePort ? { reusePort } : {}), ...tls }, handler);
    }
    removeSocket(listen.path);
    const before = Deno.umask(PRIVATE_UMASK);
    try {
      return Deno.serve({ path: listen.path, onListen }, handler);
    } finally {
      Deno.umask(before);
    }
  } catch (cause) {
    throw cannotListen(listen, cause);
  }
}

/** A socket file outlives its process. Whoever gets here holds the work directory's lock, so no one listens on it. */
export function removeSocket(path: string): void {
  try {
    const found = Deno.lstatSync(path);
    if (!found.isSocket) {
      throw new AppError("conflict", `${path} is in the way of the control socket and is not a socket; move it`);
    }
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function cannotListen(listen: ListenAddress, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const where = listen.kind === "unix" ? listen.path : `${listen.hostname}:${listen.port}`;
  if (cause instanceof Deno.errors.AddrInUse) {
    return new AppError(
      "conflict",
      `Cannot listen on ${where}: another program does; stop it or choose another address`,
      { cause },
    );
  }
  if (cause instanceof Deno.errors.PermissionDenied) {
    return new AppError(
      "forbidden",
      `Cannot listen on ${where}: permission denied; choose a port above 1023 or a directory of your own`,
      { cause },
    );
  }
  return new AppError("unavailable", `Cannot listen on ${where}: ${messageOf(cause)}`, { cause });
}

function addressOf(addr: Deno.Addr): ListenAddress {
  // By what it has: some versions of the runtime do not name the transport where there is TLS on it.
  if ("hostname" in addr) return { kind: "tcp", hostname: addr.hostname, port: addr.port };
  if ("path" in addr) return { kind: "unix", path: addr.path };
  throw new AppError("internal", "A server cannot listen on what is neither TCP nor Unix");
}
