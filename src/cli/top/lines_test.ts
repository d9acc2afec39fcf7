import assert from "node:assert/strict";
import fc from "fast-check";
import { displayWidth } from "../safe_text.ts";
import { beside, type Column, fitLine, itemsLine, lineWidth, paintLine, span, tableLines } from "./lines.ts";

const plain = (line: Parameters<typeof paintLine>[0], width = 1000) => paintLine(line, width, false);
// deno-lint-ignore no-control-regex -- the codes of colours are what is looked for
const CODES = /\x1b\[\d+m/g;

Deno.test("a line is painted, cut by columns, and holds no codes but its own", () => {
  const line = [span("web\x1b[2J"), span(" "), span("進程名", "red"), span(" end", "bold")];
  assert.equal(paintLine(line, 50, true), "web?[2J \x1b[31m進程名\x1b[0m\x1b[1m end\x1b[0m");
  assert.equal(paintLine(line, 11, true), "web?[2J \x1b[31m進…\x1b[0m");
  assert.equal(paintLine(line, 50, false), "web?[2J 進程名 end");
  assert.equal(lineWidth(line), 18);
});

Deno.test("items that do not fit are left out, the first one never", () => {
  const items = [[span("one")], [], [span("two")], [span("three")], [span("4")]];
  assert.equal(plain(itemsLine(items, 100)), "one  two  three  4");
  assert.equal(plain(itemsLine(items, 15)), "one  two  three");
  assert.equal(plain(itemsLine(items, 14)), "one  two");
  assert.equal(plain(itemsLine(items, 1)), "one");
});

Deno.test("two blocks stand next to each other, whichever is longer", () => {
  const [a, b] = [[[span("進")], [span("long text")]], [[span("x")], [span("y")], [span("z")]]];
  assert.deepEqual(beside(a, b, 5).map((line) => plain(line)), ["進   x", "long…y", "     z"]);
  assert.equal(plain(fitLine([span("ab"), span("cd", "red")], 3)), "ab…");
});

interface Row {
  readonly name: string;
  readonly size: string;
  readonly more: string;
}
const columns: readonly Column<Row>[] = [
  { title: "NAME", cell: ({ name }) => name, style: ({ name }) => name === "b" ? "red" : undefined },
  { title: "SIZE", width: 6, cell: ({ size }) => size },
  { title: "MORE", cell: ({ more }) => more, spare: 1 },
];
const rows = [{ name: "/data", size: "1.0 GB", more: "ext4" }, { name: "b", size: "-", more: "a remark" }];
const table = (width: number) => tableLines(columns, rows, width).map((line) => plain(line));

Deno.test("a table is as wide as its texts, and its numbers stand below each other", () => {
  assert.deepEqual(table(80), ["NAME     SIZE  MORE", "/data  1.0 GB  ext4", "b           -  a remark"]);
  assert.equal(paintLine(tableLines(columns, rows, 80)[2] ?? [], 80, true), "\x1b[31mb    \x1b[0m       -  a remark");
});

Deno.test("a table that is too wide leaves out what it can spare, then cuts its texts", () => {
  assert.deepEqual(table(30), ["NAME     SIZE", "/data  1.0 GB", "b           -"]);
  assert.deepEqual(table(11), ["NA…    SIZE", "/d…  1.0 GB", "b         -"]);
});

Deno.test("no line is wider than the screen, whatever the texts are", () => {
  const text = fc.string({ unit: "binary", maxLength: 20 });
  const row = fc.tuple(text, text, text).map(([name, size, more]) => ({ name, size, more }));
  fc.assert(fc.property(fc.array(row, { maxLength: 5 }), fc.integer({ min: 10, max: 100 }), (rows, width) => {
    const lines = tableLines(columns, rows, width);
    assert.equal(lines.length, rows.length + 1);
    for (const line of lines) {
      assert.ok(lineWidth(line) <= width);
      const painted = paintLine(line, width, true);
      assert.equal(displayWidth(painted.replaceAll(CODES, "")), lineWidth(line));
      assert.match(painted.replaceAll(CODES, ""), /^\P{Cc}*$/u);
    }
  }));
});
