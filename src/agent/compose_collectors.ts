import type { Clock } from "../core/mod.ts";
import { type Config, parseEndpoint } from "../config/mod.ts";
import type { Component, Lifecycle } from "../lifecycle/mod.ts";
import type { Logger } from "../log/mod.ts";
import { Collectors, createMetricsListen, createOtlpExporter } from "./collectors/mod.ts";

export interface CollectorSurroundings {
  readonly lifecycle: Lifecycle;
  readonly logOf: (component: string) => Logger;
  readonly clock: Clock;
  /** The processes that the agent supervises now. */
  readonly supervised: () => readonly { readonly id: string; readonly pid: number }[];
}

/** The collectors, and the components that give their measurements to other systems. */
export function composeCollectors(
  { collectors: config, metrics }: Config,
  { lifecycle, logOf, clock, supervised }: CollectorSurroundings,
): { readonly collectors: Collectors; readonly exporters: readonly Component[] } {
  const collectors = new Collectors({
    config,
    clock,
    log: logOf("collectors"),
    ports: { supervised, queues: () => ({}) },
    onFailing(names) {
      if (names.length === 0) lifecycle.report("collectors", "ok");
      else {
        const reason = `${names.join(", ")} cannot be measured; "agent collectors" says why`;
        lifecycle.report("collectors", "degraded", reason);
      }
    },
  });
  const exporters: Component[] = [];
  const listen = parseEndpoint(metrics.listen);
  if (listen !== null) {
    const tokenFile = metrics.token_file || undefined;
    const address = { hostname: listen.host, port: listen.port };
    exporters.push(createMetricsListen(collectors, { ...address, tokenFile, log: logOf("metrics-listen") }));
  }
  if (metrics.otlp.endpoint !== "") {
    exporters.push(createOtlpExporter({
      endpoint: metrics.otlp.endpoint,
      headersFile: metrics.otlp.headers_file,
      intervalMs: metrics.otlp.interval.ms,
      timeoutMs: metrics.otlp.timeout.ms,
      resource: { "service.name": "farhand-agent", "host.name": Deno.hostname() },
      clock,
      log: logOf("metrics-otlp"),
      writeMetrics: (sink) => collectors.writeMetrics(sink),
      onState: (state, reason = "unknown") =>
        state === "ok" ? lifecycle.report("metrics-otlp", "ok") : lifecycle.report("metrics-otlp", state, reason),
    }));
  }
  return { collectors, exporters };
}
