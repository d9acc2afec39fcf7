import assert from "node:assert/strict";
import fc from "fast-check";
import { METRIC_LIMITS } from "./parsed.ts";
import { parsePrometheusText, type PrometheusTextOptions } from "./prometheus_text.ts";

const families = (text: string, options?: PrometheusTextOptions) => {
  const { families, error } = parsePrometheusText(text, options);
  assert.equal(error, undefined);
  return families;
};
const errorOf = (text: string, options?: PrometheusTextOptions) => {
  const { families, error } = parsePrometheusText(text, options);
  assert.deepEqual(families, []);
  return error;
};

const EXAMPLE = String.raw`# A comment, and one more:
#HELPER is no keyword
# HELP jobs_total Jobs that \\ have\nended.
# TYPE jobs_total counter
jobs_total{state="done",queue="a\"b\\c\nd"} 12
jobs_total { state = "failed" , } +3e2

free_bytes .5
  # TYPE wait_seconds histogram
wait_seconds_bucket{le="1.0"} 1
wait_seconds_bucket{le="+Inf"} 2
wait_seconds_sum 7.5
wait_seconds_count 2
# TYPE size_bytes summary
size_bytes{quantile="0.50"} NaN
size_bytes_sum -Inf
size_bytes_count 0
`;

Deno.test("names, labels, escapes, types, help and all kinds of numbers are read", () => {
  assert.deepEqual(families(EXAMPLE), [
    {
      name: "jobs_total",
      type: "counter",
      help: "Jobs that \\ have\nended.",
      values: [
        { labels: { state: "done", queue: 'a"b\\c\nd' }, value: 12 },
        { labels: { state: "failed" }, value: 300 },
      ],
    },
    { name: "free_bytes", type: "untyped", help: "", values: [{ labels: {}, value: 0.5 }] },
    {
      name: "wait_seconds",
      type: "histogram",
      help: "",
      values: [
        { labels: { le: "1" }, value: 1, suffix: "_bucket" },
        { labels: { le: "+Inf" }, value: 2, suffix: "_bucket" },
        { labels: {}, value: 7.5, suffix: "_sum" },
        { labels: {}, value: 2, suffix: "_count" },
      ],
    },
    {
      name: "size_bytes",
      type: "summary",
      help: "",
      values: [
        { labels: { quantile: "0.5" }, value: NaN },
        { labels: {}, value: -Infinity, suffix: "_sum" },
        { labels: {}, value: 0, suffix: "_count" },
      ],
    },
  ]);
});

Deno.test("lines may end in CRLF, families may be interleaved, and a last line need not end", () => {
  assert.deepEqual(families(EXAMPLE.replaceAll("\n", "\r\n")), families(EXAMPLE));
  assert.deepEqual(
    families('a{x="1"} 1\nb 2\na{x="2"} 3').map(({ name, values }) => [name, values.length]),
    [["a", 2], ["b", 1]],
  );
  assert.deepEqual(families(""), []);
  assert.deepEqual(families("# HELP a Nothing else.\n# TYPE a gauge\n"), []);
});

Deno.test("where a text may have been cut, its last line must end", () => {
  assert.equal(errorOf("a 1\nb 12", { mustEndInNewline: true }), "line 2: the last line has no newline; is it cut?");
  assert.equal(families("a 1\nb 12\n", { mustEndInNewline: true }).length, 2);
});

Deno.test("a name that was declared goes before the part of a histogram of that name", () => {
  const found = families("# TYPE a_count counter\n# TYPE a histogram\na_count 3\na_sum 1\n");
  assert.deepEqual(found.map(({ name, type }) => [name, type]), [["a_count", "counter"], ["a", "histogram"]]);
});

