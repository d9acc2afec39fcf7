import assert from "node:assert/strict";
import { TextSink } from "../../../core/mod.ts";
import { parseSeries } from "../../../../tests/helpers/prometheus.ts";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { refused, windowsDeps, windowsHost } from "../../../../tests/helpers/windows_host.ts";
import type { DiskCounters, VolumeUse } from "../../../platform/mod.ts";
import { BusyTime } from "./disk_counters.windows.ts";
import { windowsDisk } from "./disk.windows.ts";
import { diskMetrics } from "./metrics.ts";
import { VolumeAsker } from "./volumes.windows.ts";

const SIGNAL = new AbortController().signal;
type Options = Parameters<typeof windowsDisk>[0];
const options = (more: Partial<Options> = {}) =>
  ({
    mount_points: [],
    exclude_mount_points: [],
    exclude_types: [],
    devices: [],
    exclude_devices: [],
    ...more,
  }) as unknown as Options;

const SIZES = { sizeBytes: 1000, freeBytes: 400, availableBytes: 300 };
const USES: Readonly<Record<string, VolumeUse>> = {
  "C:\\": { kind: "fixed", readOnly: false, fileSystem: "NTFS", label: "System", serialNumber: "AB12", ...SIZES },
  "D:\\": { kind: "cdrom", readOnly: true, fileSystem: "UDF", ...SIZES, freeBytes: 0 },
  "E:\\": { kind: "removable", readOnly: false },
  "F:\\": { kind: "fixed", readOnly: false },
  "C:\\data\\": { kind: "fixed", readOnly: false, fileSystem: "ReFS", ...SIZES },
  "S:\\": { kind: "remote", readOnly: false, fileSystem: "NTFS", ...SIZES },
};
const COUNTERS: DiskCounters = {
  readBytes: 10,
  writtenBytes: 20,
  readSeconds: 3,
  writeSeconds: 4,
  idleSeconds: 100,
  reads: 4_294_967_290,
  writes: 6,
  queued: 1,
  splits: 0,
};

const host = (more: Parameters<typeof windowsHost>[0] = {}) =>
  windowsHost({
    volumes: () =>
      Object.keys(USES).map((
        root,
      ) => ({ root, device: root === "S:\\" ? "\\Device\\Mup\\server\\share" : undefined } as never)),
    volumeUse: (root) => Promise.resolve(USES[root] ?? { kind: "unknown", readOnly: false }),
    diskCounters: () => COUNTERS,
    disksOf: () => [0, 1],
    physicalDisks: () => ["PhysicalDrive0", "PhysicalDrive1"],
    ...more,
  });

function read(chosen = options(), measures = host(), clock = new FakeClock()) {
  return Promise.resolve(
    windowsDisk(chosen, windowsDeps({ clock }), measures, new VolumeAsker(measures)).collect(SIGNAL),
  );
}

Deno.test("drives and folders are reported; discs and empty drives only by name", async () => {
  const { sample, problems } = await read();
  assert.deepEqual(sample.mounts.map(({ mountPoint }) => mountPoint), ["C:", "F:", "C:\\data", "S:"]);
  assert.deepEqual(problems, ["drive F: it does not tell its use: it is locked, not formatted or not reachable"]);
  const named = await read(options({ mount_points: ["D:\\", "E:"] }));
  assert.deepEqual(named.sample.mounts.map(({ mountPoint }) => mountPoint), ["D:", "E:"]);
  const types = await read(options({ exclude_types: ["ntfs"], exclude_mount_points: ["F:"] }));
  assert.deepEqual(types.sample.mounts.map(({ mountPoint }) => mountPoint), ["C:\\data"]);
});

Deno.test("a drive has its use, its facts and its counters; a share has no counters", async () => {
  const { sample } = await read();
  assert.deepEqual(sample.mounts[0], {
    mountPoint: "C:",
    device: "C:\\",
    type: "NTFS",
    readOnly: false,
    label: "System",
    sizeBytes: 1000,
    usedBytes: 600,
    freeBytes: 400,
    availableBytes: 300,
    facts: { kind: "fixed", serial_number: "AB12", disks: "0;1" },
    counters: {
      readBytes: 10,
      writtenBytes: 20,
      readSeconds: 3,
      writeSeconds: 4,
      idleSeconds: 100,
      reads: 4_294_967_290,
      writes: 6,
      splits: 0,
      inProgress: 1,
    },
  });
  assert.equal(sample.mounts.at(-1)?.counters, undefined);
});

