import assert from "node:assert/strict";
import type { MetricSink } from "../../../core/mod.ts";
import { emitFamilies } from "./emit.ts";
import { parsePrometheusText } from "./prometheus_text.ts";

Deno.test("families are written under their own names; one whose name is taken is left out with its values", () => {
  const written: unknown[] = [];
  const sink: MetricSink = {
    family: (name, type) => (written.push([name, type]), name !== "taken"),
    value: (value, labels) => void written.push([value, labels]),
    part: (suffix, value, labels) => void written.push([suffix, value, labels]),
  };
  const text =
    'taken 1\na{x="1"} 2\n# TYPE h histogram\nh_bucket{le="+Inf"} 3\nh_count 3\n# TYPE s summary\ns{quantile="0.5"} 4\n';
  emitFamilies(parsePrometheusText(text).families, sink);
  assert.deepEqual(written, [
    ["taken", "untyped"],
    ["a", "untyped"],
    [2, { x: "1" }],
    ["h", "histogram"],
    ["_bucket", 3, { le: "+Inf" }],
    ["_count", 3, {}],
    ["s", "summary"],
    ["", 4, { quantile: "0.5" }],
  ]);
});
