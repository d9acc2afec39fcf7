import { dirname } from "node:path";
import { fileError } from "../platform/mod.ts";
import type { SyncGate } from "./gate.ts";
import { localEndpoint } from "./local_endpoint.ts";
import { createHttpServer, type HttpServerOptions } from "./server.ts";

export interface LocalServerOptions {
  /** The component's name. */
  readonly name: string;
  /** See `localEndpoint` for what it is. */
  readonly path: string;
  /** What answers those whom the gate lets in as owners. */
  readonly fetchBehind: (gate: SyncGate) => HttpServerOptions["fetch"];
}

/** A component that serves the owner of this host's files, and nobody else, at a path; makes the directory for it. */
export function createLocalServer({ name, path, fetchBehind }: LocalServerOptions) {
  const endpoint = localEndpoint(path);
  const server = createHttpServer({
    name,
    listen: endpoint.listen,
    fetch: fetchBehind(endpoint.gate),
    onListen: (address) => endpoint.announce(address),
  });
  return {
    ...server,
    async start(signal: AbortSignal): Promise<void> {
      signal.throwIfAborted();
      await Deno.mkdir(dirname(path), { recursive: true }).catch((error) => {
        throw fileError("make the directory of", path, error);
      });
      await server.start(signal);
    },
    async stop(signal: AbortSignal): Promise<void> {
      await server.stop(signal);
      await endpoint.withdraw();
    },
  };
}
