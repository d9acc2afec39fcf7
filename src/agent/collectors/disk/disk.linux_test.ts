import assert from "node:assert/strict";
import { join } from "node:path";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { depsFor, hostRoots } from "../../../../tests/helpers/fixture_host.ts";
import { inTempDir } from "../../../../tests/helpers/temp_dir.ts";
import { AppError } from "../../../core/mod.ts";
import type { CollectorsConfig } from "../contract.ts";
import type { Roots } from "../reading/tree_reader.ts";
import { linuxDisk } from "./disk.linux.ts";
import { diskCollector } from "./disk.ts";
import { headlineDevices, headlineMounts } from "./headline.ts";
import { MountAsker, PATIENCE_MS, type ReadUse } from "./mount_asker.ts";

const USE = { sizeBytes: 1000, usedBytes: 400, freeBytes: 600, availableBytes: 500, inodes: 10, inodesFree: 5 };
const SIGNAL = new AbortController().signal;
type Options = CollectorsConfig["disk"];

function setUp(roots: Roots, readUse: ReadUse = () => Promise.resolve(USE), options: Partial<Options> = {}) {
  const clock = new FakeClock();
  const lists = { mount_points: [], exclude_mount_points: [], exclude_types: [], devices: [], exclude_devices: [] };
  const given = { ...lists, ...options } as unknown as Options;
  const collector = linuxDisk(given, depsFor(roots, clock), new MountAsker(readUse));
  return { clock, collector, [Symbol.dispose]: () => collector.close?.() };
}

for (
  const [host, devices, charts] of [
    ["vm", ["vda", "zram0"], ["vda"]],
    ["loaded", ["vda", "zram0"], ["vda"]],
    ["namespace", ["vda", "zram0"], ["vda"]],
    ["centos7", ["sda", "sr0", "dm-0", "dm-1"], ["sda", "sr0", "dm-0", "dm-1"]],
    ["limited", ["nvme0n1"], ["nvme0n1"]],
    ["arm64_board", ["mmcblk0", "mmcblk0p1", "mmcblk0p2", "zram0"], ["mmcblk0", "zram0"]],
  ] as const
) {
  Deno.test(`${host}: its disks are reported, and those that tell something are in charts`, async () => {
    using host_ = setUp(hostRoots(host));
    const { sample, problems } = await host_.collector.collect(SIGNAL);
    assert.deepEqual(sample.devices.map(({ name }) => name), devices);
    assert.deepEqual(headlineDevices(sample.devices).map(({ name }) => name), charts);
    assert.deepEqual(problems, []);
    assert.equal(sample.arrays, undefined);
  });
}

for (
  const [host, charts] of [
    ["vm", ["/"]],
    ["loaded", ["/"]],
    ["namespace", ["/data"]],
    ["centos7", ["/", "/boot"]],
    ["limited", ["/data"]],
    ["arm64_board", ["/", "/boot/firmware"]],
    ["storage", [
      "/",
      "/boot",
      "/exports/first",
      "/srv/media",
      "/tank/data",
      "/tank/data/mail",
      "/home/ada",
      "/srv/My Files",
      "/srv/v6",
      "/mnt/Team Docs",
      "/mnt/tab\tand\\slash",
    ]],
  ] as const
) {
  Deno.test(`${host}: each file system is in charts once`, async () => {
    using host_ = setUp(hostRoots(host));
    const { sample } = await host_.collector.collect(SIGNAL);
    assert.deepEqual(headlineMounts(sample.mounts).map(({ mountPoint }) => mountPoint), charts);
    assert.ok(sample.mounts.every(({ usedBytes, error }) => usedBytes === 400 && error === undefined));
  });
}

Deno.test("a server with many disks has them all, with what they are", async () => {
  using host = setUp(hostRoots("server128"));
  const { sample } = await host.collector.collect(SIGNAL);
  assert.equal(sample.devices.length, 28);
  assert.equal(sample.mounts.filter(({ mountPoint }) => mountPoint.startsWith("/data/")).length, 24);
  assert.equal(sample.devices.find(({ name }) => name === "nvme2n1")?.facts?.["model"], "Datacenter NVMe 3840GB");
});

Deno.test("devices are chosen by the config", async () => {
  using host = setUp(hostRoots("storage"), undefined, { devices: ["sd*", "sda1"], exclude_devices: ["sdd*"] });
  const { sample } = await host.collector.collect(SIGNAL);
  assert.deepEqual(sample.devices.map(({ name }) => name), ["sda", "sda1", "sdb", "sdc"]);
  assert.equal(sample.arrays?.length, 6);
});

