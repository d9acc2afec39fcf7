import assert from "node:assert/strict";
import { darwinDeps, darwinHost as measuresOf, valuesOf } from "../../../../tests/helpers/darwin_host.ts";
import { darwinHost, virtualisationOf } from "./host.darwin.ts";

const OPTIONS = {} as Parameters<typeof darwinHost>[0];
const NO_ADDRESSES = () => [];

Deno.test("what a Mac is", async () => {
  const measures = measuresOf({
    sysctlText: valuesOf({
      "kern.hostname": "mac.example.com",
      "kern.osproductversion": "14.5",
      "kern.osversion": "23F79",
      "kern.ostype": "Darwin",
      "kern.osrelease": "23.5.0",
      "kern.version": "Darwin Kernel Version 23.5.0",
      "hw.machine": "arm64",
      "hw.model": "Mac14,2",
    }),
    sysctlNumber: valuesOf({ "kern.hv_vmm_present": 0 }),
    bootTimeMs: () => 1_700_000_000_250.4,
    bootSession: () => "B007",
    hostUuid: () => "00112233-4455-6677-8899-AABBCCDDEEFF",
    sessions: () => [{ name: "alice", terminal: "console", sinceMs: 1_700_000_100_000 }],
  });
  const addresses = () =>
    ["02:00:00:00:00:02", "00:00:00:00:00:00", "02:00:00:00:00:01", "02:00:00:00:00:02"].map((mac) => ({ mac }));
  const list = addresses as unknown as () => Deno.NetworkInterfaceInfo[];
  const { sample, problems } = await darwinHost(OPTIONS, darwinDeps(), measures, list).collect(
    new AbortController().signal,
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(sample.os.facts, { NAME: "macOS", VERSION: "14.5", VERSION_ID: "14.5", BUILD_ID: "23F79" });
  assert.deepEqual([sample.hostname, sample.kernel.machine, sample.virtualisation], [
    "mac.example.com",
    "arm64",
    "none",
  ]);
  assert.deepEqual([sample.bootMs, sample.bootId], [1_700_000_000_250, "B007"]);
  assert.deepEqual(sample.dmi, { system_vendor: "Apple Inc.", product_name: "Mac14,2" });
  assert.deepEqual(sample.macs, ["02:00:00:00:00:01", "02:00:00:00:00:02"]);
  assert.deepEqual(sample.users, [{ name: "alice", terminal: "console", sinceMs: 1_700_000_100_000 }]);
});

Deno.test("what fails is a problem, and the rest is there", async () => {
  const collector = darwinHost(OPTIONS, darwinDeps(), measuresOf({}), NO_ADDRESSES);
  const { sample, problems } = await collector.collect(new AbortController().signal);
  assert.equal(sample.kernel.name, "Darwin");
  assert.equal(sample.users, undefined);
  assert.deepEqual(problems, [
    "machine id: gethostuuid failed with code 5",
    "users: getutxent failed with code 5",
  ]);
});

Deno.test("a guest is named after whose it is, where the model tells", () => {
  assert.equal(virtualisationOf(1, "VMware7,1"), "vmware");
  assert.equal(virtualisationOf(1, "VirtualMac2,1"), "apple");
  assert.equal(virtualisationOf(1, "ParallelsARM-Virtual,1"), "parallels");
  assert.equal(virtualisationOf(1, "iMac20,1"), "vm-other");
  assert.equal(virtualisationOf(0, "VMware7,1"), "none");
  assert.equal(virtualisationOf(undefined, "Mac14,2"), undefined);
});
