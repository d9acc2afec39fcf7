import { AppError, chooseMetricFormat, METRIC_CONTENT_TYPES } from "../../../core/mod.ts";
import { type AnyRoute, defineRawRoute, defineRoute, durationOf, timeOf } from "../../../http/mod.ts";
import { collectorsReport, samplesQuery, samplesReport, streamQuery } from "../../../protocol/mod.ts";
import type { Collectors } from "../collectors.ts";
import type { HistoryQuery } from "../history/history.ts";
import { nameFilter } from "../name_filter.ts";

const DEFAULT_SPAN_MS = 3_600_000;
const SHORTEST_PACE_MS = 500;
const LONGEST_PACE_MS = 3_600_000;

/** What the control API has of the collectors. */
export function collectorRoutes(collectors: Collectors): AnyRoute[] {
  return [metricsRoute(collectors), ...sampleRoutes(collectors)];
}

export function metricsRoute(collectors: Collectors): AnyRoute {
  return defineRawRoute({
    method: "GET",
    path: "/metrics",
    summary: "Show all measurements in the format of Prometheus, or as OpenMetrics where Accept asks for that",
    access: "owner",
    produces: ["text/plain", "application/openmetrics-text"],
    async handle({ headers }) {
      const format = chooseMetricFormat(headers.get("accept"));
      const text = await collectors.metricsText(format);
      return new Response(text, { headers: { "content-type": METRIC_CONTENT_TYPES[format] } });
    },
  });
}

function sampleRoutes(collectors: Collectors): AnyRoute[] {
  return [
    defineRoute({
      method: "GET",
      path: "/v1/samples",
      summary: "Show the latest readings; or, with from, to, duration or step, what is remembered",
      access: "owner",
      query: samplesQuery(),
      response: samplesReport,
      handle: ({ query }) => {
        const nowMs = collectors.nowMs();
        const asksForPast = [query.from, query.to, query.duration, query.step].some((part) => part !== undefined);
        return asksForPast
          ? { timeMs: nowMs, history: collectors.history(pastOf(query, nowMs)) }
          : { timeMs: nowMs, readings: collectors.latest(wanted(query.collectors)) };
      },
    }),
    defineRawRoute({
      method: "GET",
      path: "/v1/samples/stream",
      summary: "Send readings as server-sent events, as they are made or at the interval that is asked for",
      access: "owner",
      query: streamQuery(),
      produces: ["text/event-stream"],
      errors: ["rate_limited", "unavailable"],
      handle: ({ query }) => collectors.stream({ wants: wanted(query.collectors), intervalMs: paceOf(query.interval) }),
    }),
    defineRoute({
      method: "GET",
      path: "/v1/collectors",
      summary: "Show each collector: how it does, when it last read, why something is absent",
      access: "owner",
      response: collectorsReport,
      handle: () => collectors.report(),
    }),
  ];
}

interface PastQuery {
  readonly series?: string | undefined;
  readonly collectors?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly duration?: string | undefined;
  readonly step?: string | undefined;
}

function pastOf(query: PastQuery, nowMs: number): HistoryQuery {
  const toMs = query.to === undefined ? nowMs : timeOf("to", query.to);
  const spanMs = query.duration === undefined ? DEFAULT_SPAN_MS : durationOf("duration", query.duration);
  const fromMs = query.from === undefined ? toMs - spanMs : timeOf("from", query.from);
  const stepMs = query.step === undefined ? undefined : durationOf("step", query.step);
  const ofCollector = wanted(query.collectors);
  const ofSeries = wanted(query.series);
  return { fromMs, toMs, stepMs, wants: (name) => ofCollector(name.split(".", 1)[0] ?? "") && ofSeries(name) };
}

function wanted(names: string | undefined): (name: string) => boolean {
  const include = (names ?? "").split(",").map((name) => name.trim()).filter((name) => name !== "");
  return nameFilter({ include, exclude: [] });
}

function paceOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = durationOf("interval", text);
  if (ms < SHORTEST_PACE_MS || ms > LONGEST_PACE_MS) {
    throw new AppError("invalid_input", `interval must be from ${SHORTEST_PACE_MS}ms to 1h, got "${text}"`);
  }
  return ms;
}
