import { AppError, systemClock } from "../core/mod.ts";
import type { ConnectionGuard } from "./connections/connection_guard.ts";
import { errorEnvelope } from "./envelope.ts";
import type { Connection } from "./gate.ts";
import { type ListenAddress, Listening, type ListeningEvents, removeSocket } from "./listening.ts";

export interface HttpServerOptions extends ListeningEvents {
  /** The component's name. */
  readonly name: string;
  readonly listen: ListenAddress;
  readonly fetch: (request: Request, connection: Connection) => Response | Promise<Response>;
  /** Called once bound; tells the port where 0 was asked for. */
  readonly onListen?: (address: ListenAddress) => void | Promise<void>;
  /** Looks after the connections; it is started and stopped by whoever has made it, since servers may share a port. */
  readonly guard?: ConnectionGuard;
}

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
export function createHttpServer(options: HttpServerOptions) {
  const { name, listen, fetch, onListen, guard } = options;
  const listening = new Listening(listen, handle, options);
  guard?.onDeaf(() => listening.revive());
  let stopping: Promise<void> | undefined;
  /** The requests under way. The runtime's own abort signal cannot end them: it breaks a shutdown in progress. */
  const underWay = new Set<Exchange>();

  function handle(request: Request, { remoteAddr }: Deno.ServeHandlerInfo): Promise<Response> {
    const cut = Promise.withResolvers<Response>();
    const remote = "hostname" in remoteAddr ? remoteAddr : null;
    const visitor = remote === null ? null : guard?.began(request, remote) ?? null;
    const answer = Promise.race([Promise.try(fetch, request, { address: remote?.hostname ?? "" }), cut.promise]);
    const exchange = { answer, cutShort: () => cut.resolve(stopsNow()) };
    underWay.add(exchange);
    const over = (response?: Response) => {
      underWay.delete(exchange);
      if (visitor !== null) guard?.ended(visitor, response?.status === 101);
    };
    answer.then(over, () => over());
    return answer;
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
    const running = await listening.end();
    if (running.length === 0) return;
    const over = new AbortController();
    try {
      const down = Promise.all(running.map((shutDown) => shutDown()));
      await Promise.race([down, untilQuiet(over.signal), untilCutShort(signal, over.signal)]);
    } finally {
      over.abort();
      if (listen.kind === "unix") removeSocket(listen.path);
    }
  }

  return {
    name,
    async start(signal: AbortSignal): Promise<void> {
      signal.throwIfAborted();
      const address = listening.begin();
      await onListen?.(address);
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
