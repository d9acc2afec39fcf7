import assert from "node:assert/strict";
import fc from "fast-check";
import { damaged, DAMAGES, hostText } from "../../../../tests/helpers/fixture_host.ts";
import type { DiskDevice, DiskSample, MountUse } from "../../../protocol/mod.ts";
import { parseDiskstats } from "./diskstats.linux.ts";
import { diskPoints, inodesUsedPercent, usedPercent } from "./points.ts";
import { DISK_SERIES } from "./series.ts";

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

const GIB = 2 ** 30;
const ROOT: MountUse = {
  device: "/dev/sda2",
  mountPoint: "/",
  type: "ext4",
  readOnly: false,
  sizeBytes: 100 * GIB,
  usedBytes: 60 * GIB,
  freeBytes: 40 * GIB,
  availableBytes: 15 * GIB,
  inodes: 1000,
  inodesFree: 250,
};
const SDA: DiskDevice = {
  name: "sda",
  major: 8,
  minor: 0,
  reads: 100,
  readBytes: 1_000,
  readSeconds: 10,
  writes: 200,
  writtenBytes: 2_000,
  writeSeconds: 20,
  inProgress: 1,
  busySeconds: 50,
  weightedSeconds: 70,
};
const later = (change: Partial<DiskDevice> = {}): DiskDevice => ({
  ...SDA,
  reads: 150,
  readBytes: 1_500,
  readSeconds: 10.5,
  writes: 200,
  busySeconds: 54,
  weightedSeconds: 90,
  ...change,
});
const mount = (change: Partial<MountUse>): MountUse => ({ ...ROOT, ...change });
const sampleOf = (devices: DiskDevice[], mounts: MountUse[] = []): DiskSample => ({ mounts, devices });

function points(current: DiskSample, before: DiskSample | null, elapsedSeconds = 10): Map<string, number> {
  const found = new Map<string, number>();
  diskPoints(current, before, elapsedSeconds, (series, value, instance) => {
    assert.ok(DISK_SERIES.some(({ name }) => name === series), series);
    if (value !== undefined) found.set(`${series} ${instance}`, value);
  });
  return found;
}

const devicesIn = (found: Map<string, number>) =>
  [...found.keys()].filter((key) => key.startsWith("disk.reads_per")).map((key) => key.split(" ")[1]);
const mountsIn = (found: Map<string, number>) =>
  [...found.keys()].filter((key) => key.startsWith("disk.used_percent ")).map((key) => key.slice(18));

Deno.test("use is counted as df counts it: full is when ordinary users can write no more", () => {
  const found = points(sampleOf([], [ROOT]), null);
  assert.deepEqual([...found], [
    ["disk.used_percent /", 80],
    ["disk.used_bytes /", 60 * GIB],
    ["disk.inodes_used_percent /", 75],
  ]);
  assert.equal(usedPercent(mount({ availableBytes: 0 })), 100);
});

Deno.test("used space follows from size and free space where it is not said", () => {
  assert.equal(usedPercent({ ...mount({}), usedBytes: undefined }), 80);
  assert.equal(usedPercent(mount({ usedBytes: undefined, freeBytes: 101 * GIB })), undefined);
});

Deno.test("a file system without inodes or space has no share of them in use", () => {
  assert.equal(inodesUsedPercent(mount({ inodes: 0, inodesFree: 0 })), undefined);
  assert.equal(inodesUsedPercent(mount({ inodes: 10, inodesFree: 11 })), undefined);
  assert.equal(usedPercent(mount({ usedBytes: 0, availableBytes: 0 })), undefined);
  assert.equal(usedPercent(mount({ availableBytes: undefined })), undefined);
});

Deno.test("a disk that is mounted in many places counts once, under its shortest mount point", () => {
  const found = points(sampleOf([], [mount({ mountPoint: "/var/lib/x" }), mount({ mountPoint: "/" })]), null);
  assert.deepEqual(mountsIn(found), ["/"]);
});

Deno.test("datasets and unnamed sources are told apart; what lies in memory is left out", () => {
  const found = points(
    sampleOf([], [
      mount({ device: "tank/data", mountPoint: "/tank/data", type: "zfs" }),
      mount({ device: "tank/mail", mountPoint: "/tank/mail", type: "zfs" }),
      mount({ device: "overlay", mountPoint: "/a", type: "overlay" }),
      mount({ device: "overlay", mountPoint: "/b", type: "overlay" }),
      mount({ device: "tmpfs", mountPoint: "/run", type: "tmpfs" }),
      mount({ device: "rootfs", mountPoint: "/", type: "rootfs" }),
      mount({ device: "portal", mountPoint: "/run/user/1/doc", type: "fuse.other", sizeBytes: 0 }),
    ]),
    null,
  );
  assert.deepEqual(mountsIn(found), ["/tank/data", "/tank/mail", "/a", "/b"]);
});

