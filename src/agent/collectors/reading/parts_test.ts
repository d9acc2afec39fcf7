import assert from "node:assert/strict";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { awaitPart, readPart, withinTime } from "./parts.ts";

const never = () => new AbortController().signal;

Deno.test("a part that fails is a problem that names it", async () => {
  const problems: string[] = [];
  const fail = (): number => {
    throw new Error("it broke");
  };
  assert.equal(readPart(problems, "one", () => 1), 1);
  assert.equal(readPart(problems, "two", fail), undefined);
  assert.equal(await awaitPart(problems, "three", () => Promise.resolve(3)), 3);
  assert.equal(await awaitPart(problems, "four", () => Promise.reject(new Error("it broke"))), undefined);
  assert.deepEqual(problems, ["two: it broke", "four: it broke"]);
});

Deno.test("work that is done in time leaves no timer behind", async () => {
  const clock = new FakeClock();
  assert.equal(await withinTime(clock, 1000, never(), () => Promise.resolve("done")), "done");
  await assert.rejects(withinTime(clock, 1000, never(), () => Promise.reject(new Error("it broke"))), /it broke/);
  assert.equal(clock.sleeping, 0);
});

Deno.test("work that takes too long is told so, and not waited for", async () => {
  const clock = new FakeClock();
  let told: unknown;
  const waiting = withinTime(clock, 3000, never(), (signal) => {
    signal.addEventListener("abort", () => told = signal.reason);
    return new Promise(() => {});
  });
  const rejected = assert.rejects(waiting, /no answer within 3 s/);
  await clock.advance(3000);
  await rejected;
  assert.match(String(told), /no answer within 3 s/);
});

Deno.test("who does not want to wait any longer need not", async () => {
  const clock = new FakeClock();
  const controller = new AbortController();
  const waiting = withinTime(clock, 3000, controller.signal, () => new Promise(() => {}));
  controller.abort(new Error("the agent stops"));
  await assert.rejects(waiting, /the agent stops/);
  assert.equal(clock.sleeping, 0);
});
