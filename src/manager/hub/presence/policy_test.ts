import assert from "node:assert/strict";
import fc from "fast-check";
import { type Contact, dueMsOf, firstPresence, judge, type Presence, settle } from "./policy.ts";
import { timingOf } from "./timing.ts";

const NO_RULE = {
  unreachableAfterMs: null,
  offlineAfterMs: null,
  flapLimit: null,
  flapWindowMs: null,
  flapHoldMs: null,
};
const TIMING = timingOf(10_000, NO_RULE, {});
const CONTACT: Contact = { linkState: "connected", linkMs: 0, lostWhy: "", heardAtMs: 100_000, trouble: null };
const ONLINE: Presence = { state: "online", reason: "", judged: "online", changes: [], held: null };

function stateAt(contact: Partial<Contact>, nowMs: number) {
  const { state, reason, dueMs } = judge({ ...CONTACT, ...contact }, TIMING, nowMs);
  return [state, reason, dueMs];
}

Deno.test("a host is online while its heartbeats come, and the deadlines follow from the last one", () => {
  const online = ["online", "its heartbeats come in time", 125_000];
  assert.deepEqual(stateAt({}, 100_000), online);
  assert.deepEqual(stateAt({}, 124_999), online);
  assert.deepEqual(stateAt({}, 125_000), ["unreachable", "no heartbeat came for 25s", 160_000]);
  assert.deepEqual(stateAt({}, 160_000), ["offline", "nothing was heard of it for 1m", Infinity]);
});

Deno.test("a lost connection is unreachable after a moment, one that was closed in good order offline at once", () => {
  const lost = { linkState: "lost", linkMs: 102_000, lostWhy: "reset" } as const;
  assert.deepEqual(stateAt(lost, 106_999), ["online", "its heartbeats come in time", 107_000]);
  assert.deepEqual(stateAt(lost, 107_000), ["unreachable", "its connection was lost: reset", 160_000]);
  assert.deepEqual(stateAt(lost, 160_000)[0], "offline");
  assert.deepEqual(stateAt({ linkState: "left" }, 100_001)[0], "offline");
});

Deno.test("what is not well makes it degraded, and silence counts for more", () => {
  assert.deepEqual(stateAt({ trouble: "disk: full" }, 100_000), ["degraded", "disk: full", 125_000]);
  assert.deepEqual(stateAt({ trouble: "disk: full" }, 125_000)[0], "unreachable");
});

Deno.test("after a restart of the manager a host is unknown until it is heard of, or should have been", () => {
  const first = firstPresence("online", "was fine");
  assert.equal(first.state, "unknown");
  const none = { linkState: "none", linkMs: 1_000, heardAtMs: null } as const;
  assert.deepEqual(stateAt(none, 2_000), ["unknown", "the manager has just started", 61_000]);
  assert.deepEqual(stateAt(none, 61_000), ["offline", "it has not come back since the manager started", Infinity]);
  assert.equal(firstPresence("offline", "was gone").state, "offline", "it is no less gone than it was");
  const back = settle(first, judge(CONTACT, TIMING, 100_000), TIMING, 100_000);
  assert.deepEqual([back.state, back.changes], ["online", []], "being found again is no change of its own");
});

Deno.test("deadlines follow the interval; a rule is taken as it says, a config as the least", () => {
  assert.deepEqual([TIMING.unreachableAfterMs, TIMING.offlineAfterMs], [25_000, 60_000]);
  const config = { unreachableAfterMs: 30_000, offlineAfterMs: 90_000 };
  const usual = timingOf(10_000, NO_RULE, config);
  assert.deepEqual([usual.unreachableAfterMs, usual.offlineAfterMs], [30_000, 90_000]);
  const slow = timingOf(60_000, NO_RULE, config);
  assert.deepEqual([slow.unreachableAfterMs, slow.offlineAfterMs], [150_000, 335_000]);
  const ruled = timingOf(10_000, { ...NO_RULE, unreachableAfterMs: 20_000, offlineAfterMs: 22_000 }, config);
  assert.deepEqual([ruled.unreachableAfterMs, ruled.offlineAfterMs], [20_000, 22_000]);
  const tooSharp = timingOf(10_000, { ...NO_RULE, unreachableAfterMs: 2_000, offlineAfterMs: 3_000 }, config);
  assert.deepEqual([tooSharp.unreachableAfterMs, tooSharp.offlineAfterMs], [15_000, 16_000]);
});

