import assert from "node:assert/strict";
import fc from "fast-check";
import { fitSections, type Section } from "./fit.ts";
import { type Line, paintLine, span } from "./lines.ts";

const linesOf = (name: string, count: number): Line[] =>
  Array.from({ length: count }, (_, index) => [span(`${name}${index}`)]);
const fitted = (sections: readonly Section[], height: number) =>
  fitSections(sections, height).map((line) => paintLine(line, 80, false));

const SECTIONS: readonly Section[] = [
  { lines: linesOf("head", 2), importance: 1 },
  { lines: linesOf("rare", 1), importance: 9 },
  { lines: [], importance: 0 },
  { lines: linesOf("disk", 5), importance: 3, table: "complete" },
  { lines: linesOf("proc", 5), importance: 2, table: "excerpt" },
];

Deno.test("where there is room for all, all is shown, the tables apart", () => {
  const all = ["head0", "head1", "rare0", "", "disk0", "disk1", "disk2", "disk3", "disk4", ""];
  const processes = ["proc0", "proc1", "proc2", "proc3", "proc4"];
  assert.deepEqual(fitted(SECTIONS, 15), [...all, ...processes]);
  assert.deepEqual(fitted(SECTIONS, Infinity), [...all, ...processes]);
  assert.deepEqual(fitted(SECTIONS, 14), [...all, ...processes].filter((line) => line !== ""));
});

Deno.test("tables give way in turn, and say how much is missing where it matters", () => {
  assert.deepEqual(fitted(SECTIONS, 11), [
    ...["head0", "head1", "rare0", "disk0", "disk1", "disk2", "… 2 more"],
    ...["proc0", "proc1", "proc2", "proc3"],
  ]);
});

Deno.test("the least important goes first, whole where it cannot be cut", () => {
  assert.deepEqual(fitted(SECTIONS, 8), [
    ...["head0", "head1", "disk0", "disk1", "… 3 more", "proc0", "proc1", "proc2"],
  ]);
  assert.deepEqual(fitted(SECTIONS, 5), ["head0", "head1", "proc0", "proc1", "proc2"]);
  assert.deepEqual(fitted(SECTIONS, 3), ["head0", "head1", "rare0"]);
  assert.deepEqual(fitted(SECTIONS, 1), ["rare0"]);
  assert.deepEqual(fitted(SECTIONS, 0), []);
});

Deno.test("there are never more lines than there is room for, and room is not left while lines are missing", () => {
  const section = fc.record({
    lines: fc.nat(8).map((count) => linesOf("x", count)),
    importance: fc.nat(5),
    table: fc.constantFrom("complete" as const, "excerpt" as const),
  });
  fc.assert(fc.property(fc.array(section, { maxLength: 6 }), fc.nat(40), (sections, height) => {
    const { length } = fitSections(sections, height);
    const wanted = sections.reduce((sum, { lines }) => sum + lines.length, 0);
    assert.ok(length <= height);
    assert.ok(length >= Math.min(height - 2, wanted));
  }));
});
