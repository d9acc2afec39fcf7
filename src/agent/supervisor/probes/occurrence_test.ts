import assert from "node:assert/strict";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { occurrenceProbe } from "./occurrence.ts";

Deno.test("it waits until it is told, tells only changes, and nothing once it was stopped", async () => {
  const clock = new FakeClock(1_000);
  const told: string[] = [];
  const onResult = (result: string, reason: string) => void told.push(`${result}: ${reason}`);
  const probe = occurrenceProbe({ probe: "readiness", type: "log", clock, onResult });
  assert.deepEqual(probe.report(), { probe: "readiness", type: "log", result: "waiting" });
  probe.occurred("a line matches");
  await clock.advance(5);
  probe.occurred("another line matches");
  assert.deepEqual(probe.report(), {
    probe: "readiness",
    type: "log",
    result: "good",
    reason: "another line matches",
    lastMs: 1_005,
  });
  probe.failed("silence for 30s");
  probe.stop();
  probe.occurred("too late");
  assert.deepEqual(told, ["good: a line matches", "bad: silence for 30s"]);
  assert.equal(probe.report().result, "bad");
});
