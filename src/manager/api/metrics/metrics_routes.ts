import { chooseMetricFormat, METRIC_CONTENT_TYPES, metricEnd, type Secret, TextSink } from "../../../core/mod.ts";
import type { Caller } from "../../../protocol/mod.ts";
import { bearerIs } from "../guard/bearer.ts";
import type { RouteMaker } from "../guard/manager_route.ts";
import type { ManagerRoute } from "../guard/route_spec.ts";
import { only } from "../listing/filters.ts";
import { fleetMetrics } from "./fleet_metrics.ts";
import { type OwnMetricsSources, writeOwnMetrics } from "./own_metrics.ts";
import { prometheusTargets } from "./targets.ts";
import { textStream } from "./text_stream.ts";

export interface MetricsOptions {
  /** Whether the fleet's latest samples are there besides the manager's own. */
  readonly fleet: boolean;
  /** For a scraper that is no user; null where only users and API tokens may. */
  readonly token: Secret | null;
}

export interface MetricsSources extends OwnMetricsSources {
  readonly nowMs: () => number;
}

const TAG = { tags: ["metrics"] };
/** Who holds the scraper's token. */
const SCRAPER: Caller = {
  actor: "scraper",
  kind: "token",
  userId: null,
  role: "viewer",
  scopes: [],
  sessionId: null,
  csrf: null,
  address: "",
};

export function metricsRoutes(make: RouteMaker, sources: MetricsSources, options: MetricsOptions): ManagerRoute[] {
  const { auth, hub, samples } = sources.ports;
  return [
    make.ownGuard({ verb: "metrics.view", isAboutHost: false, isAudited: false, takes: "scraper's token" }, {
      ...TAG,
      method: "GET",
      path: "/metrics",
      summary: "Show how the manager does, for Prometheus, or as OpenMetrics where Accept asks for that",
      description:
        "With `metrics.fleet` in the manager's config, the latest samples of the hosts that the caller may " +
        "see stand behind it, with the host's name as label `host`.",
      produces: ["text/plain", "application/openmetrics-text"],
      handle({ caller, headers }) {
        const { token, fleet } = options;
        const known = caller ?? (token !== null && bearerIs(headers, token) ? SCRAPER : null);
        make.known(known);
        auth.authorise(known, "metrics.view");
        const format = chooseMetricFormat(headers.get("accept"));
        const hosts = hub.views().filter(make.hosts.filter(known));
        const sink = new TextSink(format);
        writeOwnMetrics(sink, sources, hosts);
        const pieces = function* (): Generator<string, void> {
          yield sink.textSoFar();
          if (fleet) yield* fleetMetrics(format, hosts, samples, sources.nowMs());
          yield metricEnd(format);
        };
        return new Response(textStream(pieces()), { headers: { "content-type": METRIC_CONTENT_TYPES[format] } });
      },
    }),
    make.verbRaw("metrics.view", {
      ...TAG,
      method: "GET",
      path: "/api/v1/prometheus/targets",
      summary: "List the hosts for Prometheus' HTTP service discovery, to be scraped through the manager",
      produces: ["application/json"],
      handle(asked) {
        const { isSecure } = make.client(asked);
        const { host } = new URL(asked.url);
        const pieces = prometheusTargets(only(hub.views(), make.hosts.filter(asked.caller)), { host, isSecure });
        return new Response(textStream(pieces), { headers: { "content-type": "application/json" } });
      },
    }),
  ];
}
