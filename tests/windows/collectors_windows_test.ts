import assert from "node:assert/strict";
import { cpuCollector } from "../../src/agent/collectors/cpu/cpu.ts";
import { diskCollector } from "../../src/agent/collectors/disk/disk.ts";
import { hostCollector } from "../../src/agent/collectors/host/host.ts";
import { kernelCollector } from "../../src/agent/collectors/kernel/kernel.ts";
import { memoryCollector } from "../../src/agent/collectors/memory/memory.ts";
import { networkCollector } from "../../src/agent/collectors/network/network.ts";
import { powerCollector } from "../../src/agent/collectors/power/power.ts";
import { processesCollector } from "../../src/agent/collectors/processes/processes.ts";
import { selfCollector } from "../../src/agent/collectors/self/self.ts";
import {
  cpuSample,
  diskSample,
  hostSample,
  kernelSample,
  memorySample,
  networkSample,
  powerSample,
  processesSample,
  selfSample,
} from "../../src/protocol/mod.ts";
import { eventually } from "./agent_host.ts";
import {
  type AnySpec,
  hostFile,
  hostNumbers,
  networkLines,
  readOnce,
  refuseNonsense,
  underWine,
} from "./collectors_host.ts";

// The collectors of Windows as they are, on the real system. Under Wine the Linux host's own /proc is on drive Z, and
// what both tell has to agree. Wine tells nothing of memory lists, paging files, disk counters and interrupts: that
// these are absent, with a problem that says so, is shown; that they are read, only on Windows itself.
const ignore = Deno.build.os !== "windows";
const onWine = ignore || !underWine();

const ALL: readonly (readonly [string, AnySpec<unknown>, () => { parse(value: unknown): unknown }])[] = [
  ["cpu", cpuCollector, cpuSample],
  ["disk", diskCollector, diskSample],
  ["host", hostCollector, hostSample],
  ["kernel", kernelCollector, kernelSample],
  ["memory", memoryCollector, memorySample],
  ["network", networkCollector, networkSample],
  ["power", powerCollector, powerSample],
  ["processes", processesCollector, processesSample],
  ["self", selfCollector, selfSample],
];

for (const [name, spec, schema] of ALL) {
  Deno.test(
    { name: `${name}: a reading has the sample's shape, and says the same problems each time`, ignore },
    async () => {
      const [first, second] = [await readOnce(spec), await readOnce(spec)];
      schema().parse(first.sample);
      refuseNonsense(first.sample, name);
      assert.deepEqual(first.problems, second.problems);
      for (const problem of first.problems) assert.match(problem, /^[^:]+: Cannot .+/);
    },
  );
}

Deno.test(
  { name: "what this Windows does not tell is a problem of the reading, and nothing else", ignore: onWine },
  async () => {
    const { sample, problems } = await readOnce(memoryCollector);
    assert.deepEqual([sample.freeBytes, sample.swapTotalBytes], [undefined, undefined]);
    assert.deepEqual(problems.map((problem) => problem.split(":", 1)[0]), ["free and standby memory", "paging files"]);
    const disk = await readOnce(diskCollector);
    assert.ok(disk.sample.mounts.length > 0);
    assert.deepEqual(disk.sample.devices, []);
    assert.ok(disk.problems.some((problem) => problem.startsWith("PhysicalDrive0: ")), disk.problems.join("\n"));
  },
);

Deno.test({ name: "memory is the host's, within 1 %", ignore: onWine }, async () => {
  const { sample } = await readOnce(memoryCollector);
  const totalBytes = hostNumbers("meminfo").get("MemTotal:") ?? NaN;
  assert.ok(Math.abs(sample.totalBytes / (totalBytes * 1024) - 1) < 0.01, `${sample.totalBytes} of ${totalBytes} KiB`);
  assert.ok((sample.availableBytes ?? NaN) <= sample.totalBytes);
  assert.equal((sample.availableBytes ?? NaN) + (sample.usedBytes ?? NaN), sample.totalBytes);
});

