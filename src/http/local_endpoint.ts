import { AppError, Secret } from "../core/mod.ts";
import { currentOs, isSameProcess, type ProcessIdentity, processIdentity, writePrivateFile } from "../platform/mod.ts";
import { ApiClient } from "./client.ts";
import { type SyncGate, tcpGate, trustedGate } from "./gate.ts";
import { createDirectClient } from "./outgoing/direct_client.ts";
import type { ListenAddress } from "./listening.ts";

/**
 * The endpoint that only this host's owner can reach, named by one path. Where there are Unix sockets, the path is a
 * socket of mode 0600. Elsewhere it is a file that only the owner can read, holding a loopback address and its token.
 */
export interface LocalEndpoint {
  readonly listen: ListenAddress;
  readonly gate: SyncGate;
  /** To be called with the bound address, before the endpoint can be found. */
  announce(address: ListenAddress): Promise<void>;
  /** To be called when the server has stopped. */
  withdraw(): Promise<void>;
}

interface Announcement {
  readonly url: string;
  readonly token: string;
  /** Who serves it. A killed agent leaves the file behind, and its port to whoever comes next. */
  readonly server: ProcessIdentity;
}

const TOKEN_BYTES = 32;

export function localEndpoint(path: string): LocalEndpoint {
  if (hasUnixSockets()) {
    const nothing = () => Promise.resolve();
    return { listen: { kind: "unix", path }, gate: trustedGate, announce: nothing, withdraw: nothing };
  }
  const token = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)).toHex();
  return {
    listen: { kind: "tcp", hostname: "127.0.0.1", port: 0 },
    gate: tcpGate({ hostname: "127.0.0.1", token: new Secret(token) }),
    async announce(address) {
      if (address.kind !== "tcp") {
        throw new AppError("internal", "A local endpoint without Unix sockets must be a port");
      }
      const server = processIdentity(Deno.pid);
      if (server === null) throw new AppError("internal", "The system does not tell when this process started");
      const announcement: Announcement = { url: `http://${address.hostname}:${address.port}`, token, server };
      await writePrivateFile(path, JSON.stringify(announcement));
    },
    async withdraw() {
      await Deno.remove(path).catch((error) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
    },
  };
}

/** A client for the local endpoint at `path`. Calls fail with `not_running` where nothing serves it. */
export function localClient(path: string): ApiClient {
  return new ApiClient((target, init) => fetchLocal(path, target, init));
}

async function fetchLocal(path: string, target: string, init: RequestInit): Promise<Response> {
  const unix = hasUnixSockets();
  const explain = (cause: unknown) => init.signal?.aborted ? init.signal.reason : unreachable(path, cause);
  try {
    // The socket alone says who is asked. The runtime looks a name up all the same, so the host is an address.
    // Proxies are for the web, not for the agent on this host.
    const { url, token } = unix ? { url: "http://127.0.0.1", token: null } : await readAnnouncement(path);
    const headers = new Headers(init.headers);
    if (token !== null) headers.set("authorization", `Bearer ${token}`);
    const client = createDirectClient(unix ? { proxy: { transport: "unix", path } } : {});
    return await whileOpen(client, () => fetch(`${url}${target}`, { ...init, headers, client }), explain, init.signal);
  } catch (cause) {
    throw explain(cause);
  }
}

type Body = ReadableStream<Uint8Array<ArrayBuffer>>;

/** The answer to a request, whose client is closed once the body has been read, given up or broken off. */
async function whileOpen(
  client: Deno.HttpClient,
  request: () => Promise<Response>,
  explain: (cause: unknown) => unknown,
  signal?: AbortSignal | null,
): Promise<Response> {
  let response: Response | undefined;
  try {
    response = await request();
  } finally {
    if (response === undefined || response.body === null) client.close();
  }
  const { body, status, headers } = response;
  return new Response(body === null ? null : closingAfter(body, client, explain, signal), { status, headers });
}

function closingAfter(
  body: Body,
  client: Deno.HttpClient,
  explain: (cause: unknown) => unknown,
  signal?: AbortSignal | null,
): Body {
  const reader = body.getReader();
  // The runtime forgets the signal of a request once its Response is collected, so the body is broken off from here.
  const breakOff = () => void reader.cancel().catch(() => {}); // it may have been broken off already
  signal?.addEventListener("abort", breakOff, { once: true });
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        signal?.throwIfAborted();
        if (!done) return controller.enqueue(value);
        signal?.removeEventListener("abort", breakOff);
        client.close();
        controller.close();
      } catch (cause) {
        client.close();
        controller.error(explain(cause));
      }
    },
    async cancel(reason) {
      await reader.cancel(reason).finally(() => client.close());
    },
  }, { highWaterMark: 0 });
}

/** The token is for nobody but the process that announced it. */
async function readAnnouncement(path: string): Promise<Announcement> {
  const announcement: Announcement = JSON.parse(await Deno.readTextFile(path));
  if (!isSameProcess(announcement.server)) throw new Error("What was announced there has ended");
  return announcement;
}

function unreachable(path: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  if (isDenied(cause)) {
    return new AppError(
      "forbidden",
      `Not allowed to use the control socket ${path}: run this as the user that started the agent`,
      { cause },
    );
  }
  return new AppError("not_running", `Nothing answers on the control socket ${path}`, { cause, retryable: true });
}

/** A refused connection is told by its message alone, in whichever error around it. */
function isDenied(error: unknown): boolean {
  if (error instanceof Deno.errors.PermissionDenied) return true;
  if (!(error instanceof Error)) return false;
  return /permission denied|os error 13\b/i.test(error.message) || isDenied(error.cause);
}

function hasUnixSockets(): boolean {
  return currentOs() !== "windows";
}
