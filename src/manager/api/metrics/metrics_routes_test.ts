import assert from "node:assert/strict";
import { fakeApi, fakePorts } from "../../../../tests/helpers/fake_manager_api.ts";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { hostView } from "../../../../tests/helpers/fake_hub.ts";
import { parseSeries, parseTypes } from "../../../../tests/helpers/prometheus.ts";
import { Secret } from "../../../core/mod.ts";
import { FLEET_SERIES } from "../../../protocol/mod.ts";
import { HttpMetrics } from "./http_metrics.ts";
import { LoopLag } from "./loop_lag.ts";

const NOW_MS = Date.UTC(2026, 0, 1);
const TOKEN = new Secret("a-token-for-the-scraper");

function metricsApi(fleet = true) {
  const hosts = [
    hostView("web-1", { labels: { env: "dev" } }),
    hostView("db-1", { name: 'db "1"\\\n' }),
    hostView("gone", { state: "offline" }),
    hostView("quiet"),
  ];
  const ports = fakePorts(...hosts);
  const row = (timeMs: number) => ({ timeMs, values: Float64Array.from(FLEET_SERIES, (_, at) => at === 1 ? NaN : at) });
  for (const { id } of hosts) ports.samples.latestOf.set(id, row(id === "quiet" ? NOW_MS - 6 * 60_000 : NOW_MS));
  return fakeApi(ports, { clock: new FakeClock(NOW_MS), metrics: { fleet, token: TOKEN } });
}

async function scrape(api: ReturnType<typeof metricsApi>, headers: Record<string, string>): Promise<[number, string]> {
  const response = await api.fetch(new Request("http://manager/metrics", { headers }), { address: "" });
  return [response.status, await response.text()];
}

Deno.test("the manager tells how it does and how its hosts do, each name written so that it stays one label", async () => {
  await using api = metricsApi();
  await scrape(api, { "x-caller": "viewer" });
  const [status, text] = await scrape(api, { "x-caller": "viewer" });
  assert.equal(status, 200);
  const series = parseSeries(text);
  const cpu = [...series.keys()].filter((name) => name.startsWith("farhand_host_cpu_usage_percent"));
  assert.deepEqual(cpu, [
    'farhand_host_cpu_usage_percent{host="web-1"}',
    'farhand_host_cpu_usage_percent{host="db \\"1\\"\\\\\\n"}',
  ]);
  assert.equal(series.get('farhand_host_up{host="gone"}'), 0);
  assert.equal(text.includes("farhand_host_memory_used_percent{"), false, "what was not measured is absent");
  assert.equal(series.get('farhand_manager_hosts{state="online"}'), 3);
  assert.equal(series.get("farhand_manager_store_latency_seconds"), 0.003);
  assert.equal(series.get('farhand_manager_refused_total{reason="proof"}'), 2);
  assert.ok((series.get("process_resident_memory_bytes") ?? 0) > 0);
  assert.ok((series.get("process_cpu_seconds_total") ?? 0) > 0);
  assert.equal(parseTypes(text).get("farhand_manager_http_request_duration_seconds"), "histogram");
});

Deno.test("a scraper comes with its own token, and without one needs to be somebody", async () => {
  await using api = metricsApi();
  assert.equal((await scrape(api, { authorization: `Bearer ${TOKEN.reveal()}` }))[0], 200);
  assert.equal((await scrape(api, { authorization: "Bearer a-token-for-the-scrapes" }))[0], 401);
  assert.equal((await scrape(api, {}))[0], 401);
  const elsewhere = new Request("http://manager/api/v1/hosts", {
    headers: { authorization: `Bearer ${TOKEN.reveal()}` },
  });
  assert.equal((await api.fetch(elsewhere, { address: "" })).status, 401);
});

Deno.test("a scraper with a scope sees its hosts alone, and without the switch there are none", async () => {
  await using api = metricsApi();
  const [, text] = await scrape(api, { "x-caller": "dev" });
  assert.deepEqual([...parseSeries(text).keys()].filter((name) => name.startsWith("farhand_host_up")), [
    'farhand_host_up{host="web-1"}',
  ]);
  assert.equal(parseSeries(text).get('farhand_manager_hosts{state="online"}'), 1);
  await using own = metricsApi(false);
  assert.doesNotMatch((await scrape(own, { "x-caller": "viewer" }))[1], /farhand_host_/);
});

