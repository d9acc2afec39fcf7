import assert from "node:assert/strict";
import { join } from "node:path";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import { createTreeReader, type TreeReader } from "./tree_reader.ts";

function inTree(use: (tree: TreeReader, dir: string) => void | Promise<void>): Promise<void> {
  return inPlainTempDir((dir) =>
    use(createTreeReader({ proc: join(dir, "proc"), sys: join(dir, "sys"), root: dir }), dir)
  );
}

Deno.test("files are read whole below the roots, larger ones than the first buffer too", () =>
  inTree(async (tree, dir) => {
    await Deno.mkdir(join(dir, "proc/net"), { recursive: true });
    const long = "0123456789abcdef".repeat(10_000);
    await Deno.writeTextFile(join(dir, "proc/net/dev"), long);
    await Deno.writeTextFile(join(dir, "proc/short"), " x \n");
    assert.equal(tree.text(tree.proc("net", "dev")), long);
    assert.equal(tree.text(tree.proc("short")), " x \n");
    assert.equal(tree.line(tree.proc("short")), "x");
    assert.deepEqual(tree.list(tree.proc()).sort(), ["net", "short"]);
  }));

Deno.test("what is not there, is empty or is no number is absent, and the reason can be had", () =>
  inTree(async (tree, dir) => {
    await Deno.mkdir(join(dir, "sys"));
    await Deno.writeTextFile(join(dir, "sys/empty"), "\n");
    await Deno.writeTextFile(join(dir, "sys/text"), "abc");
    await Deno.writeTextFile(join(dir, "sys/number"), "42\n");
    const missing = tree.sys("missing");
    assert.deepEqual([tree.text(missing), tree.line(missing), tree.number(missing), tree.list(missing)], [
      null,
      null,
      undefined,
      [],
    ]);
    assert.deepEqual([tree.line(tree.sys("empty")), tree.number(tree.sys("empty"))], [null, undefined]);
    assert.deepEqual([tree.number(tree.sys("text")), tree.number(tree.sys("number"))], [undefined, 42]);
    assert.equal(tree.link(tree.sys("text")), null);
    assert.equal(tree.text(dir), null);
    assert.match(tree.reason(missing), /missing: (No such file|The system cannot find)/);
  }));

Deno.test("a file that is held open is read anew each time, and opened anew where it has gone bad", () =>
  inTree(async (tree, dir) => {
    const path = join(dir, "stat");
    const held = tree.hold(path);
    assert.equal(held.text(), null);
    await Deno.writeTextFile(path, "one");
    assert.equal(held.text(), "one");
    await Deno.writeTextFile(path, "three");
    assert.equal(held.text(), "three");
    held.close();
    await Deno.remove(path);
    assert.equal(held.text(), null);
  }));

const MANY_BYTES = 1 << 20;

function linesOf(text: string, maxBytes = MANY_BYTES): Promise<{ whole: boolean | null; lines: string[] }> {
  let result: { whole: boolean | null; lines: string[] } = { whole: null, lines: [] };
  return inPlainTempDir(async (dir) => {
    const path = join(dir, "file");
    await Deno.writeTextFile(path, text);
    const lines: string[] = [];
    const tree = createTreeReader({ proc: dir, sys: dir, root: dir });
    result = { whole: tree.lines(path, maxBytes, (line) => lines.push(line)), lines };
  }).then(() => result);
}

Deno.test("a long file is given line by line, wherever its pieces end", async () => {
  const lines = Array.from({ length: 5000 }, (_, index) => `line ${index} ${"x".repeat(index % 50)}`);
  assert.deepEqual(await linesOf(lines.join("\n")), { whole: true, lines });
  assert.deepEqual(await linesOf(`${lines.join("\n")}\n`), { whole: true, lines }, "the last line ends or not");
});

Deno.test("an empty file has no line", async () => {
  assert.deepEqual(await linesOf(""), { whole: true, lines: [] });
});

Deno.test("a file that is too long is not read to its end", async () => {
  const { whole, lines } = await linesOf("0123456789\n".repeat(10_000), 20_000);
  assert.equal(whole, false);
  assert.ok(lines.length < 5000);
});

Deno.test("a file that is not there has no lines", () =>
  inPlainTempDir((dir) => {
    const tree = createTreeReader({ proc: dir, sys: dir, root: dir });
    assert.equal(tree.lines(join(dir, "none"), MANY_BYTES, () => assert.fail("there is no line")), null);
  }));
