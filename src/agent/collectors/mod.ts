/**
 * agent/collectors (L3): the truth about this host: what it is and how it does, measured at intervals, remembered for a
 * day, served as samples and as metrics.
 *
 * Lifecycle: one component, `collectors`. A collector reads when the runner tells it to, and holds nothing between
 * `close` and the next `create` but open files of /proc.
 *
 * How it is laid out: `contract.ts` is what a collector is; one folder for each, with `<name>.ts` (its spec), a half for
 * each system (`<name>.linux.ts` …) of which the parsing is pure (text or bytes to value), and `metrics.ts`. The
 * folders beside them: `reading/` (files of the kernel), `user_metrics/` (a user's own), `runner/` (when it is read),
 * `history/` (what is remembered), `serving/` (routes, streams, /metrics), `otlp/`.
 *
 * To add one more: its sample in protocol/samples, its section in config/schema/collectors.ts, its folder here, its
 * line in `registry.ts`.
 *
 * May import: core, log, config, protocol, platform, lifecycle, http.
 *
 * @module
 */
export type { CollectorPorts, SupervisedProcess } from "./ports.ts";
export { Collectors, type CollectorsOptions } from "./collectors.ts";
export { createOtlpExporter, type OtlpExporterOptions } from "./otlp/otlp_exporter.ts";
export { createMetricsListen, type MetricsListenOptions } from "./serving/metrics_listen.ts";
export { collectorRoutes } from "./serving/routes.ts";
