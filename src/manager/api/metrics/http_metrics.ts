import type { MetricSink } from "../../../core/mod.ts";
import type { Answered } from "../../../http/mod.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface RouteCount {
  readonly method: string;
  readonly route: string;
  /** By hundreds of the status. */
  readonly classes: Map<string, number>;
  /** Each without those below it. */
  readonly buckets: number[];
  sumSeconds: number;
  count: number;
}

/** Counts the requests that were answered. Labels are the routes as they are written, so no caller can make more of them. */
export class HttpMetrics {
  readonly #routes = new Map<string, RouteCount>();

  answered({ route, method, status, durationMs }: Answered): void {
    const count = this.#countOf(route ?? "other", METHODS.includes(method) ? method : "other");
    const ofClass = `${Math.floor(status / 100)}xx`;
    const seconds = durationMs / 1000;
    count.classes.set(ofClass, (count.classes.get(ofClass) ?? 0) + 1);
    const at = BUCKETS_SECONDS.findIndex((bucket) => seconds <= bucket);
    if (at >= 0) count.buckets[at] = (count.buckets[at] ?? 0) + 1;
    count.sumSeconds += seconds;
    count.count++;
  }

  write(sink: MetricSink): void {
    const counts = [...this.#routes.values()];
    sink.family("farhand_manager_http_requests_total", "counter", "Requests that were answered, by class of status.");
    for (const { method, route, classes } of counts) {
      for (const [status, count] of classes) sink.value(count, { method, route, status });
    }
    const name = "farhand_manager_http_request_duration_seconds";
    sink.family(name, "histogram", "Time until the head of the answer was there.");
    for (const { method, route, buckets, sumSeconds, count } of counts) {
      let sum = 0;
      BUCKETS_SECONDS.forEach((bucket, at) => {
        sum += buckets[at] ?? 0;
        sink.part("_bucket", sum, { method, route, le: String(bucket) });
      });
      sink.part("_bucket", count, { method, route, le: "+Inf" });
      sink.part("_sum", sumSeconds, { method, route });
      sink.part("_count", count, { method, route });
    }
  }

  #countOf(route: string, method: string): RouteCount {
    const key = `${method} ${route}`;
    let count = this.#routes.get(key);
    if (count === undefined) {
      const buckets = BUCKETS_SECONDS.map(() => 0);
      count = { method, route, classes: new Map(), buckets, sumSeconds: 0, count: 0 };
      this.#routes.set(key, count);
    }
    return count;
  }
}
