import assert from "node:assert/strict";
import { join } from "node:path";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import {
  badNumbers,
  depsFor,
  FIXTURE_HOSTS,
  type FixtureHost,
  hostRoots,
  hostText,
  PLAIN_OPTIONS,
  rootsIn,
} from "../../../../tests/helpers/fixture_host.ts";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import { networkSample } from "../../../protocol/mod.ts";
import type { CollectorDeps, CollectorsConfig, Reading } from "../contract.ts";
import type { NetworkSample } from "../../../protocol/mod.ts";
import { linuxNetwork } from "./network.linux.ts";
import type { Kernel } from "./sources.linux.ts";

const OPTIONS: CollectorsConfig["network"] = { ...PLAIN_OPTIONS, interfaces: [], exclude_interfaces: ["veth*"] };
const signal = new AbortController().signal;

async function read(deps: CollectorDeps, kernel?: Kernel, options = OPTIONS): Promise<Reading<NetworkSample>> {
  const collector = linuxNetwork(options, deps, kernel);
  const reading = await collector.collect(signal);
  collector.close?.();
  return reading;
}

const readHost = (host: FixtureHost, options = OPTIONS) => read(depsFor(hostRoots(host)), undefined, options);

for (const host of FIXTURE_HOSTS) {
  Deno.test(`${host} has a sample as the protocol describes it, without problems or bad numbers`, async () => {
    const { sample, problems } = await readHost(host);
    assert.deepEqual(problems, []);
    assert.deepEqual(badNumbers(sample), []);
    assert.equal(networkSample().safeParse(sample).error, undefined);
    assert.ok(sample.interfaces.some(({ name, up, receive }) => name !== "lo" && up && (receive?.bytes ?? 0) > 0));
    assert.ok((sample.tcpStates?.["listen"] ?? 0) + (sample.tcpStates?.["established"] ?? 0) > 0);
  });
}

Deno.test("only the interfaces that are asked for are there, with their neighbours", async () => {
  const { sample } = await readHost("storage", { ...OPTIONS, interfaces: ["lo", "ens*"], exclude_interfaces: ["*f1"] });
  assert.deepEqual(sample.interfaces.map(({ name }) => name), ["lo", "ens1f0"]);
  assert.deepEqual(sample.arpEntries, { ens1f0: 1 });
});

Deno.test("what an old kernel with IPv6 switched off lacks is absent, and no problem", async () => {
  const { sample, problems } = await readHost("centos7");
  assert.deepEqual(problems, []);
  assert.equal(sample.protocols?.["Ip6"], undefined);
  assert.equal(sample.sockets?.["TCP6"], undefined);
  assert.deepEqual(Object.keys(sample.udpQueues ?? {}), ["v4"]);
  assert.equal(sample.bonds, undefined);
  assert.deepEqual(sample.conntrack?.entries, 37);
});

Deno.test("a container without connection tracking has none", async () => {
  assert.equal((await readHost("limited")).sample.conntrack, undefined);
});

Deno.test("a bond counts its parts, and those of them with a link", async () => {
  assert.deepEqual((await readHost("server128")).sample.bonds, [{ name: "bond0", slaves: 2, active: 1 }]);
});

Deno.test("a bond of an old kernel tells of its parts in /proc", () =>
  inPlainTempDir(async (dir) => {
    await write(dir, "proc/net/dev", "bond0: 1 2 3\n");
    await write(dir, "sys/class/net/bonding_masters", "bond0\n");
    await write(dir, "sys/class/net/bond0/bonding/slaves", "eno1 eno2\n");
    await write(dir, "proc/net/bonding/bond0", hostText("server128", "proc/net/bonding/bond0"));
    assert.deepEqual((await read(depsFor(rootsIn(dir)))).sample.bonds, [{ name: "bond0", slaves: 2, active: 1 }]);
  }));

Deno.test("with another /proc than its own, the network is that of the host's first process", () =>
  inPlainTempDir(async (dir) => {
    await write(dir, "proc/net/dev", "eth0: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n");
    await write(dir, "proc/1/net/dev", "eno1: 5 1 0 0 0 0 0 0 6 1 0 0 0 0 0 0\n");
    await write(dir, "proc/1/net/stat/nf_conntrack", "entries  found\n0000000a 00000001\n");
    await write(dir, "proc/sys/net/netfilter/nf_conntrack_count", "99\n");
    await write(dir, "proc/sys/net/netfilter/nf_conntrack_max", "100\n");
    const { sample } = await read(depsFor(rootsIn(dir)));
    assert.deepEqual(sample.interfaces.map(({ name, receive }) => [name, receive?.bytes]), [["eno1", 5]]);
    assert.deepEqual(sample.conntrack, { entries: 10, limit: 100, counters: { found: 1 } });
  }));