/** A host whose connection breaks and comes back every so often. */
function flap(times: number, everyMs: number) {
  let presence = ONLINE;
  let nowMs = 1_000_000;
  const states: string[] = [];
  const see = (contact: Partial<Contact>) => {
    presence = settle(presence, judge({ ...CONTACT, heardAtMs: nowMs, ...contact }, TIMING, nowMs), TIMING, nowMs);
    states.push(presence.state);
  };
  for (let at = 0; at < times; at++) {
    nowMs += everyMs;
    see({ linkState: "lost", linkMs: nowMs - 5_000, lostWhy: "reset" });
    nowMs += everyMs;
    see({});
  }
  return { states, presence, nowMs };
}

Deno.test("a host that comes and goes is held as unreachable, with the reason, until it has been steady", () => {
  const { states, presence, nowMs } = flap(6, 20_000);
  assert.deepEqual(states, [
    ...["unreachable", "online", "unreachable", "online", "unreachable", "online"],
    ...Array(6).fill("unreachable"),
  ]);
  assert.match(presence.reason, /^it comes and goes: more than 6 changes within 10m; shown so until .* steady for 5m$/);
  const well = (atMs: number) => judge({ ...CONTACT, heardAtMs: atMs }, TIMING, atMs);
  const still = settle(presence, well(nowMs + 299_999), TIMING, nowMs + 299_999);
  assert.equal(still.state, "unreachable");
  assert.equal(dueMsOf(still, well(nowMs + 299_999), TIMING), nowMs + 300_000);
  const released = settle(presence, well(nowMs + 300_000), TIMING, nowMs + 300_000);
  assert.deepEqual([released.state, released.changes, released.held], ["online", [], null]);
});

Deno.test("changes that are far apart are no flapping, and a limit of 0 lets everything through", () => {
  assert.ok(!flap(10, 200_000).presence.held);
  const never = { ...TIMING, flapLimit: 0 };
  let presence = ONLINE;
  for (let at = 0; at < 100; at++) {
    const trouble = at % 2 === 0 ? "x" : null;
    presence = settle(presence, judge({ ...CONTACT, trouble }, never, 100_000), never, 100_000);
    assert.equal(presence.state, trouble === null ? "online" : "degraded");
  }
});

Deno.test("one that is now well, now not, but always there, is held as degraded; when it is gone, it is gone", () => {
  let presence = ONLINE;
  for (let at = 0; at < 9; at++) {
    const trouble = at % 2 === 0 ? "x" : null;
    presence = settle(presence, judge({ ...CONTACT, trouble }, TIMING, 100_000), TIMING, 100_000);
  }
  assert.deepEqual([presence.state, presence.held], ["degraded", "degraded"]);
  const silent = settle(presence, judge(CONTACT, TIMING, 125_000), TIMING, 125_000);
  assert.deepEqual([silent.state, silent.held], ["unreachable", "unreachable"]);
  const gone = settle(silent, judge(CONTACT, TIMING, 160_000), TIMING, 160_000);
  assert.deepEqual([gone.state, gone.held], ["offline", null]);
});

Deno.test("nothing new is the same object", () => {
  const online = settle(ONLINE, judge(CONTACT, TIMING, 100_000), TIMING, 100_000);
  assert.equal(settle(online, judge({ ...CONTACT, heardAtMs: 110_000 }, TIMING, 110_000), TIMING, 110_000), online);
});

Deno.test("whatever happens a host is never shown better than it is, has a reason, and comes to rest", () => {
  const rank = { online: 0, degraded: 1, unreachable: 2, offline: 3, unknown: 1 } as const;
  const step = fc.record({
    afterMs: fc.integer({ min: 1, max: 40_000 }),
    link: fc.constantFrom("connected" as const, "lost" as const, "left" as const),
    trouble: fc.constantFrom(null, "x", "y"),
    isHeard: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
    let [presence, nowMs, heardAtMs]: [Presence, number, number] = [firstPresence("online", ""), 1_000, 1_000];
    const see = (contact: Contact) => {
      const judgement = judge(contact, TIMING, nowMs);
      presence = settle(presence, judgement, TIMING, nowMs);
      assert.ok(rank[presence.state] >= rank[judgement.state], `${presence.state} for ${judgement.state}`);
      assert.ok(presence.reason !== "");
      assert.ok(presence.changes.length <= TIMING.flapLimit + 1);
      assert.ok(dueMsOf(presence, judgement, TIMING) > nowMs);
    };
    for (const { afterMs, link, trouble, isHeard } of steps) {
      nowMs += afterMs;
      if (isHeard) heardAtMs = nowMs;
      see({ linkState: link, linkMs: nowMs - 1_000, lostWhy: "x", heardAtMs, trouble });
    }
    for (let at = 0; at < 40; at++) {
      nowMs += 10_000;
      see({ ...CONTACT, heardAtMs: nowMs });
    }
    assert.equal(presence.state, "online");
  }));
});
