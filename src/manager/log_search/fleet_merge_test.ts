import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type FleetSearchMatch, SEARCH_HOLD_MS } from "../../protocol/mod.ts";
import { FleetMerge } from "./fleet_merge.ts";

const NOW = 1_000_000;

function matchOf(hostId: string, timeMs: number | undefined, text = ""): FleetSearchMatch {
  return {
    ...{ type: "match", host: hostId, hostId, process: "P", processId: "p", file: "stdout", at: 0, text },
    ...(timeMs !== undefined && { timeMs }),
  };
}

const mergeOf = (hostIds: readonly string[], limit = 100) =>
  new FleetMerge({ hostIds, limit, startedMs: 0, nowMs: NOW });

function takeAll(merge: FleetMerge, monotonicMs = 0): FleetSearchMatch[] {
  const taken: FleetSearchMatch[] = [];
  for (let match = merge.take(monotonicMs); match !== null; match = merge.take(monotonicMs)) taken.push(match);
  return taken;
}

const times = (matches: readonly FleetSearchMatch[]) => matches.map(({ timeMs }) => timeMs);

Deno.test("a match waits until no host can have a newer one", () => {
  const merge = mergeOf(["a", "b"]);
  merge.add(matchOf("a", 90), 0);
  merge.add(matchOf("a", 70), 0);
  assert.deepEqual(takeAll(merge), []);
  merge.reached("b", 80, 0);
  assert.deepEqual(times(takeAll(merge)), [90]);
  merge.add(matchOf("b", 75), 0);
  merge.over("a");
  assert.deepEqual(times(takeAll(merge)), [75]);
  merge.over("b");
  assert.deepEqual(times(takeAll(merge)), [70]);
  assert.equal(merge.lost, null);
});

Deno.test("nothing waits for a silent host for longer than it may, and what comes then is marked", () => {
  const merge = mergeOf(["a", "b"]);
  merge.add(matchOf("a", 90), 1_000);
  assert.equal(merge.dueMs, SEARCH_HOLD_MS);
  assert.deepEqual(takeAll(merge, SEARCH_HOLD_MS - 1), []);
  assert.deepEqual(times(takeAll(merge, SEARCH_HOLD_MS)), [90]);
  merge.add(matchOf("b", 95), SEARCH_HOLD_MS + 1);
  merge.add(matchOf("b", 85), SEARCH_HOLD_MS + 1);
  merge.over("a");
  merge.over("b");
  assert.deepEqual(takeAll(merge, SEARCH_HOLD_MS + 1).map(({ timeMs, late }) => [timeMs, late]), [[95, true], [
    85,
    undefined,
  ]]);
});

Deno.test("a host of which nothing can be among the newest is of no use any more", () => {
  const merge = mergeOf(["a", "b"], 2);
  merge.add(matchOf("a", 90), 0);
  merge.add(matchOf("a", 80), 0);
  assert.equal(merge.isUseful("b"), true);
  merge.reached("b", 79, 0);
  assert.deepEqual([merge.isUseful("b"), merge.isUseful("a")], [false, false]);
  merge.add(matchOf("a", 70), 0);
  assert.equal(merge.lost, "limit");
});

Deno.test("a host whose clock is ahead, or that tells no times, keeps nobody else's matches out of their order", () => {
  const merge = mergeOf(["a", "b"], 10);
  merge.add(matchOf("a", NOW * 1_000), 0);
  merge.add(matchOf("a", undefined), 0);
  merge.add(matchOf("b", NOW - 1), 0);
  merge.over("a");
  merge.over("b");
  assert.deepEqual(times(takeAll(merge)), [NOW * 1_000, undefined, NOW - 1]);
});

Deno.test("whatever comes when, the newest are sent, and in their order where no host is late", () => {
  const host = fc.array(fc.nat({ max: 200 }), { maxLength: 30 }).map((all) => all.toSorted((a, b) => b - a));
  const pace = fc.infiniteStream(fc.nat({ max: 99 }));
  const scene = [
    fc.array(host, { minLength: 1, maxLength: 5 }),
    fc.integer({ min: 1, max: 20 }),
    pace,
    fc.boolean(),
  ] as const;
  fc.assert(fc.property(...scene, (hosts, limit, steps, isSlow) => {
    const ids = hosts.map((_, index) => `h${index}`);
    const merge = mergeOf(ids, limit);
    const left = hosts.map((all) => [...all]);
    const sent: FleetSearchMatch[] = [];
    let nowMs = 0;
    for (let open = ids.length; open > 0;) {
      const index = (steps.next().value ?? 0) % ids.length;
      const [id = "", own] = [ids[index], left[index]];
      if (own === undefined) continue;
      if (isSlow) nowMs += (steps.next().value ?? 0) * 50;
      const time = own.shift();
      if (time !== undefined) merge.add(matchOf(id, time), nowMs);
      else {
        merge.over(id);
        left.splice(index, 1);
        ids.splice(index, 1);
        open--;
      }
      if ((steps.next().value ?? 0) % 2 === 0) sent.push(...takeAll(merge, nowMs));
    }
    sent.push(...takeAll(merge, nowMs));
    const expected = hosts.flat().sort((a, b) => b - a).slice(0, limit);
    assert.deepEqual(sent.map(({ timeMs = 0 }) => timeMs).sort((a, b) => b - a).slice(0, limit), expected);
    assert.equal(merge.lost !== null, sent.length < hosts.flat().length);
    let newest = Infinity;
    for (const { timeMs = 0, late } of sent) {
      assert.equal(late === true, timeMs > newest);
      newest = Math.min(newest, timeMs);
    }
    if (isSlow) return;
    // Of some that are as old, there may be one more than is wanted.
    assert.ok(sent.every(({ timeMs = 0, late }) => late === undefined && timeMs >= (expected.at(-1) ?? 0)));
  }));
});

Deno.test("matches that are large together make room for newer ones", () => {
  const merge = mergeOf(["a", "b"], 10_000);
  const large = "x".repeat(100_000);
  for (let count = 0; count < 200; count++) merge.add(matchOf("a", 1_000 - count, large), 0);
  merge.over("a");
  merge.over("b");
  const sent = takeAll(merge);
  assert.ok(sent.length < 100 && sent.length > 50);
  assert.deepEqual([merge.lost, sent[0]?.timeMs], ["size", 1_000]);
});
