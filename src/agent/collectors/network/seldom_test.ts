import assert from "node:assert/strict";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { OptionalFile, Seldom } from "./seldom.ts";

Deno.test("what is read seldom stands until then, with its problems", async () => {
  const clock = new FakeClock();
  let reads = 0;
  const seldom = new Seldom(clock, 1000, (problems) => {
    problems.push(`problem ${++reads}`);
    return reads;
  });
  const get = () => {
    const problems = ["other"];
    return [seldom.get(problems), problems];
  };
  assert.deepEqual(get(), [1, ["other", "problem 1"]]);
  await clock.advance(999);
  assert.deepEqual(get(), [1, ["other", "problem 1"]]);
  await clock.advance(1);
  assert.deepEqual(get(), [2, ["other", "problem 2"]]);
});

Deno.test("a file that was not there is not looked for at once, and one that is there is read each time", async () => {
  const clock = new FakeClock();
  let text: string | null = null;
  let reads = 0;
  const file = new OptionalFile(clock, { text: () => (reads++, text), close: () => {} });
  assert.deepEqual([file.text(), file.text(), reads], [null, null, 1]);
  text = "there";
  await clock.advance(30_000);
  assert.deepEqual([file.text(), file.text(), reads], ["there", "there", 3]);
});
