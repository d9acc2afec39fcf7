import assert from "node:assert/strict";
import fc from "fast-check";
import { badNumbers, damaged, DAMAGES, hostText } from "../../../../tests/helpers/fixture_host.ts";
import { parseDiskstats } from "./diskstats.linux.ts";

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

const all = () => true;
const only = (text: string) => {
  const devices = parseDiskstats(text, all);
  assert.equal(devices.length, 1);
  return { ...devices[0] };
};

Deno.test("all 17 fields of a kernel of today are read", () => {
  assert.deepEqual(only(" 254       0 vda 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n"), {
    name: "vda",
    major: 254,
    minor: 0,
    reads: 1,
    readsMerged: 2,
    readBytes: 3 * 512,
    readSeconds: 0.004,
    writes: 5,
    writesMerged: 6,
    writtenBytes: 7 * 512,
    writeSeconds: 0.008,
    inProgress: 9,
    busySeconds: 0.01,
    weightedSeconds: 0.011,
    discards: 12,
    discardsMerged: 13,
    discardedSectors: 14,
    discardSeconds: 0.015,
    flushes: 16,
    flushSeconds: 0.017,
  });
});

Deno.test("older kernels have 11 or 15 fields, and what they lack is absent", () => {
  const sda = parseDiskstats(hostText("centos7", "proc/diskstats"), (name) => name === "sda")[0];
  assert.equal(sda?.weightedSeconds, 9325.104);
  assert.equal(sda?.discards, undefined);
  assert.equal(sda?.flushes, undefined);
  const nvme = parseDiskstats(hostText("server128", "proc/diskstats"), (name) => name === "nvme1n1")[0];
  assert.equal(nvme?.discardSeconds, 2.158);
  assert.equal(nvme?.flushes, undefined);
});

Deno.test("fields that kernels may add one day change nothing", () => {
  const known = only("8 0 sda 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17");
  assert.deepEqual(only("8 0 sda 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20"), known);
});

Deno.test("the four fields of an old kernel's partition are reads, sectors, writes, sectors", () => {
  const { reads, readBytes, writes, writtenBytes, readsMerged, busySeconds } = only("8 1 sda1 10 20 30 40\n");
  assert.deepEqual([reads, readBytes, writes, writtenBytes], [10, 20 * 512, 30, 40 * 512]);
  assert.deepEqual([readsMerged, busySeconds], [undefined, undefined]);
});

Deno.test("a field that is no number is absent, and its neighbours are not", () => {
  const { reads, readsMerged, readBytes, readSeconds } = only("8 0 sda 1 -2 3x 4 5 6 7 8 9 10 11");
  assert.deepEqual([reads, readsMerged, readBytes, readSeconds], [1, undefined, undefined, 0.004]);
});

Deno.test("a count of operations under way that fell below zero is absent", () => {
  assert.equal(only("8 0 sda 1 2 3 4 5 6 7 8 4294967295 10 11").inProgress, undefined);
});

Deno.test("only the wanted devices are read, in their order", () => {
  const devices = parseDiskstats(hostText("storage", "proc/diskstats"), (name) => name.startsWith("dm-"));
  assert.deepEqual(devices.map(({ name, minor }) => [name, minor]), [["dm-0", 0], ["dm-1", 1], ["dm-2", 2], [
    "dm-3",
    3,
  ]]);
});

Deno.test("nothing gives nothing", () => {
  assert.deepEqual(parseDiskstats("", all), []);
  assert.deepEqual(parseDiskstats("\n\n 8 0\n", all), []);
});

for (const host of ["vm", "centos7", "storage"] as const) {
  Deno.test(`no damage to the text of ${host} gives a number that cannot be`, () => {
    fc.assert(fc.property(DAMAGE, (damages) => {
      assert.deepEqual(badNumbers(parseDiskstats(damaged(hostText(host, "proc/diskstats"), damages), all)), []);
    }));
  });
}