Deno.test("a disk is busy when it is not idle, and its operations go on when they wrap", async () => {
  const clock = new FakeClock();
  let counters = COUNTERS;
  const measures = host({ diskCounters: () => counters });
  const collector = windowsDisk(options(), windowsDeps({ clock }), measures, new VolumeAsker(measures));
  assert.equal((await collector.collect(SIGNAL)).sample.devices[0]?.busySeconds, 0);
  await clock.advance(10_000);
  counters = { ...COUNTERS, idleSeconds: 104, reads: 4 };
  const { sample } = await collector.collect(SIGNAL);
  assert.deepEqual([sample.devices[0]?.busySeconds, sample.devices[0]?.reads], [6, 4_294_967_300]);
  assert.equal(sample.mounts[0]?.counters?.reads, 4_294_967_300);
});

Deno.test("time in which a disk was busy never falls, whatever its idle time does", () => {
  const busy = new BusyTime(0, 50);
  assert.equal(busy.at(10, 60.5), 0);
  assert.equal(busy.at(20, 61.5), 9);
  assert.equal(busy.at(30, 2), 9, "another disk under the same name");
  assert.equal(busy.at(40, 4), 17);
  assert.equal(busy.at(40, 4), 17);
});

Deno.test("a drive that never answers does not keep the others", async () => {
  const clock = new FakeClock();
  const measures = host({
    volumeUse: (root) => root === "S:\\" ? new Promise(() => {}) : Promise.resolve(USES[root] as VolumeUse),
  });
  const asker = new VolumeAsker(measures);
  const reading = windowsDisk(options(), windowsDeps({ clock }), measures, asker).collect(SIGNAL);
  let done = false;
  void Promise.resolve(reading).then(() => done = true);
  while (!done) await clock.advance(100);
  const { sample, problems } = await reading;
  assert.equal(sample.mounts.find(({ mountPoint }) => mountPoint === "C:")?.usedBytes, 600);
  assert.match(sample.mounts.find(({ mountPoint }) => mountPoint === "S:")?.error ?? "", /^stuck: /);
  assert.ok(problems.some((problem) => problem.includes("S:\\ is stuck")), problems.join());
});

Deno.test("what cannot be read is absent and a problem; without drives and disks there is no reading", async () => {
  const counted = await read(options(), host({ diskCounters: refused("counters"), disksOf: refused("extents") }));
  assert.deepEqual(counted.sample.devices, []);
  assert.equal(counted.sample.mounts[0]?.counters, undefined);
  assert.equal(counted.sample.mounts[0]?.usedBytes, 600);
  assert.ok(counted.problems.some((problem) => problem.startsWith("PhysicalDrive1: Cannot")));
  assert.equal(new Set(counted.problems).size, counted.problems.length);
  const drives = await read(options(), host({ physicalDisks: refused("disks") }));
  assert.deepEqual([drives.sample.devices.length, drives.sample.mounts.length], [0, 4]);
  await assert.rejects(read(options(), windowsHost({})), { code: "unavailable" });
});

Deno.test("metrics have windows_exporter's names for volumes and disks", async () => {
  const { sample } = await read();
  const sink = new TextSink("prometheus");
  diskMetrics(sample, sink, "windows");
  const series = parseSeries(sink.text());
  assert.equal(series.get('windows_logical_disk_size_bytes{volume="C:"}'), 1000);
  assert.equal(series.get('windows_logical_disk_free_bytes{volume="S:"}'), 400);
  assert.equal(series.get('windows_logical_disk_size_bytes{volume="F:"}'), undefined);
  assert.equal(series.get('windows_logical_disk_read_seconds_total{volume="C:"}'), 3);
  assert.equal(series.get('windows_logical_disk_read_write_latency_seconds_total{volume="C:"}'), 7);
  assert.equal(series.get('windows_physical_disk_writes_total{disk="1"}'), 6);
  const info = [...series.keys()].find((name) => name.startsWith("windows_logical_disk_info{"));
  assert.equal(
    info,
    'windows_logical_disk_info{disk="0;1",filesystem="NTFS",serial_number="AB12",type="fixed",volume="C:",volume_name="System"}',
  );
  assert.ok([...series.keys()].every((name) => name.startsWith("windows_")));
});
