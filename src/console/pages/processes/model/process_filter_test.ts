import assert from "node:assert/strict";
import fc from "fast-check";
import { filterOf, groupingOf, groupKey, labelKeysOf, statesOf, toggled } from "./process_filter.ts";
import { type ProcessRow, rowOf } from "./process_row.ts";

const ALL = { text: "", states: "", label: "" };

function row(id: string, changes: Partial<ProcessRow> = {}): ProcessRow {
  return rowOf({
    id,
    name: id,
    hostId: "h1",
    host: "web-1",
    hostState: "online",
    state: "running",
    sinceMs: 0,
    reason: "",
    labels: {},
    restarts: 0,
    reportedMs: 0,
    ...changes,
  });
}

const names = (rows: readonly ProcessRow[]) => rows.map(({ id }) => id);

Deno.test("text is looked for in id, name, host and reason, whatever its case", () => {
  const rows = [row("api"), row("b", { name: "API gateway" }), row("c", { host: "api-1" }), row("d")];
  assert.deepEqual(names(rows.filter(filterOf({ ...ALL, text: " Api " }).matches)), ["api", "b", "c"]);
  assert.deepEqual(names([row("x", { reason: "Exit 1" })].filter(filterOf({ ...ALL, text: "exit" }).matches)), ["x"]);
});

Deno.test("states and labels must all hold", () => {
  const rows = [row("a", { state: "failed", labels: { tier: "web" } }), row("b", { state: "failed" }), row("c")];
  assert.deepEqual(names(rows.filter(filterOf({ ...ALL, states: "failed,backoff" }).matches)), ["a", "b"]);
  assert.deepEqual(names(rows.filter(filterOf({ ...ALL, states: "failed", label: "tier=web" }).matches)), ["a"]);
  assert.deepEqual(names(rows.filter(filterOf({ ...ALL, label: "!tier" }).matches)), ["b", "c"]);
});

Deno.test("a label filter that cannot be read hides nothing and says why", () => {
  const { matches, problem } = filterOf({ ...ALL, label: "a==b" });
  assert.equal(matches(row("a")), true);
  assert.match(problem ?? "", /selector/);
});

Deno.test("whatever the address says, filtering does not throw", () => {
  fc.assert(fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (text, states, label, group) => {
    const rows = [row("a"), row("b", { labels: { env: "prod" } })];
    const left = rows.filter(filterOf({ text, states, label }).matches);
    for (const each of left) assert.equal(typeof groupKey(each, groupingOf(group)), "string");
  }));
});

Deno.test("a state is added to the filter, and taken out again", () => {
  assert.equal(toggled("", "failed"), "failed");
  assert.equal(toggled("failed", "backoff"), "failed,backoff");
  assert.equal(toggled("failed,backoff", "failed"), "backoff");
  assert.deepEqual(statesOf(" failed , "), ["failed"]);
});

Deno.test("a row comes under its host, state, name or label; what only looks like a label is none", () => {
  const web = row("a", { state: "failed", labels: { env: "prod" } });
  const keys = ["host", "state", "name", "label:env", "label:constructor", "none"].map(groupingOf);
  assert.deepEqual(keys.map((grouping) => groupKey(web, grouping)), ["web-1", "failed", "a", "prod", "", ""]);
});

Deno.test("an unknown grouping is none", () => {
  assert.deepEqual(["host", "label:env", "label:", "x", ""].map(groupingOf), [
    "host",
    "label:env",
    "none",
    "none",
    "none",
  ]);
});

Deno.test("the most frequent labels are offered first", () => {
  assert.deepEqual(labelKeysOf([row("a", { labels: { b: "1", a: "1" } }), row("b", { labels: { b: "2" } })]), [
    "b",
    "a",
  ]);
});
