import assert from "node:assert/strict";
import fc from "fast-check";
import { families } from "./family.ts";
import { ProcessTable } from "./process_table.ts";
import { emptyStatFields } from "./stat_line.ts";

/** Processes by pid and parent. */
function tableOf(parents: ReadonlyMap<number, number>): ProcessTable {
  const table = new ProcessTable();
  for (const [pid, parent] of [...parents].sort(([a], [b]) => a - b)) {
    table.add(pid, { ...emptyStatFields(), state: 83, parent });
  }
  return table;
}

function pidsOf(table: ProcessTable, rows: readonly number[] | undefined): number[] {
  return (rows ?? []).map((row) => table.pid(row));
}

Deno.test("a table of any size finds each of its processes and no other", () => {
  const pids = Array.from({ length: 1000 }, (_, i) => [i * 3 + 1, 0] as const);
  const table = tableOf(new Map(pids));
  assert.equal(table.count, 1000);
  for (const [pid] of pids) assert.equal(table.pid(table.rowOf(pid)), pid);
  for (const pid of [0, 2, 3, 3000, -1]) assert.equal(table.rowOf(pid), -1);
  table.clear();
  assert.equal(table.rowOf(1), -1);
  assert.equal(table.pid(0), -1);
});

Deno.test("what does not fit into a column is absent", () => {
  const table = new ProcessTable();
  table.add(1, { ...emptyStatFields(), parent: 2 ** 40, threads: 2 ** 40, rssPages: 2 ** 40 });
  assert.deepEqual([table.parent(0), table.threads(0), table.rssPages(0)], [-1, -1, 2 ** 40]);
});

Deno.test("a family is a process and all its descendants, whatever their numbers", () => {
  const table = tableOf(new Map([[1, 0], [50, 1], [60, 50], [7, 60], [70, 1], [8, 7]]));
  assert.deepEqual(pidsOf(table, families(table, [50])[0]), [7, 8, 50, 60]);
});

Deno.test("a process below another supervised one belongs to the nearer only", () => {
  const table = tableOf(new Map([[1, 0], [10, 1], [11, 10], [12, 11], [13, 10]]));
  assert.deepEqual(families(table, [10, 11]).map((rows) => pidsOf(table, rows)), [[10, 13], [11, 12]]);
});

Deno.test("a process that is not there has no family", () => {
  assert.deepEqual(families(tableOf(new Map([[1, 0]])), [99]), [[]]);
});

Deno.test("whatever a torn scan says of parents, each process is in one family at most and the search ends", () => {
  const pid = fc.integer({ min: 1, max: 30 });
  const processes = fc.array(fc.tuple(pid, pid)).map((pairs) => new Map(pairs));
  fc.assert(fc.property(processes, fc.uniqueArray(pid, { maxLength: 4 }), (parents, roots) => {
    const table = tableOf(parents);
    const found = families(table, roots);
    const rows = found.flat();
    assert.equal(new Set(rows).size, rows.length);
    roots.forEach((root, index) => {
      assert.equal(parents.has(root), found[index]?.includes(table.rowOf(root)) ?? false);
    });
  }));
});
