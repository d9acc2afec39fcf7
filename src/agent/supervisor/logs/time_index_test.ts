import assert from "node:assert/strict";
import { join } from "node:path";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import { logSurgery } from "../../../platform/mod.ts";
import { TimeIndex } from "./time_index.ts";

function withIndexes(name: string, use: (open: (end: number) => TimeIndex, path: string) => void): void {
  Deno.test(name, () =>
    inPlainTempDir((dir) => {
      const path = join(dir, "log.times");
      const surgery = logSurgery();
      const open = (end: number) => {
        const index = new TimeIndex(path, surgery, (error) => {
          throw error;
        });
        index.open(end);
        return index;
      };
      use(open, path);
    }));
}

withIndexes("times are there for the next agent, and what came in between has none", (open) => {
  const first = open(0);
  first.add(10, 1_000);
  first.add(20, 2_000);
  first.flush();
  const second = open(50);
  second.add(60, 9_000);
  const table = second.table(-Infinity);
  assert.deepEqual([10, 20, 50, 60].map((end) => table.timeOf(end)), [1_000, 2_000, undefined, 9_000]);
  assert.equal(open(60).last(), 60);
});

withIndexes("nothing is written while nothing is known", (open, path) => {
  open(1_000).flush();
  assert.throws(() => Deno.statSync(path), Deno.errors.NotFound);
});

withIndexes("an index that is torn, damaged or about a longer log is begun anew", (open, path) => {
  for (const damage of [(bytes: Uint8Array) => bytes.subarray(0, 20), (bytes: Uint8Array) => bytes.with(17, 99)]) {
    const index = open(0);
    for (let offset = 10; offset <= 30; offset += 10) index.add(offset, offset);
    index.flush();
    Deno.writeFileSync(path, Uint8Array.from(damage(Deno.readFileSync(path))));
    const next = open(40);
    next.table(-Infinity); // which reads all of it
    next.add(50, 50);
    const table = next.table(-Infinity);
    assert.deepEqual([10, 30, 40, 50].map((end) => table.timeOf(end)), [undefined, undefined, undefined, 50]);
    Deno.removeSync(path);
  }
  const long = open(0);
  long.add(1_000, 1);
  long.flush();
  assert.equal(open(10).table(-Infinity).timeOf(5), undefined);
});

withIndexes("an index of a log that is never rotated stays short, and exact where it is new", (open, path) => {
  const index = open(0);
  for (let second = 1; second <= 60_000; second++) index.add(second * 10, second * 1_000);
  index.flush();
  assert.ok(Deno.statSync(path).size < 400_000);
  const table = index.table(-Infinity);
  assert.equal(table.timeOf(600_000), 60_000_000);
  assert.equal(table.timeOf(599_990), 59_999_000);
  assert.ok(Math.abs((table.timeOf(300_000) ?? 0) - 30_000_000) < 200_000);
});
