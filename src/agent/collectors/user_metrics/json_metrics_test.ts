import assert from "node:assert/strict";
import fc from "fast-check";
import { parseJsonMetrics } from "./json_metrics.ts";
import { METRIC_LIMITS } from "./parsed.ts";

const errorOf = (value: unknown) => {
  const { families, error } = parseJsonMetrics(typeof value === "string" ? value : JSON.stringify(value), "shop");
  assert.deepEqual(families, []);
  return error;
};
const values = (value: unknown, prefix = "shop") => {
  const { families, error } = parseJsonMetrics(JSON.stringify(value), prefix);
  assert.equal(error, undefined);
  return families.map(({ name, type, values }) => [name, type, values[0]?.value]);
};

Deno.test("numbers of nested objects become gauges that are named after the way to them", () => {
  assert.deepEqual(values({ queue: { length: 3, "oldest-ms": 1.5 }, up: true, paused: false }), [
    ["shop_queue_length", "gauge", 3],
    ["shop_queue_oldest_ms", "gauge", 1.5],
    ["shop_up", "gauge", 1],
    ["shop_paused", "gauge", 0],
  ]);
  assert.deepEqual(values({ a: "1", b: null, c: [1, 2], d: {} }), []);
  assert.deepEqual(values({ metrics: { count: 1 } }), [["shop_metrics_count", "gauge", 1]]);
  assert.equal(parseJsonMetrics('{"queue":{"length":3}}', "shop").families[0]?.help, "The value of queue.length.");
});

Deno.test("a prefix that is no name is made one", () => {
  assert.deepEqual(values({ x: 1 }, "2nd-shop.eu"), [["_2nd_shop_eu_x", "gauge", 1]]);
});

Deno.test("a list of metrics says name, value, labels, type and help itself", () => {
  const metrics = [
    { name: "jobs_total", value: 3, labels: { state: "done", shard: 1, hot: true } },
    { name: "jobs_total", value: "+Inf", labels: { state: "failed" }, type: "counter", help: "Jobs." },
    { name: "up", value: true, more: "passed over" },
    { name: "load", value: "NaN", type: "untyped" },
  ];
  assert.deepEqual(parseJsonMetrics(JSON.stringify({ metrics, other: 1 }), "shop"), {
    families: [
      {
        name: "jobs_total",
        type: "counter",
        help: "Jobs.",
        values: [
          { labels: { state: "done", shard: "1", hot: "true" }, value: 3 },
          { labels: { state: "failed" }, value: Infinity },
        ],
      },
      { name: "up", type: "gauge", help: "", values: [{ labels: {}, value: 1 }] },
      { name: "load", type: "untyped", help: "", values: [{ labels: {}, value: NaN }] },
    ],
  });
});

Deno.test("mistakes are refused with their place", () => {
  assert.equal(errorOf(""), "it is empty");
  assert.equal(errorOf("{ secret"), "it is not JSON");
  assert.equal(errorOf([1]), "it is not a JSON object");
  assert.equal(errorOf({ "a-b": 1, "a.b": 2 }), "a.b: shop_a_b has a second TYPE");
  assert.equal(errorOf('{"a": {"b": 1e999}}'), "a.b: the number is too large");
  const item = (more: object) => errorOf({ metrics: [{ name: "a", value: 1 }, more] });
  assert.equal(item({ name: "a", value: 2 }), "metrics[1]: a has these labels a second time");
  assert.equal(item({ name: "b c", value: 2 }), 'metrics[1]: "b c" is not a name of a metric');
  assert.equal(item({ value: 2 }), "metrics[1]: name must be text");
  assert.equal(item({ name: "b" }), 'metrics[1]: value must be a number, true, false, "NaN", "+Inf" or "-Inf"');
  assert.equal(item({ name: "b", value: 1, type: "histogram" }), "metrics[1]: type must be counter, gauge or untyped");
  assert.equal(item({ name: "b", value: 1, help: 1 }), "metrics[1]: help must be text");
  assert.equal(item({ name: "b", value: 1, labels: [] }), "metrics[1]: labels must be an object");
  assert.match(item({ name: "b", value: 1, labels: { x: null } }) ?? "", /^metrics\[1\]: the values of labels/);
  assert.match(item({ name: "b", value: 1, labels: { __x: "1" } }) ?? "", /^metrics\[1\]: "__x" is not a name/);
  assert.equal(
    errorOf({ metrics: [{ name: "a", value: 1, type: "gauge" }, { name: "a", value: 1, type: "counter" }] }),
    "metrics[1]: another type was told for the same name before",
  );
});

Deno.test("depth and number are bounded", () => {
  let deep: unknown = 1;
  for (let i = 0; i < 9; i++) deep = { a: deep };
  assert.match(errorOf(deep) ?? "", /nested more than 8 deep$/);
  const wide = Object.fromEntries(Array.from({ length: METRIC_LIMITS.families + 1 }, (_, i) => [`k${i}`, i]));
  assert.match(errorOf(wide) ?? "", /there are more than 1000 metrics$/);
});

Deno.test("property: any JSON, and any text, gives numbers under good names, or an error", () => {
  const check = (text: string) => {
    const { families, error } = parseJsonMetrics(text, "x");
    if (error !== undefined) return assert.equal(families.length, 0);
    for (const { name, values } of families) {
      assert.match(name, /^[a-zA-Z_:][a-zA-Z0-9_:]*$/);
      for (const { value } of values) assert.equal(typeof value, "number");
    }
  };
  fc.assert(fc.property(fc.json(), check));
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => check(JSON.stringify(object))));
  fc.assert(fc.property(fc.string(), check));
});
