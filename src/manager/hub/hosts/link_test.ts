import assert from "node:assert/strict";
import type { Session } from "../../../tunnel/mod.ts";
import { chargeReport, isOverdrawn, type Link, mayReport, newLink } from "./link.ts";

function link(): Link {
  const claim = { runId: "run-1", bootId: undefined, machineId: undefined, hostname: "web-1", address: "" };
  return newLink({ id: "link-1", session: {} as Session, claim, previousRunId: null }, 0);
}

/** How many it may make in a row at this time, each of which takes so long. */
function reports(of: Link, nowMs: number, spentMs: number): number {
  for (let made = 0;; made++) {
    if (!mayReport(of, nowMs) || isOverdrawn(of)) return made;
    chargeReport(of, spentMs);
  }
}

Deno.test("a host may report in bursts, and fifty times a second in the long run", () => {
  const one = link();
  assert.deepEqual([reports(one, 0, 0), reports(one, 0, 0), reports(one, 1_000, 0)], [300, 0, 50]);
  assert.equal(reports(one, 1_000_000, 0), 300);
});

Deno.test("what takes long to read counts for more, and is not forgotten by waiting a moment", () => {
  const one = link();
  assert.equal(reports(one, 0, 100), 6);
  assert.ok(isOverdrawn(one));
  assert.deepEqual([reports(one, 100, 0), reports(one, 10_000, 100)], [0, 6]);
});

Deno.test("no report is so long that its host has to wait for more than some seconds", () => {
  const one = link();
  chargeReport(one, 60_000);
  assert.deepEqual([mayReport(one, 6_000), mayReport(one, 6_100)], [false, true]);
});
