import assert from "node:assert/strict";
import { darwinDeps, darwinHost } from "../../../../tests/helpers/darwin_host.ts";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { AppError, TextSink } from "../../../core/mod.ts";
import type { DarwinMount, FileSystemUse } from "../../../platform/mod.ts";
import { darwinDisk } from "./disk.darwin.ts";
import { MountAsker } from "./mount_asker.ts";
import { diskMetrics } from "./metrics.ts";

type Options = Parameters<typeof darwinDisk>[0];

function options(given: Partial<Options> = {}): Options {
  const none = { mount_points: [], exclude_mount_points: [], exclude_types: [], devices: [], exclude_devices: [] };
  return { ...none, ...given } as unknown as Options;
}

function mount(mountPoint: string, given: Partial<DarwinMount> = {}): DarwinMount {
  const device = `/dev/${mountPoint.replaceAll("/", "")}`;
  return { mountPoint, device, type: "apfs", readOnly: false, local: true, sizeBytes: 100, freeBytes: 50, ...given };
}

const IOREG = `+-o IOBlockStorageDriver  <class IOBlockStorageDriver, id 0x1>
  |   "Statistics" = {"Bytes (Read)"=512,"Retries (Read)"=3}
  +-o A Disk Media  <class IOMedia, id 0x2>
        "BSD Name" = "disk0"
`;
const now: FileSystemUse = { sizeBytes: 100, usedBytes: 70, freeBytes: 30 };
const never = () => new AbortController().signal;

Deno.test("real mounts are reported with their numbers of now, and disks with those of ioreg", async () => {
  const measures = darwinHost({
    knownMounts: () => [
      mount("/"),
      mount("/dev", { type: "devfs" }),
      mount("/System/Volumes/Data/home", { type: "autofs" }),
      mount("/Volumes/backup"),
    ],
    toolOutput: () => Promise.resolve(IOREG),
  });
  const chosen = options({ exclude_mount_points: ["/Volumes/*"] });
  const collector = darwinDisk(chosen, darwinDeps(), new MountAsker(() => Promise.resolve(now)), measures);
  const { sample, problems } = await collector.collect(never());
  assert.deepEqual(sample.mounts, [
    { mountPoint: "/", device: "/dev/", type: "apfs", readOnly: false, ...now },
  ]);
  assert.deepEqual(sample.devices.map(({ name, readBytes }) => [name, readBytes]), [["disk0", 512]]);
  assert.deepEqual(problems, []);
});

Deno.test("a mount that does not answer keeps its last numbers and says so; the others are not held up", async () => {
  const clock = new FakeClock();
  const measures = darwinHost({
    knownMounts: () => [mount("/"), mount("/Volumes/share", { type: "smbfs", local: false })],
    toolOutput: () => Promise.resolve(IOREG),
  });
  const asker = new MountAsker((path) => path === "/" ? Promise.resolve(now) : new Promise(() => {}));
  const reading = Promise.resolve(darwinDisk(options(), darwinDeps({ clock }), asker, measures).collect(never()));
  let settled = false;
  void reading.finally(() => settled = true);
  for (let steps = 0; !settled && steps < 1000; steps++) await clock.advance(50);
  const { sample: { mounts }, problems } = await reading;
  assert.deepEqual(mounts.map(({ mountPoint, freeBytes }) => [mountPoint, freeBytes]), [["/", 30], [
    "/Volumes/share",
    50,
  ]]);
  assert.match(mounts[1]?.error ?? "", /^stuck: /);
  assert.deepEqual(problems, ["/Volumes/share is stuck: it does not answer"]);
});

Deno.test("without ioreg there are file systems, and without either there is no reading", async () => {
  const asker = new MountAsker(() => Promise.resolve(now));
  const half = darwinHost({ knownMounts: () => [mount("/")] });
  const { sample, problems } = await darwinDisk(options(), darwinDeps(), asker, half).collect(never());
  assert.equal(sample.mounts.length, 1);
  assert.deepEqual(problems, ["disks: Cannot run /usr/sbin/ioreg: not found"]);
  await assert.rejects(
    async () => await darwinDisk(options(), darwinDeps(), asker, darwinHost({})).collect(never()),
    (error) => {
      assert.ok(error instanceof AppError && error.code === "unavailable");
      return error.message.includes("getfsstat failed") && error.message.includes("ioreg");
    },
  );
});

Deno.test("devices are chosen by their names", async () => {
  const measures = darwinHost({ knownMounts: () => [], toolOutput: () => Promise.resolve(IOREG) });
  const asker = new MountAsker(() => Promise.resolve(now));
  const chosen = options({ exclude_devices: ["disk*"] });
  const { sample } = await darwinDisk(chosen, darwinDeps(), asker, measures).collect(never());
  assert.deepEqual(sample.devices, []);
});

Deno.test("errors and retries have metrics of their own", () => {
  const text = new TextSink("prometheus");
  diskMetrics(
    { mounts: [], devices: [{ name: "disk0", readErrors: 1, readRetries: 3, writeRetries: 0 }] },
    text,
    "darwin",
  );
  const lines = text.text().split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  assert.deepEqual(lines, [
    'node_disk_read_errors_total{device="disk0"} 1',
    'node_disk_read_retries_total{device="disk0"} 3',
    'node_disk_write_retries_total{device="disk0"} 0',
  ]);
});
