import assert from "node:assert/strict";
import { pointsOf } from "../../../../tests/helpers/fixture_host.ts";
import type { NetworkInterface, NetworkSample } from "../../../protocol/mod.ts";
import { networkCollector } from "./network.ts";
import { isLoopback } from "./points.ts";

const SECONDS = 10;

function direction(bytes: number) {
  return { bytes, errors: bytes / 100, dropped: bytes / 1000 };
}

function eth0(bytes: number, more: Partial<NetworkInterface> = {}): NetworkInterface {
  return { name: "eth0", index: 2, receive: direction(bytes), transmit: direction(2 * bytes), addresses: [], ...more };
}

function rates(now: NetworkInterface[], before: NetworkInterface[], seconds = SECONDS) {
  return pointsOf(networkCollector, { interfaces: now }, { interfaces: before }, seconds);
}

Deno.test("an interface has rates of bytes, errors and drops", () => {
  assert.deepEqual(rates([eth0(3000)], [eth0(1000)]), {
    "network.receive_bytes_per_second eth0": 200,
    "network.transmit_bytes_per_second eth0": 400,
    "network.receive_errors_per_second eth0": 2,
    "network.errors_per_second eth0": 6,
    "network.drops_per_second eth0": 0.6,
  });
});

Deno.test("an interface that was made anew under its name has no rate, be its counters smaller or larger", () => {
  assert.deepEqual(rates([eth0(1e15, { index: 7 })], [eth0(1000)]), {});
  assert.deepEqual(rates([eth0(5, { index: 7 })], [eth0(1000)]), {});
  assert.deepEqual(rates([eth0(5)], [eth0(1000)]), {}, "nor has one of which only the counters tell");
});

Deno.test("an interface is found whatever others have come or gone before it", () => {
  const other = { ...eth0(77), name: "veth1", index: 9 };
  const rate = "network.receive_bytes_per_second eth0";
  assert.equal(rates([other, eth0(3000)], [eth0(1000)])[rate], 200);
  assert.equal(rates([eth0(3000)], [other, eth0(1000)])[rate], 200);
  assert.equal(Object.keys(rates([other, eth0(3000)], [eth0(1000)])).some((key) => key.endsWith("veth1")), false);
});

Deno.test("without a reading before, without time between, or without counters there is no rate", () => {
  assert.deepEqual(pointsOf(networkCollector, { interfaces: [eth0(9)] }, null, SECONDS), {});
  assert.deepEqual(rates([eth0(3000)], [eth0(1000)], 0), {});
  assert.deepEqual(rates([{ name: "eth0", addresses: [] }], [eth0(1)]), {});
});

Deno.test("loopback has no charts", () => {
  const lo = (bytes: number) => eth0(bytes, { name: "lo", index: 1, attributes: { flags: 9 } });
  assert.deepEqual(rates([lo(3000)], [lo(1000)]), {});
  assert.equal(isLoopback({ name: "lo0", addresses: [] }), true);
  assert.equal(isLoopback({ name: "lo", addresses: [], attributes: { flags: 0x1003 } }), false);
  assert.equal(isLoopback({ name: "lowpan0", addresses: [] }), false);
});

Deno.test("connections, retransmits and tracked connections are of the whole host", () => {
  const sample = (retransmitted: number, entries: number): NetworkSample => ({
    interfaces: [],
    protocols: { Tcp: { CurrEstab: 12, RetransSegs: retransmitted } },
    conntrack: { entries, limit: 200 },
  });
  assert.deepEqual(pointsOf(networkCollector, sample(150, 50), sample(100, 1), SECONDS), {
    "network.tcp_connections": 12,
    "network.tcp_retransmits_per_second": 5,
    "network.conntrack_percent": 25,
  });
  const afterReset = pointsOf(networkCollector, sample(3, 900), sample(100, 1), SECONDS);
  assert.equal(afterReset["network.tcp_retransmits_per_second"], undefined);
  assert.equal(afterReset["network.conntrack_percent"], 100, "an administrator may set the limit below what there is");
});

Deno.test("where TCP is counted for each family by itself, the host has both", () => {
  const protocols = { Tcp: { CurrEstab: 3 }, Tcp6: { CurrEstab: 4 } };
  assert.deepEqual(pointsOf(networkCollector, { interfaces: [], protocols }, null, SECONDS), {
    "network.tcp_connections": 7,
  });
});

Deno.test("what the points are called is described, and nothing else", () => {
  const conntrack = { entries: 1, limit: 2 };
  const sample = (bytes: number): NetworkSample => ({
    interfaces: [eth0(bytes)],
    protocols: { Tcp: { CurrEstab: 1, RetransSegs: 1 } },
    conntrack,
  });
  const points = Object.keys(pointsOf(networkCollector, sample(2), sample(1), SECONDS));
  const described = networkCollector.series.map(({ name, instance }) => instance === undefined ? name : `${name} eth0`);
  assert.deepEqual(points.toSorted(), described.toSorted());
});
