import assert from "node:assert/strict";
import {
  depsFor,
  FIXTURE_HOSTS,
  type FixtureHost,
  hostRoots,
  PLAIN_OPTIONS,
  rootsIn,
} from "../../../../tests/helpers/fixture_host.ts";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import type { HostSample } from "../../../protocol/mod.ts";
import type { Reading } from "../contract.ts";
import { linuxHost } from "./host.linux.ts";

const SIGNAL = new AbortController().signal;

async function read(host: FixtureHost): Promise<Reading<HostSample>> {
  return await linuxHost(PLAIN_OPTIONS, depsFor(hostRoots(host))).collect(SIGNAL);
}

/** A host of which there is only what every kernel tells, and the given files. */
async function inTree(files: Record<string, string>, use: (dir: string) => Promise<void>): Promise<void> {
  await inPlainTempDir(async (dir) => {
    const all = { "proc/sys/kernel/hostname": "bare\n", "proc/stat": "btime 1700000000\n", ...files };
    for (const [path, text] of Object.entries(all)) {
      await Deno.mkdir(`${dir}/${path.slice(0, path.lastIndexOf("/"))}`, { recursive: true });
      await Deno.writeTextFile(`${dir}/${path}`, text);
    }
    await use(dir);
  });
}

const collectIn = async (dir: string) => await linuxHost(PLAIN_OPTIONS, depsFor(rootsIn(dir))).collect(SIGNAL);

Deno.test("a virtual machine of 2020 tells what it is", async () => {
  const { sample, problems } = await read("centos7");
  assert.deepEqual(problems, []);
  assert.equal(sample.hostname, "cent7.example.com");
  assert.equal(sample.domain, undefined, "a domain that was never set is none");
  assert.deepEqual([sample.os.name, sample.os.version, sample.os.facts?.["ID_LIKE"]], [
    "CentOS Linux",
    "7",
    "rhel fedora",
  ]);
  assert.deepEqual([sample.kernel.release, sample.virtualisation], ["3.10.0-1160.el7.x86_64", "vmware"]);
  assert.equal(sample.dmi?.["system_vendor"], "VMware, Inc.");
  assert.equal(sample.bootMs, 1699000000_000);
  assert.deepEqual(sample.users, [
    { name: "deploy", terminal: "pts/0", from: "192.0.2.17", sinceMs: 1700200000_000 },
    { name: "root", terminal: "pts/1", from: "bastion.example.com", sinceMs: 1700201234_000 },
  ]);
});

Deno.test("each host is told for what it runs on and in", async () => {
  const found: Record<string, unknown> = {};
  for (const host of FIXTURE_HOSTS) {
    const { sample } = await read(host);
    found[host] = [sample.kernel.machine, sample.virtualisation, sample.container];
  }
  assert.deepEqual(found, {
    vm: ["x86_64", "firecracker", undefined],
    loaded: ["x86_64", "firecracker", undefined],
    namespace: ["x86_64", "firecracker", "lxc"],
    centos7: [Deno.build.arch, "vmware", undefined],
    server128: ["x86_64", "none", undefined],
    limited: ["x86_64", "none", "docker"],
    arm64_board: ["aarch64", undefined, undefined],
    storage: ["x86_64", "qemu", undefined],
  });
});

Deno.test("a host that has names of its own goes by them", async () => {
  const { sample } = await read("namespace");
  assert.deepEqual([sample.hostname, sample.domain], ["inside", "example.internal"]);
});

Deno.test("logins are those of logind where there is no utmp, without greeters and those that end", async () => {
  assert.deepEqual((await read("server128")).sample.users, [
    { name: "deploy", terminal: "pts/0", from: "192.0.2.9", sinceMs: 1712345678901 },
  ]);
});

Deno.test("nobody logged in is an empty list, and no list at all is none", async () => {
  assert.deepEqual((await read("storage")).sample.users, []);
  assert.equal((await read("limited")).sample.users, undefined);
});

Deno.test("the zone is known where its link or name is", async () => {
  assert.deepEqual((await read("vm")).sample.timeZone, "Etc/UTC");
  assert.deepEqual((await read("arm64_board")).sample.timeZone, "Europe/Berlin");
});

Deno.test("readings of an unchanged host are equal in every part", async () => {
  for (const host of FIXTURE_HOSTS) {
    const collector = linuxHost(PLAIN_OPTIONS, depsFor(hostRoots(host)));
    assert.deepEqual(await collector.collect(SIGNAL), await collector.collect(SIGNAL));
  }
});

Deno.test("a start of the system that is rounded up and down is one start, and a clock that was set moves it", async () => {
  await inTree({}, async (dir) => {
    const collector = linuxHost(PLAIN_OPTIONS, depsFor(rootsIn(dir)));
    const bootMs = async (seconds: number) => {
      await Deno.writeTextFile(`${dir}/proc/stat`, `btime ${seconds}\n`);
      return (await collector.collect(SIGNAL)).sample.bootMs;
    };
    assert.equal(await bootMs(1700000001), 1700000001_000);
    assert.equal(await bootMs(1700000000), 1700000001_000);
    assert.equal(await bootMs(1700003600), 1700003600_000);
  });
});

Deno.test("what cannot be read is absent, and what every host has is named as a problem", async () => {
  await inTree({ "proc/stat": "cpu 1 2 3\n" }, async (dir) => {
    const { sample, problems } = await collectIn(dir);
    assert.deepEqual([sample.hostname, sample.os, sample.macs], ["bare", { name: "Linux" }, []]);
    assert.deepEqual([sample.dmi, sample.bootMs, sample.virtualisation, sample.machineId], Array(4).fill(undefined));
    assert.equal(problems.length, 2);
    assert.match(problems[0] ?? "", /stat: /);
    assert.match(problems[1] ?? "", /os-release: /);
  });
});

Deno.test("without a name nothing was read, and the error says which file", () => {
  assert.throws(() => linuxHost(PLAIN_OPTIONS, depsFor(rootsIn("/nowhere"))).collect(SIGNAL), /hostname: /);
});

Deno.test("addresses are those of cards, and where there is no card those of interfaces that are called like one", async () => {
  const net = (name: string, mac: string) => ({ [`sys/class/net/${name}/address`]: `${mac}\n` });
  const virtual = {
    ...net("docker0", "02:42:00:00:00:01"),
    ...net("veth1", "02:42:00:00:00:02"),
    ...net("lo", "00:00:00:00:00:00"),
  };
  const eth0 = net("eth0", "02:00:00:00:00:AA");
  await inTree({ ...virtual, ...eth0 }, async (dir) => {
    assert.deepEqual((await collectIn(dir)).sample.macs, ["02:00:00:00:00:aa"]);
  });
  const card = { ...net("lan", "02:00:00:00:00:bb"), "sys/class/net/lan/device/vendor": "0x8086\n" };
  await inTree({ ...virtual, ...eth0, ...card }, async (dir) => {
    assert.deepEqual((await collectIn(dir)).sample.macs, ["02:00:00:00:00:bb"]);
  });
});
