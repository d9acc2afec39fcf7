import assert from "node:assert/strict";
import fc from "fast-check";
import { badNumbers, damaged, DAMAGES, hostText } from "../../../../tests/helpers/fixture_host.ts";
import { parseMdstat } from "./mdstat.linux.ts";

const DAMAGE = fc.array(
  fc.record({
    kind: fc.constantFrom(...DAMAGES),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    text: fc.oneof(
      fc.constantFrom("-1", "99999999999999999999999", "1e309", "\\9"),
      fc.string({ unit: "binary", maxLength: 8 }),
    ),
  }),
  { maxLength: 8 },
);

const STORAGE = new Map(parseMdstat(hostText("storage", "proc/mdstat")).map((array) => [array.name, array]));

Deno.test("every array is found, and nothing else", () => {
  assert.deepEqual([...STORAGE.keys()], ["md0", "md1", "md2", "md3", "md4", "md127"]);
});

Deno.test("a whole array is in sync", () => {
  assert.deepEqual(STORAGE.get("md0"), {
    name: "md0",
    level: "raid1",
    state: "active",
    disksFailed: 0,
    disksSpare: 0,
    disksRequired: 2,
    disksActive: 2,
    blocks: 1_046_528,
    blocksSynced: 1_046_528,
  });
});

Deno.test("an array that recovers says how far it has come, and which disks it lacks", () => {
  assert.deepEqual(STORAGE.get("md1"), {
    name: "md1",
    level: "raid5",
    state: "recovering",
    disksFailed: 1,
    disksSpare: 1,
    disksRequired: 4,
    disksActive: 3,
    blocks: 2_929_890_816,
    blocksSynced: 123_456_789,
  });
});

Deno.test("of a sync that has not begun nothing is done", () => {
  assert.equal(STORAGE.get("md2")?.state, "resyncing");
  assert.equal(STORAGE.get("md2")?.blocksSynced, 0);
  assert.equal(STORAGE.get("md2")?.level, "raid10");
});

Deno.test("a check is told from a sync", () => {
  assert.equal(STORAGE.get("md4")?.state, "checking");
  assert.equal(STORAGE.get("md4")?.blocksSynced, 557_657_088);
});

Deno.test("an array without redundancy has the disks that are listed", () => {
  assert.deepEqual([STORAGE.get("md3")?.disksRequired, STORAGE.get("md3")?.disksActive], [2, 2]);
});

Deno.test("an array that was never started has no disk at work", () => {
  const array = STORAGE.get("md127");
  assert.deepEqual([array?.state, array?.disksActive, array?.disksSpare], ["inactive", 0, 1]);
});

Deno.test("a driver without arrays has none", () => {
  assert.deepEqual(parseMdstat("Personalities : \nunused devices: <none>\n"), []);
});

Deno.test("no damage to the text gives a number that cannot be, or an array twice", () => {
  fc.assert(fc.property(DAMAGE, (damages) => {
    const arrays = parseMdstat(damaged(hostText("storage", "proc/mdstat"), damages));
    assert.deepEqual(badNumbers(arrays), []);
    assert.equal(new Set(arrays.map(({ name }) => name)).size, arrays.length);
  }));
});
