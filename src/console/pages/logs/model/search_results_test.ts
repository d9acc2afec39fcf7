import assert from "node:assert/strict";
import fc from "fast-check";
import type { FleetSearchLine, FleetSearchMatch } from "../../../../protocol/mod.ts";
import { hostsDone, SearchResults } from "./search_results.ts";

const match = (text: string, timeMs?: number, late = false): FleetSearchMatch => ({
  type: "match",
  host: "web-1",
  hostId: "h1",
  process: "app",
  processId: "app",
  file: "stdout",
  at: 0,
  text,
  ...(timeMs !== undefined && { timeMs }),
  ...(late && { late }),
});
const host = (hostId: string, state: "searching" | "done" | "offline"): FleetSearchLine => ({
  type: "host",
  host: hostId,
  hostId,
  state,
});
const totals = { scannedBytes: 10, files: 2, matches: 1, hosts: 4, states: { waiting: 1, searching: 1, done: 2 } };

Deno.test("matches stay in the order in which they come, and late ones find their place", () => {
  const results = new SearchResults();
  assert.equal(results.take([match("c", 30), match("x"), match("a", 10)]), false);
  assert.equal(results.take([match("b", 20, true)]), true);
  assert.equal(results.take([match("oldest", 1, true)]), false);
  assert.deepEqual(results.hits.map((hit) => hit.match.text), ["c", "x", "b", "a", "oldest"]);
  assert.equal(results.hit(4)?.match.text, "b");
});

Deno.test("of each host the latest state counts", () => {
  const results = new SearchResults();
  results.take([host("a", "searching"), host("b", "offline"), host("a", "done")]);
  assert.deepEqual(results.hosts.map(({ hostId, state }) => [hostId, state]), [["a", "done"], ["b", "offline"]]);
});

Deno.test("it tells how far it has come, and that it has ended", () => {
  const results = new SearchResults();
  results.take([{ type: "progress", ...totals }]);
  assert.equal(hostsDone(results.totals), 2);
  assert.ok(!results.isOver);
  results.take([{ type: "end", ...totals, incomplete: "limit" }]);
  assert.ok(results.isOver);
  assert.equal(results.end?.incomplete, "limit");
});

Deno.test("however many are late, those with a time are in its order and none is lost", () => {
  fc.assert(fc.property(fc.array(fc.nat({ max: 20 }), { maxLength: 60 }), (times) => {
    const results = new SearchResults();
    let oldest = Infinity;
    for (const time of times) {
      results.take([match("m", time, time > oldest)]);
      oldest = Math.min(oldest, time);
    }
    assert.deepEqual(results.hits.map((hit) => hit.match.timeMs), times.toSorted((a, b) => b - a));
  }));
});
