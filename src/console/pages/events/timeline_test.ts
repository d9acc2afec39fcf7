import assert from "node:assert/strict";
import fc from "fast-check";
import type { FleetEvent } from "../../../protocol/mod.ts";
import { begun, byDay, isWanted, MAX_SHOWN, withNew, withOlder } from "./timeline.ts";

const event = (seq: number, more: Partial<FleetEvent> = {}): FleetEvent => ({
  ...{ seq, timeMs: seq, kind: "host", level: "info", message: `event ${seq}` },
  ...more,
});
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => event(from + at));
const seqs = (events: readonly FleetEvent[]) => events.map(({ seq }) => seq);

Deno.test("what is told while the first page is on its way stands there once", () => {
  const { events, previous } = begun({ events: range(3, 6), previous: 3 }, [event(6), event(7)]);
  assert.deepEqual([seqs(events), previous], [[7, 6, 5, 4, 3], 3]);
});

Deno.test("older ones come below, until there are none", () => {
  const first = begun({ events: range(5, 6), previous: 5 }, []);
  const second = withOlder(first, { events: range(3, 4), previous: 3 });
  const last = withOlder(second, { events: [] });
  assert.deepEqual([seqs(last.events), last.previous, last.isCut], [[6, 5, 4, 3], null, false]);
});

Deno.test("a page that stays open for long lets the oldest go and can ask for them again", () => {
  const { events, previous } = withNew(begun({ events: range(1, MAX_SHOWN) }, []), range(MAX_SHOWN, MAX_SHOWN + 10));
  assert.deepEqual([events.length, events.at(-1)?.seq, previous], [MAX_SHOWN, 11, 11]);
});

Deno.test("who goes far back loses the newest, and is not told of new ones that would leave a gap", () => {
  const far = withOlder(begun({ events: range(101, 200), previous: 101 }, []), {
    events: range(101 - MAX_SHOWN, 100),
  });
  assert.deepEqual([far.events.length, far.isCut, far.events[0]?.seq], [MAX_SHOWN, true, 100]);
  assert.equal(withNew(far, [event(201)]), far);
});

Deno.test("filters of several kinds must all hold, and empty ones leave everything", () => {
  const warning = event(1, { level: "warn", hostId: "a" });
  assert.ok(isWanted({ kinds: [], levels: [] }, warning));
  assert.ok(isWanted({ kinds: ["host"], levels: ["warn", "error"], hostId: "a" }, warning));
  assert.ok(!isWanted({ kinds: ["task"], levels: [] }, warning));
  assert.ok(!isWanted({ kinds: [], levels: ["error"] }, warning));
  assert.ok(!isWanted({ kinds: [], levels: [], hostId: "b" }, warning));
});

Deno.test("in whatever parts events come, they stand in order and once", () => {
  const parts = fc.array(fc.array(fc.integer({ min: 1, max: 50 }).map((seq) => event(seq))), { maxLength: 8 });
  fc.assert(fc.property(parts, (all) => {
    const timeline = all.reduce(
      (now, part, at) => at % 2 === 0 ? withNew(now, part) : withOlder(now, { events: part }),
      begun({ events: [] }, []),
    );
    assert.deepEqual(seqs(timeline.events), [...new Set(all.flat().map(({ seq }) => seq))].sort((a, b) => b - a));
    const days = byDay(timeline.events, (timeMs) => String(Math.floor(timeMs / 10)));
    assert.deepEqual(days.flatMap(({ events }) => events), timeline.events);
  }));
});
