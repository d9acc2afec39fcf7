import assert from "node:assert/strict";
import { TextSink } from "../../../core/mod.ts";
import type { WatchSample } from "../../../protocol/mod.ts";
import { watchMetrics } from "./metrics.ts";
import { watchCollector } from "./watch.ts";

const UP: WatchSample = {
  name: "shop",
  type: "http",
  target: "https://example.com/",
  up: true,
  latencyMs: 12.5,
  status: 200,
  certificateDaysLeft: 29.97,
};
const DOWN: WatchSample = { name: "db", type: "tcp", target: "db:5432", up: false, reason: "connection refused" };
const UNKNOWN: WatchSample = { name: "gw", type: "icmp", target: "10.0.0.1", reason: "not permitted" };

Deno.test("each check has what is known of it, and nothing else", () => {
  const sink = new TextSink("prometheus");
  for (const sample of [UP, DOWN, UNKNOWN]) watchMetrics(sample, sink);
  const lines = sink.text().split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const shop = '{name="shop",type="http",target="https://example.com/"}';
  assert.deepEqual(lines, [
    `farhand_watch_up${shop} 1`,
    'farhand_watch_up{name="db",type="tcp",target="db:5432"} 0',
    `farhand_watch_latency_seconds${shop} 0.0125`,
    `farhand_watch_certificate_remaining_seconds${shop} 2589408`,
    `farhand_watch_http_status${shop} 200`,
  ]);
});

Deno.test("each check has its own lines in the charts; what is not known is no point", () => {
  const points: unknown[] = [];
  for (const sample of [UP, DOWN, UNKNOWN]) watchCollector.points(sample, null, 0, (...point) => points.push(point));
  assert.deepEqual(points, [
    ["watch.up", 1, "shop"],
    ["watch.latency_seconds", 0.0125, "shop"],
    ["watch.up", 0, "db"],
    ["watch.latency_seconds", undefined, "db"],
    ["watch.up", undefined, "gw"],
    ["watch.latency_seconds", undefined, "gw"],
  ]);
});
