import type { MetricSink } from "../../../core/mod.ts";
import type { WatchSample } from "../../../protocol/mod.ts";

const SECONDS_PER_DAY = 86_400;

/** What is not known of a check, such as whether it is up when this host may not look, has no line. */
export function watchMetrics(sample: WatchSample, sink: MetricSink): void {
  const { name, type, target, up, latencyMs, certificateDaysLeft, status } = sample;
  const labels = { name, type, target };
  const one = (what: string, help: string, value: number | undefined) => {
    if (value !== undefined && sink.family(`farhand_watch_${what}`, "gauge", help)) sink.value(value, labels);
  };
  one("up", "1 when the check succeeded, else 0.", up === undefined ? undefined : up ? 1 : 0);
  one("latency_seconds", "How long the answer took.", latencyMs === undefined ? undefined : latencyMs / 1_000);
  one(
    "certificate_remaining_seconds",
    "Time until the server's certificate ends; negative afterwards.",
    certificateDaysLeft === undefined ? undefined : certificateDaysLeft * SECONDS_PER_DAY,
  );
  one("http_status", "The status of the HTTP answer.", status);
}
