import { VERSION } from "../../core/mod.ts";
import {
  type AnyRoute,
  buildApp,
  createHttpServer,
  createLocalServer,
  type Gate,
  type ListenAddress,
  readTokenFile,
  tcpGate,
} from "../../http/mod.ts";
import type { Logger } from "../../log/mod.ts";

interface ControlApi {
  readonly routes: readonly AnyRoute[];
  readonly log: Logger;
}

/** The component that serves the owner of this host; see `localEndpoint` for what the path is. */
export function createControlSocket(api: ControlApi, path: string) {
  return createLocalServer({ name: "control-socket", path, fetchBehind: (gate) => appOf(api, gate).fetch });
}

export interface ControlListenOptions {
  readonly hostname: string;
  readonly port: number;
  /** Holds the token that opens the owner's routes over TCP; without it only the public ones answer there. */
  readonly tokenFile: string | undefined;
  readonly onListen?: (address: ListenAddress) => void;
}

/** The component that serves the same API on a TCP address. */
export function createControlListen(api: ControlApi, { hostname, port, tokenFile, onListen }: ControlListenOptions) {
  let server: ReturnType<typeof createHttpServer> | undefined;
  return {
    name: "control-listen",
    dependsOn: ["control-socket"],
    async start(signal: AbortSignal): Promise<void> {
      const token = tokenFile === undefined
        ? undefined
        : await readTokenFile("agent.control.token_file", tokenFile, signal);
      server = createHttpServer({
        name: "control-listen",
        listen: { kind: "tcp", hostname, port },
        fetch: appOf(api, tcpGate({ hostname, token })).fetch,
        ...(onListen === undefined ? {} : { onListen }),
      });
      await server.start(signal);
    },
    async stop(signal: AbortSignal): Promise<void> {
      await server?.stop(signal);
    },
  };
}

function appOf({ routes, log }: ControlApi, gate: Gate) {
  return buildApp({ title: "Farhand agent: control API", version: VERSION, routes, gate, log });
}
