import assert from "node:assert/strict";
import fc from "fast-check";
import { AppError } from "./errors.ts";
import { type Graph, topologicalOrder } from "./topological_order.ts";

const graph = (needs: Record<string, string[]>): Graph => new Map(Object.entries(needs));

function refusal(needs: Record<string, string[]>): AppError {
  try {
    topologicalOrder(graph(needs), "components");
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  assert.fail("expected an AppError");
}

Deno.test("topologicalOrder: levels hold what can run at the same time", () => {
  const order = topologicalOrder(graph({ web: ["api", "log"], api: ["db"], log: [], db: [] }), "components");
  assert.deepEqual(order, [["log", "db"], ["api"], ["web"]]);
  assert.deepEqual(topologicalOrder(new Map(), "components"), []);
});

Deno.test("topologicalOrder: names the one who depends on something that does not exist", () => {
  const error = refusal({ web: ["database"], db: [] });
  assert.equal(error.code, "invalid_input");
  assert.equal(error.message, 'Cannot order components: "web" depends on "database", which does not exist');
});

Deno.test("topologicalOrder: prints the whole cycle and nothing that merely leads to it", () => {
  const error = refusal({ entry: ["a"], a: ["b"], b: ["c"], c: ["a"], other: [] });
  assert.equal(error.message, "Cannot order components: they depend on each other: a -> b -> c -> a");
  assert.deepEqual(error.details, { cycle: ["a", "b", "c", "a"] });
  assert.match(refusal({ a: ["a"] }).message, /: a -> a$/);
});

/** Random graphs of up to 12 names; an edge may point anywhere, so that some have cycles. */
const anyGraph = fc.array(fc.uniqueArray(fc.nat({ max: 11 }), { maxLength: 3 }), { maxLength: 12 }).map((rows) =>
  new Map(rows.map((row, index) => [`n${index}`, row.filter((to) => to < rows.length).map((to) => `n${to}`)]))
);

Deno.test("topologicalOrder: either every need comes in an earlier level, or the cycle it prints is one", () => {
  fc.assert(fc.property(anyGraph, (needs) => {
    let order: string[][];
    try {
      order = topologicalOrder(needs, "names");
    } catch (error) {
      assert.ok(error instanceof AppError);
      const { cycle } = error.details as { cycle: string[] };
      assert.equal(cycle[0], cycle.at(-1));
      cycle.slice(1).forEach((name, index) => assert.ok(needs.get(cycle[index] ?? "")?.includes(name)));
      return;
    }
    const level = new Map(order.flatMap((names, index) => names.map((name) => [name, index] as const)));
    assert.equal(level.size, needs.size);
    for (const [name, before] of needs) {
      const earliest = Math.max(-1, ...before.map((need) => level.get(need) ?? NaN)) + 1;
      assert.equal(level.get(name), earliest, "each name stands in the first level that it can");
    }
  }));
});
