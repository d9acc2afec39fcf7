import assert from "node:assert/strict";
import { settle } from "../../../tests/helpers/fake_clock.ts";
import { Turns } from "./turns.ts";

Deno.test("one begins when the one before has ended, also when that one failed", async () => {
  const turns = new Turns();
  const told: string[] = [];
  const first = Promise.withResolvers<void>();
  const a = turns.run(async () => {
    told.push("a begins");
    await first.promise;
    told.push("a ends");
    throw new Error("a failed");
  });
  const b = turns.run(() => {
    told.push("b");
    return Promise.resolve(2);
  });
  await settle();
  assert.deepEqual(told, ["a begins"]);
  first.resolve();
  await assert.rejects(a, /a failed/);
  assert.equal(await b, 2);
  assert.deepEqual(told, ["a begins", "a ends", "b"]);
});
