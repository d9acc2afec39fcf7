import assert from "node:assert/strict";
import { TextSink } from "../../../core/mod.ts";
import { textfileMetrics } from "./metrics.ts";

Deno.test("files that were read have their times, a failure of any is told, metrics go by their own names", () => {
  const sink = new TextSink("prometheus");
  const sample = {
    files: [
      { name: "/d/a.prom", modifiedMs: 1_700_000_000_999 },
      { name: "/d/b.prom", modifiedMs: 1, error: "line 1: there is no value" },
    ],
    families: [{ name: "jobs", type: "gauge" as const, help: "Jobs.", values: [{ labels: { q: "1" }, value: 3 }] }],
  };
  textfileMetrics(sample, sink, "node");
  assert.equal(
    sink.text(),
    `# HELP node_textfile_mtime_seconds When each file was last changed, in seconds since 1970, where it could be read.
# TYPE node_textfile_mtime_seconds gauge
node_textfile_mtime_seconds{file="/d/a.prom"} 1700000000
# HELP node_textfile_scrape_error 1 when the directory or a file of it could not be read or used, else 0.
# TYPE node_textfile_scrape_error gauge
node_textfile_scrape_error 1
# HELP jobs Jobs.
# TYPE jobs gauge
jobs{q="1"} 3
`,
  );
});

Deno.test("on Windows they have windows_exporter's names; a directory that cannot be read is a failure", () => {
  const text = (sample: Parameters<typeof textfileMetrics>[0]) => {
    const sink = new TextSink("prometheus");
    textfileMetrics(sample, sink, "windows");
    return sink.text().split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  };
  assert.deepEqual(text({ files: [], families: [] }), ["windows_textfile_scrape_error 0"]);
  assert.deepEqual(text({ files: [], families: [], error: "gone" }), ["windows_textfile_scrape_error 1"]);
  assert.deepEqual(text({ files: [{ name: "C:\\a.prom", modifiedMs: 2_000 }], families: [] }), [
    'windows_textfile_mtime_seconds{file="C:\\\\a.prom"} 2',
    "windows_textfile_scrape_error 0",
  ]);
});
