import { VERSION } from "../../../core/mod.ts";
import { bearerGate, buildApp, createHttpServer, type ListenAddress, readTokenFile } from "../../../http/mod.ts";
import type { Logger } from "../../../log/mod.ts";
import type { Collectors } from "../collectors.ts";
import { metricsRoute } from "./routes.ts";

export interface MetricsListenOptions {
  readonly hostname: string;
  readonly port: number;
  /** Holds the token that scrapers must send; without it everybody may ask. */
  readonly tokenFile: string | undefined;
  readonly log: Logger;
  readonly onListen?: (address: ListenAddress) => void;
}

/** The component that serves `/metrics` alone, where scrapers of other hosts can reach it. */
export function createMetricsListen(collectors: Collectors, options: MetricsListenOptions) {
  const { hostname, port, tokenFile, log, onListen } = options;
  let server: ReturnType<typeof createHttpServer> | undefined;
  return {
    name: "metrics-listen",
    async start(signal: AbortSignal): Promise<void> {
      signal.throwIfAborted();
      const token = tokenFile === undefined ? undefined : await readTokenFile("metrics.token_file", tokenFile, signal);
      const routes = [metricsRoute(collectors)];
      const app = buildApp({ title: "Farhand agent: metrics", version: VERSION, routes, gate: bearerGate(token), log });
      server = createHttpServer({
        name: "metrics-listen",
        listen: { kind: "tcp", hostname, port },
        fetch: app.fetch,
        ...(onListen === undefined ? {} : { onListen }),
      });
      await server.start(signal);
    },
    async stop(signal: AbortSignal): Promise<void> {
      await server?.stop(signal);
    },
  };
}
