import assert from "node:assert/strict";
import { LastLines } from "./last_lines.ts";

const line = (text: string) => ({ text, cut: false, end: 0 });

Deno.test("the last lines are kept, as many and as long as was said", () => {
  const few = new LastLines(2, 1_000);
  few.add(["a", "b", "c", "d", "e", "f"].map(line));
  assert.deepEqual(few.newestFirst().map(({ text }) => text), ["f", "e"]);
  assert.equal(few.tooLong, false);
  const short = new LastLines(10, 5);
  short.add(["aaa", "bb", "c"].map(line));
  assert.deepEqual(short.newestFirst().map(({ text }) => text), ["c", "bb"]);
  assert.equal(short.tooLong, true);
});
