import assert from "node:assert/strict";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { ReadBudget } from "./read_budget.ts";

Deno.test("within the budget nobody waits, beyond it until the second is over", async () => {
  const clock = new FakeClock();
  const quiet = new AbortController();
  const budget = new ReadBudget(clock, 10);
  await budget.spend(10, quiet.signal);
  await clock.advance(400);
  let waited = false;
  const waiting = budget.spend(1, quiet.signal).then(() => waited = true);
  await clock.advance(599);
  assert.equal(waited, false);
  await clock.advance(1);
  await waiting;
  await budget.spend(10, quiet.signal);
  const stopped = budget.spend(1, quiet.signal);
  quiet.abort(new Error("stopped"));
  await assert.rejects(stopped, /stopped/);
  assert.equal(clock.sleeping, 0);
});
