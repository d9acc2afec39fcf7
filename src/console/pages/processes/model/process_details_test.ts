import assert from "node:assert/strict";
import fc from "fast-check";
import { latestEvents, MAX_ITEMS, shownDetails } from "./process_details.ts";
import { rowOfView } from "./process_row.ts";

const HOST = { id: "h", name: "web-1", state: "online" } as const;

Deno.test("details are shown as the host tells them", () => {
  const details = shownDetails({
    enabled: true,
    wanted: false,
    nextStartMs: 5,
    lastExit: { timeMs: 1, signal: "SIGKILL", coreDumped: true },
    probes: [{ probe: "liveness", type: "http", result: "bad", reason: "503" }],
    kind: "service",
    argv: ["/bin/sleep", "1"],
    dependsOn: [{ id: "db", condition: "healthy" }],
    logs: [{ name: "stdout", path: "/x", sizeBytes: 3 }],
  });
  assert.deepEqual([details.isEnabled, details.isWanted, details.nextStartMs], [true, false, 5]);
  assert.deepEqual(details.lastExit, { timeMs: 1, signal: "SIGKILL", isCoreDumped: true });
  assert.deepEqual([details.probes.length, details.dependsOn, details.logs.length], [1, ["db (healthy)"], 1]);
  assert.equal("startedMs" in details, false);
});

Deno.test("events come newest first, with the state that they led to or how grave they are", () => {
  const events = [
    { seq: 1, timeMs: 1, kind: "state", state: "running", level: "info", reason: "started" },
    { seq: 2, timeMs: 2, kind: "probe", state: "running", level: "warn", reason: "no answer" },
  ];
  assert.deepEqual(latestEvents({ events }, 20).map(({ badge, text }) => [badge, text]), [
    ["warn", "probe: no answer"],
    ["running", "started"],
  ]);
  assert.deepEqual(latestEvents({ events }, 1).map(({ text }) => text), ["probe: no answer"]);
});

Deno.test("a process of a host is a row, and what it does not tell is absent", () => {
  const view = { id: "a", name: "A", state: "running", sinceMs: 3, reason: "r", labels: { x: "y" }, restarts: 2 };
  assert.deepEqual(rowOfView({ ...view, usage: { timeMs: 9, cpuPercent: 1 } }, HOST, 0), {
    ...view,
    key: "h/a",
    hostId: "h",
    host: "web-1",
    hostState: "online",
    reportedMs: 9,
    cpuPercent: 1,
  });
});

Deno.test("whatever a host answers, there is something to show, and no more than can be", () => {
  fc.assert(fc.property(fc.jsonValue(), (answer) => {
    const inside = {
      probes: answer,
      argv: answer,
      lastExit: answer,
      logs: [answer],
      dependsOn: [answer],
      labels: answer,
    };
    for (const given of [answer, inside]) {
      assert.ok(shownDetails(given).argv.every((each) => typeof each === "string"));
      for (const { badge, text } of latestEvents({ events: given }, 5)) {
        assert.equal(typeof `${badge}${text}`, "string");
      }
    }
    const row = rowOfView(inside, HOST, 0);
    assert.ok(Object.values(row.labels).every((value) => typeof value === "string"));
  }));
  assert.equal(shownDetails({ argv: Array.from({ length: 9_999 }, () => "x") }).argv.length, MAX_ITEMS);
});