Deno.test({ name: "logical cores and their times are the host's", ignore: onWine }, async () => {
  const coresOf = () => hostFile("proc/stat").split("\n").filter((line) => /^cpu\d/.test(line));
  const secondsOf = (core: string, fields: readonly number[]) =>
    fields.reduce((sum, field) => sum + Number(core.split(" ")[field]), 0) / 100;
  const before = coresOf();
  const { sample } = await readOnce(cpuCollector);
  const after = coresOf();
  assert.equal(sample.logicalCores, before.length);
  assert.deepEqual(sample.cores.map(({ id }) => id), before.map((_, core) => `0,${core}`));
  sample.cores.forEach(({ times }, core) => {
    // Wine counts in ticks of the host, and adds the time of nice processes to that of others.
    const [earliest, latest] = [before[core] ?? "", after[core] ?? ""];
    for (const [what, seconds, fields] of [["user", times?.user, [1, 2]], ["idle", times?.idle, [4]]] as const) {
      const [least, most] = [secondsOf(earliest, fields), secondsOf(latest, fields)];
      assert.ok(
        (seconds ?? NaN) >= least - 0.5 && (seconds ?? NaN) <= most + 0.5,
        `${what}: ${least} ${seconds} ${most}`,
      );
    }
  });
  assert.ok((sample.total?.idle ?? 0) > 0);
});

Deno.test({ name: "a drive has the size that the runtime finds, and drives are called C:", ignore }, async () => {
  const { sample } = await readOnce(diskCollector);
  const { statfs } = await import("node:fs/promises");
  assert.ok(sample.mounts.some(({ mountPoint }) => mountPoint === "C:"), JSON.stringify(sample.mounts));
  for (const { mountPoint, sizeBytes, usedBytes, freeBytes, error, type } of sample.mounts) {
    if (error !== undefined) continue;
    const { blocks, bsize } = await statfs(`${mountPoint}\\`);
    assert.equal(sizeBytes, blocks * bsize, mountPoint);
    assert.equal((usedBytes ?? NaN) + (freeBytes ?? NaN), sizeBytes);
    assert.notEqual(type, "");
  }
});

Deno.test({ name: "drives are chosen by name, with or without the last backslash, and by type", ignore }, async () => {
  const drives = async (options: Record<string, unknown>) =>
    (await readOnce(diskCollector, options)).sample.mounts.map(({ mountPoint }) => mountPoint);
  assert.deepEqual(await drives({ mount_points: ["C:\\"] }), ["C:"]);
  assert.ok(!(await drives({ exclude_mount_points: ["C:"] })).includes("C:"));
  assert.deepEqual(await drives({ mount_points: ["C:"], exclude_types: ["ntfs", "refs"] }), []);
});

Deno.test({ name: "interfaces have the bytes, addresses and MACs that the host has", ignore: onWine }, async () => {
  const before = networkLines();
  const { sample } = await readOnce(networkCollector, { exclude_interfaces: [] });
  const after = networkLines();
  const runtime = Deno.networkInterfaces();
  assert.ok(sample.interfaces.length > 0);
  for (const { name, receive, transmit, addresses, mac } of sample.interfaces) {
    const [least, most] = [before.get(name), after.get(name)];
    assert.ok(least && most, `${name} is none of ${[...before.keys()]}`);
    const within = (value: number | undefined, field: number) =>
      assert.ok(
        (value ?? NaN) >= (least[field] ?? NaN) && (value ?? NaN) <= (most[field] ?? NaN),
        `${name} ${field}: ${least[field]} ${value} ${most[field]}`,
      );
    within(receive?.bytes, 0);
    within(receive?.packets, 1);
    within(transmit?.bytes, 8);
    within(transmit?.packets, 9);
    assert.equal(mac, hostFile(`sys/class/net/${name}/address`).trim());
    assert.deepEqual(
      addresses.toSorted(),
      runtime.filter((one) => one.name === name).map(({ cidr }) => cidr).toSorted(),
    );
  }
});

Deno.test({ name: "the loopback is left out, unless it is asked for", ignore: onWine }, async () => {
  const names = async (interfaces: string[]) =>
    (await readOnce(networkCollector, { interfaces, exclude_interfaces: [] })).sample.interfaces.map(({ name }) =>
      name
    );
  assert.ok(!(await names([])).includes("lo"));
  assert.deepEqual(await names(["lo"]), ["lo"]);
});

