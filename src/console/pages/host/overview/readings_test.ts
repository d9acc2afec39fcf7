import assert from "node:assert/strict";
import fc from "fast-check";
import type { SamplesReport } from "../../../../protocol/mod.ts";
import { MAX_ROWS, Readings } from "./readings.ts";

function reading(collector: string, sample: unknown, points: Record<string, number> = {}): Readings {
  return new Readings({
    readings: [{ collector, timeMs: 0, durationMs: 1, problems: ["one is absent"], sample, points }],
  });
}

Deno.test("a mount has its sizes, and its percentages as the host counts them", () => {
  const mount = { mountPoint: '/a "b"', device: "/dev/sda1", type: "ext4", readOnly: true, sizeBytes: 100 };
  const points = { 'disk.used_percent{mount="/a \\"b\\""}': 42, 'disk.inodes_used_percent{mount="/a \\"b\\""}': 7 };
  const rows = reading("disk", { mounts: [{ ...mount, usedBytes: 40, availableBytes: 50 }], devices: [] }, points);
  assert.deepEqual(rows.mounts(), [{
    mountPoint: '/a "b"',
    device: "/dev/sda1",
    type: "ext4",
    isReadOnly: true,
    sizeBytes: 100,
    usedBytes: 40,
    availableBytes: 50,
    usedPercent: 42,
    inodesUsedPercent: 7,
  }]);
  assert.deepEqual(rows.problems("disk"), ["one is absent"]);
});

Deno.test("a mount without a percentage gets that of its sizes, and one that cannot be read says why", () => {
  const [sized, stuck] = reading("disk", {
    mounts: [
      { mountPoint: "/", device: "d", type: "t", readOnly: false, usedBytes: 25, availableBytes: 75 },
      { mountPoint: "/n", device: "d", type: "nfs", readOnly: false, error: "stuck: it does not answer" },
    ],
  }).mounts();
  assert.equal(sized?.usedPercent, 25);
  assert.deepEqual(stuck, {
    mountPoint: "/n",
    device: "d",
    type: "nfs",
    isReadOnly: false,
    error: "stuck: it does not answer",
  });
});

Deno.test("an interface has its rates, and the errors of both directions", () => {
  const eth0 = { name: "eth0", up: true, addresses: ["10.0.0.2/24"], receive: { bytes: 5, errors: 1 } };
  const points = { 'network.receive_bytes_per_second{interface="eth0"}': 12 };
  assert.deepEqual(
    reading("network", { interfaces: [{ ...eth0, transmit: { bytes: 6, errors: 2 } }] }, points).interfaces(),
    [{
      name: "eth0",
      state: "up",
      addresses: ["10.0.0.2/24"],
      receiveBytesPerSecond: 12,
      receivedBytes: 5,
      transmittedBytes: 6,
      errors: 3,
    }],
  );
});

Deno.test("pressure and sensors are there where they were measured", () => {
  const some = { avg10: 1, avg60: 2, avg300: 3, totalSeconds: 4 };
  assert.deepEqual(reading("pressure", { cpu: { some }, io: {} }).pressures(), [
    { resource: "cpu", some10: 1, some300: 3 },
  ]);
  const sensors = [
    { chip: "c", sensor: "fan1", kind: "fan", value: 900 },
    {
      chip: "c",
      chipName: "coretemp",
      sensor: "temp1",
      label: "Core 0",
      kind: "temperature",
      value: 50,
      limits: { crit: 90 },
    },
    { chip: "c", sensor: "in0", kind: "voltage", value: 12 },
  ];
  const zones = [{ zone: "thermal_zone0", type: "acpitz", celsius: 60 }];
  assert.deepEqual(reading("temperature", { sensors, zones }).sensors(), [
    { name: "thermal_zone0 acpitz", kind: "temperature", value: 60 },
    { name: "coretemp Core 0", kind: "temperature", value: 50, limit: 90 },
    { name: "c fan1", kind: "fan", value: 900 },
  ]);
});

Deno.test("a host cannot make the page draw without bound", () => {
  const mounts = Array.from({ length: 5_000 }, (_, at) => ({ mountPoint: `/${at}` }));
  assert.equal(reading("disk", { mounts }).mounts().length, MAX_ROWS);
});

Deno.test("an object where a text is due is as good as absent", () => {
  const bad = { toString: 1, valueOf: 1 };
  assert.equal(reading("disk", { mounts: [{ mountPoint: bad, error: bad }] }).mounts()[0]?.mountPoint, "");
  const sensor = { chip: bad, sensor: bad, kind: "temperature", value: 1 };
  assert.equal(reading("temperature", { sensors: [sensor] }).sensors()[0]?.name, " ");
});

Deno.test("whatever a host says makes no reading throw", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom("disk", "network", "pressure", "temperature"), (sample, name) => {
      const of = (inner: unknown) => reading(name, inner);
      for (
        const inner of [sample, { mounts: sample, interfaces: sample, sensors: sample, zones: sample, cpu: sample }]
      ) {
        const rows = of(inner);
        rows.mounts();
        rows.interfaces();
        rows.pressures();
        rows.sensors();
      }
      const whole = new Readings({ readings: sample } as unknown as SamplesReport);
      assert.ok(Array.isArray(whole.mounts()) && Array.isArray(whole.problems("disk")));
    }),
  );
});
