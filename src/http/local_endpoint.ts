import { AppError, Secret } from "../core/mod.ts";
import { currentOs, writePrivateFile } from "../platform/mod.ts";
import { ApiClient } from "./client.ts";
import { type Gate, tcpGate, trustedGate } from "./gate.ts";
import type { ListenAddress } from "./server.ts";

/**
 * The endpoint that only this host's owner can reach, named by one path. Where there are Unix sockets, the path is a
 * socket of mode 0600. Elsewhere it is a file that only the owner can read, holding a loopback address and its token.
 */
export interface LocalEndpoint {
  readonly listen: ListenAddress;
  readonly gate: Gate;
  /** To be called with the bound address, before the endpoint can be found. */
  announce(address: ListenAddress): Promise<void>;
  /** To be called when the server has stopped. */
  withdraw(): Promise<void>;
}

interface Announcement {
  readonly url: string;
  readonly token: string;
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
      const announcement: Announcement = { url: `http://${address.hostname}:${address.port}`, token };
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
  return new ApiClient((target, init) =>
    hasUnixSockets() ? fetchUnix(path, target, init) : fetchTcp(path, target, init)
  );
}

async function fetchUnix(path: string, target: string, init: RequestInit): Promise<Response> {
  const client = Deno.createHttpClient({ proxy: { transport: "unix", path } });
  try {
    return await buffered(await fetch(`http://localhost${target}`, { ...init, client }));
  } catch (cause) {
    throw unreachable(path, cause);
  } finally {
    client.close();
  }
}

async function fetchTcp(path: string, target: string, init: RequestInit): Promise<Response> {
  try {
    const { url, token } = JSON.parse(await Deno.readTextFile(path)) as Announcement;
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${token}`);
    return await buffered(await fetch(`${url}${target}`, { ...init, headers }));
  } catch (cause) {
    throw unreachable(path, cause);
  }
}

/** Reads the body while the connection is still ours to close. */
async function buffered(response: Response): Promise<Response> {
  return new Response(await response.arrayBuffer(), { status: response.status, headers: response.headers });
}

function unreachable(path: string, cause: unknown): unknown {
  if (cause instanceof DOMException) return cause; // the caller's own abort or time limit
  if (isDenied(cause)) {
    return new AppError(
      "forbidden",
      `Not allowed to use the control socket ${path}: run this as the user that started the agent`,
      { cause },
    );
  }
  return new AppError("not_running", `Nothing answers on the control socket ${path}`, { cause, retryable: true });
}

function isDenied(error: unknown): boolean {
  if (error instanceof Deno.errors.PermissionDenied) return true;
  if (!(error instanceof Error)) return false;
  return /permission denied|os error 13\b/i.test(error.message) || isDenied(error.cause);
}

function hasUnixSockets(): boolean {
  return currentOs() !== "windows";
}