Deno.test({ name: "a new listener is counted, and counters of TCP are the host's", ignore: onWine }, async () => {
  const segments = () => Number(/\nTcp: \d.*/.exec(hostFile("proc/net/snmp"))?.[0].split(" ")[10]);
  const least = segments();
  const { sample } = await readOnce(networkCollector);
  const inSegs = sample.protocols?.["Tcp"]?.["InSegs"] ?? NaN;
  assert.ok(inSegs >= least && inSegs <= segments(), `${least} ${inSegs}`);
  const listening = () => hostFile("proc/net/tcp").split("\n").filter((line) => line.split(/\s+/)[4] === "0A").length;
  using _listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  // Other programs of this machine come and go.
  await eventually("the same listeners on both sides", async () => {
    const before = listening();
    const states = (await readOnce(networkCollector)).sample.sockets?.["TCP"];
    return before > 0 && before === listening() && states?.["listen"] === before;
  });
});

Deno.test({ name: "a supervised process is listed with its descendants", ignore }, async () => {
  const grandchild = "console.log('up'); setInterval(() => {}, 1000)";
  const child = `new Deno.Command(Deno.execPath(), { args: ["eval", ${JSON.stringify(grandchild)}] }).spawn(); ` +
    "setInterval(() => {}, 1000)";
  const spawned = new Deno.Command(Deno.execPath(), { args: ["eval", child], stdout: "piped" }).spawn();
  const killFamily = () => {
    new Deno.Command("taskkill", { args: ["/F", "/T", "/PID", String(spawned.pid)], stdout: "null", stderr: "null" })
      .outputSync();
    try {
      spawned.kill("SIGKILL");
    } catch {
      // taskkill, which Wine has in parts, has ended it.
    }
  };
  try {
    const reader = spawned.stdout.getReader();
    assert.match(new TextDecoder().decode((await reader.read()).value), /up/);
    reader.releaseLock();
    const supervised = () => [{ id: "app", pid: spawned.pid }];
    const { sample } = await readOnce(processesCollector, {}, { supervised });
    const [use] = sample.supervised;
    assert.deepEqual([use?.id, use?.pid, use?.processes], ["app", spawned.pid, 2], JSON.stringify(sample.supervised));
    assert.ok((use?.rssBytes ?? 0) > 20_000_000 && (use?.cpuSeconds ?? 0) > 0);
    assert.ok(Math.abs((use?.startedMs ?? 0) - Date.now()) < 120_000);
    assert.ok((use?.threads ?? 0) >= 2);
    const own = sample.topByMemory.find(({ pid }) => pid === Deno.pid);
    assert.ok(own, "we are among the ten largest");
    assert.ok(Math.abs((own.rssBytes ?? 0) / Deno.memoryUsage().rss - 1) < 0.2);
    assert.ok(sample.total >= 3 && (sample.threads ?? 0) >= sample.total);
  } finally {
    killFamily();
    await spawned.stdout.cancel();
    await spawned.status;
  }
});

Deno.test({ name: "the host has a name, a version and a zone; it started when it says", ignore }, async () => {
  const { sample } = await readOnce(hostCollector);
  assert.equal(sample.hostname.toLowerCase(), Deno.hostname().toLowerCase());
  assert.match(sample.kernel.release, /^\d+\.\d+\.\d+$/);
  assert.match(sample.os.name, /^Microsoft Windows/);
  assert.match(sample.machineId ?? "", /^[0-9a-f-]{36}$/i);
  assert.ok(["AMD64", "ARM64"].includes(sample.architecture));
  assert.equal(sample.utcOffsetSeconds, 0 - new Date().getTimezoneOffset() * 60);
  assert.ok((sample.bootMs ?? Infinity) < Date.now());
});

Deno.test({ name: "uptime is the host's", ignore: onWine }, async () => {
  // Wine counts by a clock that stands still while the machine sleeps.
  const least = Number(hostFile("proc/uptime").split(" ", 1)[0]);
  const { uptimeSeconds = NaN, openFiles = 0 } = (await readOnce(kernelCollector)).sample;
  const most = Number(hostFile("proc/uptime").split(" ", 1)[0]);
  assert.ok(uptimeSeconds >= least - 2 && uptimeSeconds <= most + 2, `${least} ${uptimeSeconds} ${most}`);
  assert.ok(openFiles > 0);
});
