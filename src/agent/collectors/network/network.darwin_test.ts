import assert from "node:assert/strict";
import { darwinDeps, darwinHost } from "../../../../tests/helpers/darwin_host.ts";
import type { InterfaceCounters } from "../../../platform/mod.ts";
import { darwinNetwork } from "./network.darwin.ts";

const OPTIONS = { interfaces: [], exclude_interfaces: ["utun*"] } as unknown as Parameters<typeof darwinNetwork>[0];
const COUNTERS: InterfaceCounters = {
  name: "en0",
  flags: 0x8863,
  up: true,
  mtu: 1500,
  dropsOut: 5,
  bitsPerSecond: 1_000_000_000,
  packetsIn: 11,
  errorsIn: 12,
  packetsOut: 13,
  errorsOut: 14,
  collisions: 15,
  bytesIn: 16,
  bytesOut: 17,
  multicastIn: 18,
  multicastOut: 19,
  dropsIn: 20,
  unknownProtocol: 21,
};
const ADDRESS = { family: "IPv4", netmask: "255.255.255.0", scopeid: null } as const;
const ADDRESSES = [
  { ...ADDRESS, name: "en0", address: "192.0.2.7", cidr: "192.0.2.7/24", mac: "02:00:00:00:00:01" },
  { ...ADDRESS, name: "lo0", address: "127.0.0.1", cidr: "127.0.0.1/8", mac: "00:00:00:00:00:00" },
] as unknown as Deno.NetworkInterfaceInfo[];

function collect(counters: InterfaceCounters[], addresses: () => Deno.NetworkInterfaceInfo[] = () => ADDRESSES) {
  const measures = darwinHost({ interfaceCounters: () => counters });
  return darwinNetwork(OPTIONS, darwinDeps(), measures, addresses).collect(new AbortController().signal);
}

Deno.test("an interface has its counters, its link and its addresses", async () => {
  const { sample, problems } = await collect([COUNTERS, { ...COUNTERS, name: "utun3" }]);
  assert.deepEqual(sample.interfaces, [{
    name: "en0",
    receive: { bytes: 16, packets: 11, errors: 12, dropped: 20, multicast: 18 },
    transmit: { bytes: 17, packets: 13, errors: 14, dropped: 5, collisions: 15, multicast: 19 },
    state: "up",
    up: true,
    mtu: 1500,
    speedBytesPerSecond: 125_000_000,
    mac: "02:00:00:00:00:01",
    addresses: ["192.0.2.7/24"],
    attributes: { flags: 0x8863, noproto: 21 },
  }]);
  assert.deepEqual(problems, []);
});

Deno.test("counters that nobody has filled are absent, and loopback has no hardware address", async () => {
  const { sample: { interfaces: [loopback] } } = await collect([
    { ...COUNTERS, name: "lo0", up: false, bytesIn: undefined, errorsOut: undefined, bitsPerSecond: undefined },
  ]);
  assert.equal(loopback?.receive, undefined);
  assert.deepEqual([loopback?.transmit?.bytes, loopback?.transmit?.errors], [17, undefined]);
  assert.deepEqual([loopback?.state, loopback?.mac, loopback?.speedBytesPerSecond], ["down", undefined, undefined]);
});

Deno.test("without addresses the counters are still there", async () => {
  const { sample, problems } = await collect([COUNTERS], () => {
    throw new Error("not permitted");
  });
  assert.deepEqual(sample.interfaces[0]?.addresses, []);
  assert.deepEqual(problems, ["addresses: not permitted"]);
});