Deno.test("a mount that hangs has an error, the others their use, and the problem reads the same each time", async () => {
  const readUse: ReadUse = (path) => path.includes("My Files") ? new Promise(() => {}) : Promise.resolve(USE);
  using host = setUp(hostRoots("storage"), readUse);
  const first = host.collector.collect(SIGNAL);
  await host.clock.advance(PATIENCE_MS);
  const { sample, problems } = await first;
  const stuck = sample.mounts.filter(({ error }) => error !== undefined);
  assert.deepEqual(stuck.map(({ mountPoint, error }) => [mountPoint, error]), [
    ["/srv/My Files", "stuck: no answer for 2 s"],
  ]);
  assert.equal(stuck[0]?.sizeBytes, undefined);
  assert.equal(problems.length, 1);

  await host.clock.advance(60_000);
  const second = await host.collector.collect(SIGNAL);
  const errors = new Map(second.sample.mounts.map(({ mountPoint, error }) => [mountPoint, error]));
  assert.equal(errors.get("/srv/My Files"), "stuck: no answer for 62 s");
  assert.match(errors.get("/home/ada") ?? "", /^not asked: .*My Files, of the same source, does not answer$/);
  assert.ok(second.problems.includes(problems[0] ?? ""));
});

Deno.test("a mount that gives an error is named with the reason", async () => {
  const readUse: ReadUse = (path) =>
    path.endsWith("boot") ? Promise.reject(new Error("Cannot read the use of /boot: no")) : Promise.resolve(USE);
  using host = setUp(hostRoots("centos7"), readUse);
  const { sample, problems } = await host.collector.collect(SIGNAL);
  assert.equal(
    sample.mounts.find(({ mountPoint }) => mountPoint === "/boot")?.error,
    "Cannot read the use of /boot: no",
  );
  assert.deepEqual(problems, ["Cannot read the use of /boot: no"]);
});

Deno.test("mounts are asked below the root, and named without it", async () => {
  const asked: string[] = [];
  const readUse: ReadUse = (path) => {
    asked.push(path);
    return Promise.resolve(USE);
  };
  using host = setUp(hostRoots("vm"), readUse);
  const { sample } = await host.collector.collect(SIGNAL);
  assert.deepEqual(sample.mounts.map(({ mountPoint }) => mountPoint), ["/"]);
  assert.deepEqual(asked, [join(hostRoots("vm").root, "/")]);
});

Deno.test("a host of which nothing can be read is an error that says so", async () => {
  await inTempDir(async (dir) => {
    using host = setUp({ proc: dir, sys: dir, root: dir });
    await assert.rejects(async () => await host.collector.collect(SIGNAL), (error) => {
      assert.ok(error instanceof AppError && error.code === "unavailable");
      assert.match(error.message, /^Cannot read disks: .*mounts: No such file.*diskstats: No such file/);
      return true;
    });
  });
});

Deno.test("disks that cannot be counted are a problem, and the mounts are reported", async () => {
  await inTempDir(async (dir) => {
    Deno.mkdirSync(join(dir, "self"));
    Deno.writeTextFileSync(join(dir, "self", "mounts"), "/dev/sda1 / ext4 rw 0 0\n");
    using host = setUp({ proc: dir, sys: dir, root: dir });
    const { sample, problems } = await host.collector.collect(SIGNAL);
    assert.equal(sample.mounts.length, 1);
    assert.deepEqual(sample.devices, []);
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", /diskstats/);
  });
});

Deno.test("mounts, disks and what they are may change while the agent runs", async () => {
  await inTempDir(async (dir) => {
    const write = (file: string, text: string) => {
      Deno.mkdirSync(join(dir, file, ".."), { recursive: true });
      Deno.writeTextFileSync(join(dir, file), text);
    };
    write("1/mounts", "/dev/sda / ext4 rw 0 0\n");
    write("diskstats", "8 0 sda 100 2 3 4 5 6 7 8 9 10 11\n");
    write("class/block/sda/device/model", "First\n");
    using host = setUp({ proc: dir, sys: dir, root: dir });
    const read = async () => (await host.collector.collect(SIGNAL)).sample;
    assert.equal((await read()).devices[0]?.facts?.["model"], "First");

    write("class/block/sda/device/model", "Second\n");
    write("1/mounts", "/dev/sda / ext4 rw 0 0\n/dev/sdb /data ext4 rw 0 0\n");
    assert.equal((await read()).devices[0]?.facts?.["model"], "First", "facts are kept");
    assert.equal((await read()).mounts.length, 2);

    write("diskstats", "8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n");
    const replaced = await read();
    assert.equal(replaced.devices[0]?.facts?.["model"], "Second", "its counters began anew: it is another device");
    assert.equal(replaced.devices.length, 1);

    write("class/block/sda/device/model", "Third\n");
    write("mdstat", "md0 : active raid1 sdb1[1] sda1[0]\n      8 blocks [2/2] [UU]\n");
    await host.clock.advance(10 * 60_000);
    const renewed = await read();
    assert.equal(renewed.devices[0]?.facts?.["model"], "Third", "facts do not last for ever");
    assert.equal(renewed.arrays?.length, 1);
  });
});

Deno.test({ name: "this host's own disks are read", ignore: Deno.build.os !== "linux" }, async () => {
  using host = setUp({ proc: "/proc", sys: "/sys", root: "/" });
  const { sample } = await host.collector.collect(SIGNAL);
  assert.ok(sample.mounts.length > 0 || sample.devices.length > 0);
  assert.equal(diskCollector.name, "disk");
});