Deno.test("OpenMetrics ends as it must, for who asks for it", async () => {
  await using api = metricsApi();
  const [, text] = await scrape(api, { "x-caller": "viewer", accept: "application/openmetrics-text" });
  assert.match(text, /# EOF\n$/);
  assert.equal(text.split("# EOF").length, 2);
  assert.match(text, /^# TYPE farhand_manager_handshakes counter$/m);
});

Deno.test("ten thousand hosts come a piece at a time", async () => {
  const hosts = Array.from({ length: 10_000 }, (_, at) => hostView(`host-${at}`));
  const ports = fakePorts(...hosts);
  const values = new Float64Array(FLEET_SERIES.length).fill(0.5);
  for (const { id } of hosts) ports.samples.latestOf.set(id, { timeMs: Date.now(), values });
  await using api = fakeApi(ports);
  const response = await api.ask("viewer", "GET", "/metrics");
  let [largest, total] = [0, 0];
  for await (const chunk of response.body ?? []) {
    largest = Math.max(largest, chunk.length);
    total += chunk.length;
  }
  assert.ok(largest < 64 * 1024 && total > 5_000_000, `${total} bytes in pieces of ${largest} at most`);
});

Deno.test("Prometheus is told of every host that it can scrape through the manager", async () => {
  await using api = fakeApi(fakePorts(
    hostView("h1", { name: "web-1", labels: { env: "dev", "app.kubernetes.io/name": "x" } }),
    hostView("w1", { kind: "worker" }),
  ));
  const response = await api.fetch(
    new Request("https://manager.example:9443/api/v1/prometheus/targets", { headers: { "x-caller": "viewer" } }),
    { address: "" },
  );
  assert.equal(response.headers.get("content-type"), "application/json");
  assert.deepEqual(await response.json(), [{
    targets: ["manager.example:9443"],
    labels: {
      __scheme__: "http",
      __metrics_path__: "/api/v1/hosts/h1/agent/metrics",
      instance: "web-1",
      host: "web-1",
      __meta_farhand_id: "h1",
      __meta_farhand_label_env: "dev",
      __meta_farhand_label_app_kubernetes_io_name: "x",
    },
  }]);
  await using none = fakeApi();
  assert.deepEqual(await (await none.ask("viewer", "GET", "/api/v1/prometheus/targets")).json(), []);
});

Deno.test("requests are counted by route, method and class; nobody can make up further labels", async () => {
  await using api = metricsApi();
  for (const path of ["/api/v1/hosts/web-1", "/api/v1/hosts/x", "/nothing/1", "/nothing/2"]) {
    await (await api.ask("viewer", "GET", path)).body?.cancel();
  }
  for (const method of ["OPTIONS", "PROPFIND"]) await (await api.ask(null, method, "/api/v1/hosts")).body?.cancel();
  const [, text] = await scrape(api, { "x-caller": "viewer" });
  const counted = [...parseSeries(text)].filter(([name]) => name.startsWith("farhand_manager_http_requests_total"));
  assert.deepEqual(counted, [
    ['farhand_manager_http_requests_total{method="GET",route="/api/v1/hosts/{id}",status="2xx"}', 1],
    ['farhand_manager_http_requests_total{method="GET",route="/api/v1/hosts/{id}",status="4xx"}', 1],
    ['farhand_manager_http_requests_total{method="GET",route="other",status="4xx"}', 2],
    ['farhand_manager_http_requests_total{method="OPTIONS",route="other",status="4xx"}', 1],
    ['farhand_manager_http_requests_total{method="other",route="other",status="4xx"}', 1],
  ]);
});

Deno.test("a histogram's buckets grow, and the last one holds all", () => {
  const metrics = new HttpMetrics();
  for (const durationMs of [0.5, 3, 3, 700, 60_000]) {
    metrics.answered({ route: "/x", method: "GET", status: 200, durationMs });
  }
  const parts: [string, number, string | undefined][] = [];
  metrics.write({
    family: () => true,
    value: () => {},
    part: (suffix, value, labels) => void parts.push([suffix, value, labels.le]),
  });
  const bucket = (le: string) => parts.find(([suffix, , at]) => suffix === "_bucket" && at === le)?.[1];
  assert.deepEqual(["0.001", "0.0025", "0.005", "0.5", "1", "10", "+Inf"].map(bucket), [1, 1, 3, 3, 4, 4, 5]);
  assert.equal(parts.find(([suffix]) => suffix === "_sum")?.[1], 60.7065);
});

Deno.test("how late timers are is told of the last minute, and nothing is left running", async () => {
  const clock = new FakeClock();
  const lag = new LoopLag(clock);
  assert.equal(lag.report(), null);
  const stopping = new AbortController();
  const running = lag.run(stopping.signal);
  await clock.advance(1_000);
  assert.deepEqual(lag.report(), { meanSeconds: 0, maxSeconds: 0 });
  stopping.abort();
  await running;
  assert.equal(clock.sleeping, 0);
});
