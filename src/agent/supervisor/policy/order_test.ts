import assert from "node:assert/strict";
import fc from "fast-check";
import type { DependencySpec } from "../spec/process_spec.ts";
import { type DependencyState, startLevels, unmet, withDependencies } from "./order.ts";

const needs = (id: string, ...ids: string[]) => ({
  id,
  group: id.replace(/-\d+$/, ""),
  dependsOn: ids.map((dependency): DependencySpec => ({ id: dependency, condition: "healthy" })),
});
const idsOf = (levels: readonly (readonly { id: string }[])[]) => levels.map((level) => level.map(({ id }) => id));

Deno.test("replicas of one process are on one level, after all that they depend on", () => {
  const processes = [needs("shop-0", "db", "cache"), needs("shop-1", "db", "cache"), needs("db"), needs("cache", "db")];
  assert.deepEqual(idsOf(startLevels(processes)), [["db"], ["cache"], ["shop-0", "shop-1"]]);
  assert.deepEqual(idsOf(startLevels([needs("web", "shop"), ...processes.slice(0, 2)])), [["shop-0", "shop-1"], [
    "web",
  ]]);
});

Deno.test("what is started brings along what it depends on, and nothing else", () => {
  const all = [needs("web", "shop"), needs("shop-0", "db"), needs("shop-1", "db"), needs("db"), needs("mail")];
  const found = withDependencies(all.slice(0, 1), all);
  assert.deepEqual(found.map(({ id }) => id), ["web", "shop-0", "shop-1", "db"]);
});

Deno.test("in every order each comes after what it depends on", () => {
  const graph = fc.array(fc.array(fc.nat(20), { maxLength: 4 }), { minLength: 1, maxLength: 12 });
  fc.assert(fc.property(graph, (edges) => {
    // Only backwards, so that there is no circle.
    const all = edges.map((targets, index) =>
      needs(`p${index}x`, ...targets.filter((t) => t < index).map((t) => `p${t}x`))
    );
    const levels = startLevels(all);
    const levelOf = new Map(levels.flatMap((level, index) => level.map(({ id }) => [id, index] as const)));
    assert.equal(levelOf.size, all.length);
    for (const { id, dependsOn } of all) {
      for (const dependency of dependsOn) assert.ok((levelOf.get(dependency.id) ?? 99) < (levelOf.get(id) ?? -1));
    }
  }));
});

const DB: DependencyState = {
  id: "db",
  enabled: true,
  state: "running",
  hasRun: true,
  isReady: true,
  wanted: true,
  isCompleted: false,
};
const TABLE: readonly (readonly [DependencySpec["condition"], Partial<DependencyState>, string | null])[] = [
  ["healthy", {}, null],
  ["healthy", { state: "adopted" }, null],
  ["healthy", { state: "starting", isReady: false }, "db to be ready"],
  ["healthy", { state: "unhealthy" }, "db to be ready"],
  ["started", { state: "starting", isReady: false }, null],
  ["started", { state: "unhealthy" }, null],
  ["started", { state: "starting", hasRun: false }, "db to be started"],
  ["started", { state: "stopping" }, "db to be started"],
  ["started", { state: "stopped", hasRun: false, wanted: false }, "db, which is stopped"],
  ["started", { state: "stopped", hasRun: false, wanted: false, enabled: false }, "db, which is disabled"],
  ["healthy", { state: "failed", hasRun: false }, "db, which has failed"],
  ["healthy", { state: "backoff", hasRun: false }, "db to be ready"],
  ["completed", {}, "db to be completed"],
  ["completed", { state: "stopped", hasRun: false, wanted: false, isCompleted: true }, null],
  ["healthy", { state: "stopped", hasRun: false, wanted: false, isCompleted: true }, null],
];
for (const [condition, over, expected] of TABLE) {
  Deno.test(`${condition} of ${JSON.stringify(over)}: ${expected ?? "met"}`, () => {
    assert.equal(unmet(condition, { ...DB, ...over }), expected);
  });
}
