import assert from "node:assert/strict";
import { single } from "../../../core/mod.ts";
import { OtlpSink } from "./otlp_sink.ts";

const options = {
  resource: { "host.name": "web-1" },
  scope: { name: "farhand", version: "1.0.0" },
  timeMs: 1_700_000_000_123,
};

Deno.test("gauges and counters become OTLP's, with labels as attributes and nanoseconds as text", () => {
  const sink = new OtlpSink({ ...options, startMs: 1_600_000_000_000 });
  single(sink, "node_load1", "gauge", "Load.", 0.5);
  sink.family("node_cpu_seconds_total", "counter", "Seconds.");
  sink.value(3, { cpu: "0" });
  const [{ resource, scopeMetrics: [{ scope, metrics }] }] = sink.request().resourceMetrics;
  assert.deepEqual(resource, { attributes: [{ key: "host.name", value: { stringValue: "web-1" } }] });
  assert.deepEqual(scope, options.scope);
  const timeUnixNano = "1700000000123000000";
  assert.deepEqual(metrics, [
    {
      name: "node_load1",
      description: "Load.",
      gauge: { dataPoints: [{ attributes: [], timeUnixNano, asDouble: 0.5 }] },
    },
    {
      name: "node_cpu_seconds_total",
      description: "Seconds.",
      sum: {
        dataPoints: [{
          attributes: [{ key: "cpu", value: { stringValue: "0" } }],
          startTimeUnixNano: "1600000000000000000",
          timeUnixNano,
          asDouble: 3,
        }],
        aggregationTemporality: 2,
        isMonotonic: true,
      },
    },
  ]);
});

Deno.test("what JSON cannot say, what is absent and what clashes is left out", () => {
  const sink = new OtlpSink(options);
  sink.family("a", "gauge", "A.");
  for (const value of [NaN, Infinity, undefined]) sink.value(value);
  assert.equal(sink.family("a", "counter", "A."), false);
  sink.value(1);
  assert.deepEqual(sink.request().resourceMetrics[0].scopeMetrics[0].metrics, []);
});

Deno.test("the parts of a histogram are metrics of their own", () => {
  const sink = new OtlpSink(options);
  sink.family("h", "histogram", "H.");
  sink.part("_bucket", 1, { le: "1" });
  sink.part("_bucket", 2, { le: "+Inf" });
  sink.part("_sum", 1.5, {});
  const { metrics } = sink.request().resourceMetrics[0].scopeMetrics[0];
  assert.deepEqual(metrics.map(({ name, gauge }) => [name, gauge?.dataPoints.map(({ asDouble }) => asDouble)]), [
    ["h_bucket", [1, 2]],
    ["h_sum", [1.5]],
  ]);
});
