import assert from "node:assert/strict";
import { settle } from "../../../tests/helpers/fake_clock.ts";
import { Lane } from "./lane.ts";

Deno.test("so many at once, the others in their order", async () => {
  const lane = new Lane(2);
  const [begun, ends]: [number[], (() => void)[]] = [[], []];
  for (let i = 0; i < 5; i++) {
    lane.add(() => {
      begun.push(i);
      return new Promise((resolve) => ends.push(resolve));
    });
  }
  assert.deepEqual(begun, [0, 1]);
  ends[1]?.();
  await settle();
  assert.deepEqual(begun, [0, 1, 2]);
  ends[0]?.();
  ends[2]?.();
  await settle();
  assert.deepEqual(begun, [0, 1, 2, 3, 4]);
  let isIdle = false;
  const idle = lane.idle().then(() => isIdle = true);
  ends[3]?.();
  await settle();
  assert.equal(isIdle, false, "one is still at work");
  ends[4]?.();
  await idle;
});