Deno.test("what cannot be read is named, in the same words each time, and the rest is there", () =>
  inPlainTempDir(async (dir) => {
    await write(dir, "proc/net/snmp", "Tcp: CurrEstab\nTcp: 3\n");
    const collector = linuxNetwork(OPTIONS, depsFor(rootsIn(dir)));
    const [once, again] = [await collector.collect(signal), await collector.collect(signal)];
    collector.close?.();
    assert.deepEqual(once.sample.protocols, { Tcp: { CurrEstab: 3 } });
    assert.deepEqual(once.sample.interfaces, []);
    assert.deepEqual(again.problems, once.problems);
    const missing = ["dev", "netstat", "sockstat", "softnet_stat"].map((file) => join(dir, "proc/net", file));
    assert.deepEqual(once.problems.map((problem) => missing.find((path) => problem.startsWith(`${path}: `))), missing);
  }));

Deno.test("a host of which nothing at all can be read is unavailable", () =>
  inPlainTempDir(async (dir) => {
    await assert.rejects(async () => await read(depsFor(rootsIn(dir))), { code: "unavailable" });
  }));

Deno.test("lists of sockets and of neighbours are not read again at once", () =>
  inPlainTempDir(async (dir) => {
    const clock = new FakeClock();
    await write(dir, "proc/net/dev", hostText("vm", "proc/net/dev"));
    await write(dir, "proc/net/tcp", hostText("centos7", "proc/net/tcp"));
    await write(dir, "proc/net/arp", hostText("centos7", "proc/net/arp"));
    const collector = linuxNetwork(OPTIONS, depsFor(rootsIn(dir), clock));
    const look = async () => {
      const { sample } = await collector.collect(signal);
      return [sample.arpEntries?.["eth0"], sample.tcpStates?.["listen"]];
    };
    assert.deepEqual(await look(), [3, 2]);
    await write(dir, "proc/net/tcp", "");
    await write(dir, "proc/net/arp", "");
    assert.deepEqual(await look(), [3, 2]);
    await clock.advance(10_000);
    assert.deepEqual(await look(), [undefined, 2]);
    await clock.advance(50_000);
    assert.deepEqual(await look(), [undefined, 0]);
    collector.close?.();
  }));

/** The files of a fixture as if they were the kernel's own, which is then asked too. */
function readAsOwn(host: FixtureHost, kernel: Partial<Kernel>): Promise<Reading<NetworkSample>> {
  const deps = depsFor(hostRoots(host));
  const tree = { ...deps.tree, roots: { proc: "/proc", sys: "/sys", root: "/" } };
  const silent: Kernel = { watchLinks: () => null, addresses: () => null, countTcpSockets: () => null };
  return read({ ...deps, tree }, { ...silent, ...kernel });
}

Deno.test("states of which there are very many are not counted one by one, for the kernel knows their number", async () => {
  let asked: readonly number[] = [];
  const { sample } = await readAsOwn("server128", {
    countTcpSockets(states) {
      asked = states;
      return [0, 0, 1, 2, 3, 4, 0, 5, 6, 7, 8, 9, 10];
    },
  });
  assert.deepEqual(asked, [2, 3, 4, 5, 7, 8, 9, 10, 11, 12]);
  assert.deepEqual(sample.tcpStates, {
    established: 41234,
    syn_sent: 1,
    syn_recv: 2 + 10,
    fin_wait1: 3,
    fin_wait2: 4,
    time_wait: 10422,
    close: 5,
    close_wait: 6,
    last_ack: 7,
    listen: 8,
    closing: 9,
  });
});

Deno.test("few connections are all counted", async () => {
  let asked: readonly number[] = [];
  await readAsOwn("vm", { countTcpSockets: (states) => (asked = states) && [] });
  assert.deepEqual(asked, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

Deno.test("more sockets than are counted are no number of sockets", async () => {
  const { sample, problems } = await readAsOwn("vm", { countTcpSockets: () => "too many" });
  assert.equal(sample.tcpStates, undefined);
  assert.deepEqual(problems, ["TCP connections by state: there are more than are counted"]);
});

Deno.test("where the kernel does not answer, files do", async () => {
  const { sample, problems } = await readAsOwn("namespace", {});
  assert.deepEqual(problems, []);
  assert.equal(sample.tcpStates?.["established"], 1);
  assert.ok(sample.interfaces.find(({ name }) => name === "uplink0")?.addresses.includes("10.77.0.1/24"));
});

Deno.test("the kernel's addresses are found by the index of the interface, and its events are closed at the end", async () => {
  let isClosed = false;
  const { sample } = await readAsOwn("vm", {
    addresses: () => (_name, index) => [`10.0.0.${index}/8`],
    watchLinks: () => ({ changed: () => new Set(), close: () => void (isClosed = true) }),
  });
  assert.deepEqual(sample.interfaces.find(({ name }) => name === "eth0")?.addresses, ["10.0.0.4/8"]);
  assert.equal(isClosed, true);
});

async function write(dir: string, path: string, text: string): Promise<void> {
  const file = join(dir, path);
  await Deno.mkdir(join(file, ".."), { recursive: true });
  await Deno.writeTextFile(file, text);
}
