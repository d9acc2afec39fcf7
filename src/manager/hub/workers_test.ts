import assert from "node:assert/strict";
import fc from "fast-check";
import { codeOf, hubFixture } from "../../../tests/helpers/hub_fixture.ts";
import type { WorkerHeartbeat } from "../../protocol/mod.ts";
import { numberOf } from "./workers.ts";

const BEAT: WorkerHeartbeat = {
  port: 8080,
  info: {
    ip: "10.0.0.5",
    hostname: "old-box",
    mac_addr: "AA:BB:CC:00:11:22",
    os: "Ubuntu 18.04",
    arch: "amd64",
    cpu_cores: "4",
    mem_total: 8_000_000_000,
    disk_total: null,
  },
  status: {
    cpu_usage: "12.5%",
    mem_usage: 40,
    disk_usage: " 71 ",
    net_in_speed: 1_000,
    net_out_speed: "n/a",
    uptime: 60,
  },
};

Deno.test("a worker's heartbeat makes a host that only reports, with what it measures", async () => {
  const { hub, clock, store, samples, stop } = await hubFixture();
  const { hostId, intervalMs, settings } = await hub.workerHeartbeat(BEAT, "192.0.2.9");
  assert.deepEqual([intervalMs, settings], [3_000, {}]);
  const view = hub.view(hostId);
  assert.deepEqual([view?.name, view?.kind, view?.state, view?.address, view?.uptimeMs], [
    "old-box",
    "worker",
    "online",
    "192.0.2.9",
    60_000,
  ]);
  assert.deepEqual(view?.latest, {
    timeMs: clock.nowMs(),
    values: {
      "cpu.usage_percent": 12.5,
      "memory.used_percent": 40,
      "disk.used_percent": 71,
      "network.receive_bytes_per_second": 1_000,
    },
  });
  assert.deepEqual(view?.facts, {
    hostname: "old-box",
    os: "linux",
    arch: "amd64",
    version: "",
    osName: "Ubuntu 18.04",
    cpuCores: 4,
    memoryTotalBytes: 8_000_000_000,
    address: "10.0.0.5",
  });
  assert.equal((await store.hosts.get(hostId))?.publicKey, "");
  assert.equal(samples.report().hosts, 1);
  assert.equal(await codeOf(hub.fetch(hostId, new Request("http://tunnel/v1/status"))), "unsupported");
  await stop();
});

Deno.test("it is one host by its name and hardware address, however it spells that, and after a restart too", async () => {
  const first = await hubFixture();
  const spelled = { ...BEAT, info: { ...BEAT.info, mac_addr: "aa-bb-cc-00-11-22" } };
  const another = { ...BEAT, info: { ...BEAT.info, mac_addr: "aa:bb:cc:00:11:23" } };
  const ids = await Promise.all([BEAT, BEAT, spelled, another].map((beat) => first.hub.workerHeartbeat(beat, "")));
  assert.deepEqual(ids.map(({ hostId }) => hostId === ids[0]?.hostId), [true, true, true, false]);
  assert.deepEqual(first.hub.views().map(({ name }) => name).sort(), ["old-box", "old-box-2"]);
  await first.stop();
  const second = await hubFixture({ store: first.store, clock: first.clock });
  assert.equal((await second.hub.workerHeartbeat(BEAT, "")).hostId, ids[0]?.hostId);
  await second.stop();
});

Deno.test("one that falls silent is unreachable and offline by its own pace, and back with its next report", async () => {
  const { hub, clock, stop } = await hubFixture();
  const { hostId } = await hub.workerHeartbeat(BEAT, "");
  const state = () => hub.view(hostId)?.state;
  await clock.advance(8_000);
  assert.equal(state(), "unreachable");
  await clock.advance(20_000);
  assert.equal(state(), "offline");
  await hub.workerHeartbeat(BEAT, "");
  assert.equal(state(), "online");
  await stop();
});

Deno.test("there are as many of them as there may be, and settings are told to them", async () => {
  const { hub, settings, stop } = await hubFixture({ maxWorkers: 1 });
  await settings.put({ select: "name=old-*", values: { "manager.heartbeat_interval": "5s" } }, "root");
  const { intervalMs, settings: told, hostId } = await hub.workerHeartbeat(BEAT, "");
  assert.deepEqual([intervalMs, told], [5_000, { "manager.heartbeat_interval": "5s" }]);
  const another = { ...BEAT, info: { hostname: "another" } };
  assert.equal(await codeOf(hub.workerHeartbeat(another, "")), "conflict");
  await hub.remove(hostId);
  await hub.workerHeartbeat(another, "");
  await stop();
});

Deno.test("numbers are read in every spelling, and what is none is absent", () => {
  assert.deepEqual([5, "5", " 5.5 ", "12 %", "1e3", 0].map(numberOf), [5, 5, 5.5, 12, 1000, 0]);
  for (const none of [null, undefined, "", "  ", "%", "n/a", "-1", -1, NaN, Infinity, "1,5"]) {
    assert.equal(numberOf(none), undefined, String(none));
  }
  fc.assert(fc.property(fc.oneof(fc.string(), fc.double()), (value) => {
    const number = numberOf(value);
    assert.ok(number === undefined || (Number.isFinite(number) && number >= 0));
  }));
});
