import assert from "node:assert/strict";
import { single } from "./metric_sink.ts";
import { chooseMetricFormat, TextSink } from "./metric_text.ts";

Deno.test("families with their help and type, each family's lines together", () => {
  const sink = new TextSink("prometheus");
  sink.family("node_cpu_seconds_total", "counter", "Seconds.");
  sink.value(1.5, { cpu: "0", mode: "user" });
  single(sink, "node_load1", "gauge", "Load.", 0);
  sink.family("node_cpu_seconds_total", "counter", "Seconds.");
  sink.value(2, { cpu: "1", mode: "user" });
  assert.equal(
    sink.text(),
    `# HELP node_cpu_seconds_total Seconds.
# TYPE node_cpu_seconds_total counter
node_cpu_seconds_total{cpu="0",mode="user"} 1.5
node_cpu_seconds_total{cpu="1",mode="user"} 2
# HELP node_load1 Load.
# TYPE node_load1 gauge
node_load1 0
`,
  );
});

Deno.test("what is absent leaves no line, and a family without lines is not there", () => {
  const sink = new TextSink("prometheus");
  sink.family("a", "gauge", "A.");
  sink.value(undefined, { x: "1" });
  single(sink, "b", "gauge", "B.", undefined);
  assert.equal(sink.text(), "");
});

Deno.test("a name that is taken by another type takes no values", () => {
  const sink = new TextSink("prometheus");
  assert.equal(sink.family("a", "gauge", "A."), true);
  sink.value(1);
  assert.equal(sink.family("a", "counter", "Something else."), false);
  sink.value(2);
  sink.part("_sum", 3, {});
  assert.equal(sink.text(), "# HELP a A.\n# TYPE a gauge\na 1\n");
});

Deno.test("help and labels are escaped, and numbers that are none have their own spelling", () => {
  const sink = new TextSink("prometheus");
  sink.family("a", "gauge", "One\nback\\slash");
  sink.value(NaN, { path: 'C:\\"x"\n' });
  sink.value(Infinity);
  sink.value(-Infinity);
  sink.value(1e21);
  assert.equal(
    sink.text(),
    '# HELP a One\\nback\\\\slash\n# TYPE a gauge\na{path="C:\\\\\\"x\\"\\n"} NaN\na +Inf\na -Inf\na 1e+21\n',
  );
});

Deno.test("OpenMetrics names a counter's family without _total, calls the rest of its counters unknown, and ends", () => {
  const sink = new TextSink("openmetrics");
  single(sink, "a_total", "counter", 'A "count".', 1);
  single(sink, "b", "untyped", "B.", 2);
  single(sink, "c", "counter", "C.", 3);
  assert.equal(
    sink.text(),
    '# HELP a A \\"count\\".\n# TYPE a counter\na_total 1\n# HELP b B.\n# TYPE b unknown\nb 2\n' +
      "# HELP c C.\n# TYPE c unknown\nc 3\n# EOF\n",
  );
});

Deno.test("histograms keep their parts", () => {
  const sink = new TextSink("prometheus");
  sink.family("h", "histogram", "H.");
  sink.part("_bucket", 1, { le: "+Inf" });
  sink.part("_sum", 0.5, {});
  sink.part("_count", 1, {});
  assert.equal(sink.text(), '# HELP h H.\n# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 0.5\nh_count 1\n');
});

for (
  const [accept, format] of [
    [null, "prometheus"],
    ["*/*", "prometheus"],
    ["text/html", "prometheus"],
    ["application/openmetrics-text; version=1.0.0; charset=utf-8", "openmetrics"],
    [
      "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;q=0.5",
      "openmetrics",
    ],
    ["text/plain;q=0.9,application/openmetrics-text;q=0.1", "prometheus"],
    ["application/openmetrics-text;version=2.0.0", "prometheus"],
    ["application/openmetrics-text;q=x, */*;q=0", "prometheus"],
  ] as const
) {
  Deno.test(`Accept: ${accept} is answered with ${format}`, () => assert.equal(chooseMetricFormat(accept), format));
}
