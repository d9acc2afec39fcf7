import { AppError, messageOf, systemClock } from "../core/mod.ts";
import { errorEnvelope } from "./envelope.ts";
import type { Connection } from "./gate.ts";

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

export interface HttpServerOptions {
  /** The component's name. */
  readonly name: string;
  readonly listen: ListenAddress;
  readonly fetch: (request: Request, connection: Connection) => Response | Promise<Response>;
  /** Called once bound; tells the port where 0 was asked for. */
  readonly onListen?: (address: ListenAddress) => void | Promise<void>;
}

const PRIVATE_UMASK = 0o177;
/** After the last answer: time to hand it over. Whoever is connected still has not finished asking, or never began. */
const LINGER_MS = 1_000;
/** Once the signal has aborted: time for those who are about to answer, and then for what the others are told instead. */
const LAST_ANSWERS_MS = 100;
const LAST_BYTES_MS = 50;

interface Exchange {
  readonly answer: Promise<Response>;
  cutShort(): void;
}

/**
 * A component (see lifecycle/) that serves `fetch` on one address. A Unix socket is its owner's alone from birth.
 * Its stop lets the requests under way finish; soon after its signal aborts, they are answered with 503.
 */
export function createHttpServer({ name, listen, fetch, onListen }: HttpServerOptions) {
  let server: Deno.HttpServer | undefined;
  let stopping: Promise<void> | undefined;
  /** The requests under way. The runtime's own abort signal cannot end them: it breaks a shutdown in progress. */
  const underWay = new Set<Exchange>();

  function handle(request: Request, { remoteAddr }: Deno.ServeHandlerInfo): Promise<Response> {
    const cut = Promise.withResolvers<Response>();
    const address = "hostname" in remoteAddr ? remoteAddr.hostname : "";
    const answer = Promise.race([Promise.try(fetch, request, { address }), cut.promise]);
    const exchange = { answer, cutShort: () => cut.resolve(stopsNow()) };
    underWay.add(exchange);
    return answer.finally(() => underWay.delete(exchange));
  }

  async function untilQuiet(over: AbortSignal): Promise<void> {
    while (underWay.size > 0) await Promise.allSettled([...underWay].map(({ answer }) => answer));
    await systemClock.sleep(LINGER_MS, over);
  }

  async function untilCutShort(signal: AbortSignal, over: AbortSignal): Promise<void> {
    await aborted(signal, over);
    await systemClock.sleep(LAST_ANSWERS_MS, over);
    for (const exchange of underWay) exchange.cutShort();
    await systemClock.sleep(LAST_BYTES_MS, over);
  }

  async function stopOnce(signal: AbortSignal): Promise<void> {
    const running = server;
    server = undefined;
    if (running === undefined) return;
    const over = new AbortController();
    try {
      await Promise.race([running.shutdown(), untilQuiet(over.signal), untilCutShort(signal, over.signal)]);
    } finally {
      over.abort();
      if (listen.kind === "unix") removeSocket(listen.path);
    }
  }

  return {
    name,
    async start(signal: AbortSignal): Promise<void> {
      signal.throwIfAborted();
      server = bind(listen, handle);
      await onListen?.(addressOf(server.addr));
    },
    stop(signal: AbortSignal): Promise<void> {
      return stopping ??= stopOnce(signal).finally(() => stopping = undefined);
    },
  };
}

function stopsNow(): Response {
  return Response.json(errorEnvelope(new AppError("unavailable", "The server stops")), { status: 503 });
}

/** Resolves when the signal aborts; holds on to nothing once `over` has. */
function aborted(signal: AbortSignal, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true, signal: over });
  });
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
function removeSocket(path: string): void {
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