const MISTAKES: readonly (readonly [text: string, error: string])[] = [
  ["ok 1\n9lives 2\n", 'line 2: "9lives" is not a name of a metric'],
  ["a-b 2\n", 'line 1: "a-b" is not a name of a metric'],
  ["{} 2\n", 'line 1: "{} 2" does not begin with the name of a metric'],
  ['a{b-c="1"} 2\n', 'line 1: "b-c" is not a name of a label'],
  ['a{__name__="1"} 2\n', 'line 1: "__name__" is not a name of a label'],
  ['a{__proto__="1"} 2\n', 'line 1: "__proto__" is not a name of a label'],
  ['a{b="1",b="2"} 2\n', "line 1: the label b is there twice"],
  ['a{b="1"\n', 'line 1: , or } is expected after the label "b"'],
  ['a{b="1" c="2"} 1\n', 'line 1: , or } is expected after the label "b"'],
  ['a{b="1\n', 'line 1: the value of the label "b" has no closing quote'],
  ["a{b=1} 1\n", 'line 1: the value of the label "b" must be in quotes'],
  ['a{b"1"} 1\n', 'line 1: = is expected after the label "b"'],
  ['a{="1"} 1\n', 'line 1: a label is expected at "="1"} 1"'],
  ['a{b="\\t"} 1\n', 'line 1: "\\t" in the label "b" is not \\\\, \\" or \\n'],
  ["a\n", "line 1: there is no value"],
  ["a 1,5\n", 'line 1: "1,5" is not a number'],
  ["a 1e999\n", 'line 1: "1e999" is not a number'],
  ["a constructor\n", 'line 1: "constructor" is not a number'],
  ["a 1 1700000000000\n", "line 1: there is a timestamp; leave it out, values count from when they are read"],
  ["a 1 # {x=1} 2\n", 'line 1: "# {x=1} 2" follows the value'],
  ["a 1\na 2\n", "line 2: a has these labels a second time"],
  ['a{x="1",y="2"} 1\na{y="2",x="1"} 2\n', "line 2: a has these labels a second time"],
  ["# TYPE a gauge\n# TYPE a gauge\n", "line 2: a has a second TYPE"],
  ["a 1\n# TYPE a gauge\n", "line 2: the TYPE of a comes after its values"],
  ["# HELP a x\n# HELP a x\n", "line 2: a has a second HELP"],
  ["# TYPE a info\n", 'line 1: "info" is not a type: it is counter, gauge, histogram, summary or untyped'],
  ["# TYPE\n", "line 1: TYPE names no metric"],
  ["# TYPE a histogram\na 1\n", "line 2: a is a histogram: it can only have _bucket, _sum and _count"],
  ["# TYPE a histogram\na_bucket 1\n", "line 2: a_bucket needs a label le with a number"],
  ['# TYPE a histogram\na_bucket{le="NaN"} 1\n', "line 2: a_bucket needs a label le with a number"],
  [
    '# TYPE a histogram\na_bucket{le="1"} 1\na_bucket{le="1.0"} 1\n',
    "line 3: a_bucket has these labels a second time",
  ],
  ["# TYPE a summary\na 1\n", "line 2: a needs a label quantile with a number"],
];

for (const [text, error] of MISTAKES) {
  Deno.test(`refused: ${JSON.stringify(text)}`, () => assert.equal(errorOf(text), error));
}

Deno.test("a text is bounded in every direction", () => {
  const limits = { families: 2, series: 3, labels: 1, nameLength: 5, labelValueLength: 4, helpLength: 3 };
  const bounded = (text: string) => errorOf(text, { limits });
  assert.equal(bounded("a 1\nb 1\nc 1\n"), "line 3: there are more than 2 metrics");
  assert.equal(bounded('a 1\na{b="1"} 1\na{b="2"} 1\na{b="3"} 1\n'), "line 4: there are more than 3 series");
  assert.equal(bounded('a{b="1",c="1"} 1\n'), "line 1: there are more than 1 labels");
  assert.equal(bounded("abcdef 1\n"), 'line 1: the name "abcdef" is longer than 5 characters');
  assert.equal(bounded('a{abcdef="1"} 1\n'), 'line 1: the label "abcdef" has too long a name');
  assert.equal(bounded('a{b="12345"} 1\n'), "line 1: the value of the label b is longer than 4 characters");
  assert.equal(bounded("# HELP a long\n"), "line 1: the HELP of a is longer than 3 characters");
});

Deno.test("what is quoted in a message has no control characters and is short", () => {
  const error = errorOf(`${"\u001b[31m\u0007\u202e".repeat(100)} 1\n`) ?? "";
  assert.match(error, /^line 1: /);
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  assert.doesNotMatch(error, /[\u0000-\u001f\u202e]/);
  assert.ok(error.length < 150, error);
});

Deno.test("property: whatever the text, the result is bounded and well-formed or an error with a line", () => {
  const piece = fc.oneof(
    fc.constantFrom(...EXAMPLE.split("\n").map((line) => `${line}\n`)),
    fc.constantFrom(...'"\\{}=, \t\r\n#1.e+-NaInf_'.split("")),
    fc.string({ maxLength: 8 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const { families, error } = parsePrometheusText(pieces.join(""));
      if (error !== undefined) {
        assert.match(error, /^line \d+: ./);
        assert.ok(error.length < 500);
        return assert.equal(families.length, 0);
      }
      const series = new Set<string>();
      for (const { name, values } of families) {
        assert.match(name, /^[a-zA-Z_:][a-zA-Z0-9_:]*$/);
        assert.ok(values.length > 0);
        for (const { suffix = "", labels, value } of values) {
          assert.equal(typeof value, "number");
          const key = JSON.stringify([name + suffix, Object.entries(labels).sort()]);
          assert.ok(!series.has(key), key);
          series.add(key);
          assert.ok(Object.keys(labels).length <= METRIC_LIMITS.labels);
        }
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("property: what is written by the rules is read as it was meant", () => {
  const escape = (text: string) => text.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n");
  const label = fc.stringMatching(/^[a-z][a-z0-9_]{0,6}$/);
  const labels = fc.dictionary(label, fc.string({ maxLength: 12 }), { maxKeys: 4, noNullPrototype: true });
  fc.assert(fc.property(labels, fc.double(), (labels, value) => {
    const inner = Object.entries(labels).map(([name, text]) => `${name}="${escape(text)}"`).join(",");
    const number = Object.is(value, -0)
      ? "-0"
      : Number.isFinite(value)
      ? `${value}`
      : Number.isNaN(value)
      ? "NaN"
      : value > 0
      ? "+Inf"
      : "-Inf";
    const [family] = families(`a{${inner}} ${number}\n`);
    assert.deepEqual(family?.values, [{ labels, value }]);
  }));
});