Deno.test("a mount that does not answer has no points, and the others have", () => {
  const stuck: MountUse = {
    device: "filer:/x",
    mountPoint: "/x",
    type: "nfs4",
    readOnly: false,
    error: "stuck: no answer",
  };
  assert.deepEqual(mountsIn(points(sampleOf([], [stuck, ROOT]), null)), ["/"]);
});

Deno.test("rates of a disk come from the reading before", () => {
  assert.deepEqual([...points(sampleOf([later()]), sampleOf([SDA]))], [
    ["disk.busy_percent sda", 40],
    ["disk.read_bytes_per_second sda", 50],
    ["disk.write_bytes_per_second sda", 0],
    ["disk.reads_per_second sda", 5],
    ["disk.writes_per_second sda", 0],
    ["disk.queue sda", 2],
    ["disk.latency_seconds sda", 0.01],
  ]);
  assert.deepEqual([...points(sampleOf([later()]), null)], []);
  assert.deepEqual([...points(sampleOf([later()]), sampleOf([SDA]), 0)], []);
});

Deno.test("no disk is busy for longer than the time that passed", () => {
  assert.equal(points(sampleOf([later({ busySeconds: 80 })]), sampleOf([SDA])).get("disk.busy_percent sda"), 100);
});

Deno.test("counters of milliseconds that wrapped at 32 bits leave their rates out and no others", () => {
  const wrapped = { busySeconds: 1, weightedSeconds: 2, readSeconds: 3 };
  const full = 2 ** 32 / 1000;
  const before = { ...SDA, busySeconds: full - 1, weightedSeconds: full - 1, readSeconds: full - 1 };
  const found = points(sampleOf([later(wrapped)]), sampleOf([before]));
  for (const series of ["busy_percent", "queue", "latency_seconds"]) {
    assert.ok(!found.has(`disk.${series} sda`), series);
  }
  assert.equal(found.get("disk.reads_per_second sda"), 5);
});

Deno.test("a device that is new, or another under the same name, has no rates yet", () => {
  assert.deepEqual([...points(sampleOf([later()]), sampleOf([]))], []);
  assert.deepEqual([...points(sampleOf([later({ minor: 16 })]), sampleOf([SDA]))], []);
  const replaced = later({ reads: 1, readBytes: 1, readSeconds: 0, writes: 1, writtenBytes: 1, busySeconds: 0 });
  const found = points(sampleOf([{ ...replaced, writeSeconds: 0, weightedSeconds: 0 }]), sampleOf([SDA]));
  assert.deepEqual([...found], []);
});

Deno.test("where the kernel lost count of what is under way there is no queue", () => {
  const found = points(sampleOf([later({ inProgress: undefined, weightedSeconds: 4_000_000 })]), sampleOf([SDA]));
  assert.equal(found.get("disk.queue sda"), undefined);
});

Deno.test("a disk at rest has no latency", () => {
  assert.equal(points(sampleOf([SDA]), sampleOf([SDA])).get("disk.latency_seconds sda"), undefined);
});

Deno.test("whole disks come first; partitions and what was never used do not come", () => {
  const named = (name: string, kind: string, reads = 100): DiskDevice => ({ ...SDA, name, reads, facts: { kind } });
  const devices = [
    named("dm-0", "mapped"),
    named("mmcblk0p1", "partition"),
    named("sda", "disk"),
    { ...named("zram0", "memory", 0), writes: 0 },
    named("md0", "raid"),
    named("sdb", "disk"),
  ];
  assert.deepEqual(devicesIn(points(sampleOf(devices), sampleOf(devices))), ["sda", "sdb", "dm-0", "md0"]);
});

Deno.test("no two readings whatever give a rate that cannot be", () => {
  const whole = hostText("storage", "proc/diskstats");
  fc.assert(fc.property(DAMAGE, DAMAGE, fc.integer({ min: -1, max: 100_000 }), (now, before, elapsedMs) => {
    const read = (damages: typeof now) => sampleOf(parseDiskstats(damaged(whole, damages), () => true));
    for (const [key, value] of points(read(now), read(before), elapsedMs / 1000)) {
      assert.ok(Number.isFinite(value) && value >= 0, `${key} is ${value}`);
      assert.ok(!key.includes("percent") || value <= 100, `${key} is ${value}`);
    }
  }));
});
