import assert from "node:assert/strict";
import fc from "fast-check";
import { anyDamage } from "../../../../tests/helpers/any_damage.ts";
import {
  badNumbers,
  damaged,
  depsFor,
  FIXTURE_HOSTS,
  type FixtureHost,
  hostRoots,
  hostText,
  PLAIN_OPTIONS,
  rootsIn,
} from "../../../../tests/helpers/fixture_host.ts";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import type { ContainerSample } from "../../../protocol/mod.ts";
import type { Reading } from "../contract.ts";
import { linuxContainer } from "./container.linux.ts";
import { ancestors, cores, parseCpuMax, parseGroups, parseLimit } from "./groups.ts";

const SIGNAL = new AbortController().signal;

async function readIn(roots: ReturnType<typeof hostRoots>): Promise<Reading<ContainerSample>> {
  const collector = linuxContainer(PLAIN_OPTIONS, depsFor(roots));
  const reading = await collector.collect(SIGNAL);
  collector.close?.();
  return { ...reading, sample: JSON.parse(JSON.stringify(reading.sample)) }; // without what is absent
}

const read = (host: FixtureHost) => readIn(hostRoots(host));

async function inTree(files: Record<string, string>, use: (dir: string) => Promise<void>): Promise<void> {
  await inPlainTempDir(async (dir) => {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(`${dir}/${path.slice(0, path.lastIndexOf("/"))}`, { recursive: true });
      await Deno.writeTextFile(`${dir}/${path}`, text);
    }
    await use(dir);
  });
}

Deno.test("in a container its own group is the root of what it sees (version 2)", async () => {
  assert.deepEqual(await read("limited"), {
    problems: [],
    sample: {
      cgroupVersion: 2,
      path: "/",
      memoryLimitBytes: 268435456,
      memoryUsedBytes: 201326592,
      memoryWorkingSetBytes: 201326592 - 33554432,
      swapLimitBytes: 0,
      oomKills: 2,
      cpuLimitCores: 1.5,
      cpuSeconds: 4567.890123,
      periods: 91234,
      throttledPeriods: 4567,
      throttledSeconds: 123.456789,
      processes: 14,
      processesLimit: 100,
    },
  });
});

Deno.test("the tightest limit on the way to the root is told, with the use of the group that has it", async () => {
  const { sample } = await read("storage");
  assert.equal(sample.path, "/machine.slice/shop.slice/shop-app.service");
  assert.deepEqual([sample.memoryLimitBytes, sample.memoryUsedBytes], [536870912, 500000000]);
  assert.equal(sample.swapLimitBytes, 1073741824, "of another group than the memory limit");
  assert.deepEqual([sample.cpuLimitCores, sample.cpuSeconds, sample.throttledPeriods], [2, 800, 100]);
  assert.deepEqual([sample.processesLimit, sample.processes], [64, 50], "of equal limits the outer one counts");
});

Deno.test("limits in hierarchies of version 1 are read, as captured in groups with limits", async () => {
  const { sample, problems } = await read("vm");
  assert.deepEqual(problems, []);
  assert.deepEqual([sample.cgroupVersion, sample.path], [1, "/shop/worker"]);
  assert.deepEqual([sample.memoryLimitBytes, sample.cpuLimitCores, sample.processesLimit], [209715200, 0.5, 40]);
  assert.deepEqual([sample.periods, sample.throttledPeriods, sample.throttledSeconds], [6, 3, 0.14339227]);
  assert.deepEqual([sample.cpuSeconds, sample.processes], [0.177413577, 6]);
});

Deno.test("a number near the largest is no limit in version 1, and memory and swap are limited together", async () => {
  const { sample } = await read("centos7");
  assert.deepEqual([sample.memoryLimitBytes, sample.swapLimitBytes], [536870912, 805306368 - 536870912]);
  assert.deepEqual([sample.memoryWorkingSetBytes, sample.processesLimit], [33554432 - 2097152, undefined]);
});

Deno.test("without limits the agent's own group is told of", async () => {
  const { sample } = await read("server128");
  assert.deepEqual([sample.memoryLimitBytes, sample.cpuLimitCores, sample.swapLimitBytes], [
    undefined,
    undefined,
    undefined,
  ]);
  assert.deepEqual([sample.memoryUsedBytes, sample.cpuSeconds, sample.processesLimit], [25165824, 1.234567, 1234567]);
});

Deno.test("a kernel without control groups has no limits; groups that cannot be seen may have some", async () => {
  assert.deepEqual(await read("loaded"), { sample: { path: "/" }, problems: [] });
  await inTree({ "proc/self/cgroup": "0::/kubepods/pod1\n" }, async (dir) => {
    assert.deepEqual((await readIn(rootsIn(dir))).problems, [
      `${rootsIn(dir).sys}/fs/cgroup: the control groups are not there`,
    ]);
  });
});

Deno.test("where the path is the host's but the mount is the container's, the mount counts", async () => {
  const files = {
    "proc/self/cgroup": "0::/docker/0123456789ab\n",
    "sys/fs/cgroup/cgroup.procs": "",
    "sys/fs/cgroup/memory.max": "1000000\n",
  };
  for (const path of ["/docker/0123456789ab", "/../outside"]) {
    await inTree({ ...files, "proc/self/cgroup": `0::${path}\n` }, async (dir) => {
      assert.equal((await readIn(rootsIn(dir))).sample.memoryLimitBytes, 1000000);
    });
  }
});

Deno.test("a group that the agent is moved to is followed, and its limits are read anew", async () => {
  const group = (name: string, limit: string) => ({ [`sys/fs/cgroup/${name}/memory.max`]: limit });
  const files = {
    "proc/self/cgroup": "0::/a\n",
    "sys/fs/cgroup/cgroup.procs": "",
    ...group("a", "100\n"),
    ...group("b", "200\n"),
  };
  await inTree(files, async (dir) => {
    const collector = linuxContainer(PLAIN_OPTIONS, depsFor(rootsIn(dir)));
    const limit = async () => (await collector.collect(SIGNAL)).sample.memoryLimitBytes;
    assert.equal(await limit(), 100);
    await Deno.writeTextFile(`${dir}/sys/fs/cgroup/a/memory.max`, "150\n");
    assert.equal(await limit(), 150);
    await Deno.writeTextFile(`${dir}/proc/self/cgroup`, "0::/b\n");
    assert.equal(await limit(), 200);
    collector.close?.();
  });
});

Deno.test("without the file nothing was read, and the error says which", () => {
  assert.throws(() => linuxContainer(PLAIN_OPTIONS, depsFor(rootsIn("/nowhere"))).collect(SIGNAL), /cgroup: /);
});

Deno.test("groups are told by controller, and several share a hierarchy", () => {
  const { v1, v2 } = parseGroups("4:cpu,cpuacct:/a:b\n3:name=systemd:/x\n1:memory:/c\n0::/u\nrubbish\n:::\n");
  assert.deepEqual([...v1], [["cpu", "/a:b"], ["cpuacct", "/a:b"], ["memory", "/c"]]);
  assert.equal(v2, "/u");
});

Deno.test("the way to the root begins with the group itself", () => {
  assert.deepEqual(ancestors("/a/b.slice/c"), ["/a/b.slice/c", "/a/b.slice", "/a", "/"]);
  assert.deepEqual(ancestors("/"), ["/"]);
  for (const path of ["/../x", "/a/../..", `/${"x/".repeat(99)}`]) assert.deepEqual(ancestors(path), ["/"]);
});

Deno.test("no limit is no number", () => {
  for (const text of [null, "max", "", "9223372036854771712", "-1", "12 MB"]) assert.equal(parseLimit(text), undefined);
  assert.equal(parseLimit("0\n"), 0);
  for (const text of ["max 100000", "", "100000", "0 100000", "5 0", "x y"]) assert.equal(parseCpuMax(text), undefined);
  assert.equal(parseCpuMax("250000 100000\n"), 2.5);
  assert.equal(cores("-1", "100000"), undefined);
});

Deno.test("damaged files never make a number that cannot be, nor a path beside the tree", () => {
  const texts = FIXTURE_HOSTS.map((host) => hostText(host, "proc/self/cgroup"));
  fc.assert(fc.property(fc.constantFrom(...texts), fc.array(anyDamage()), (text, damages) => {
    const { v1, v2 = "/" } = parseGroups(damaged(text, damages));
    for (const path of [...v1.values(), v2].flatMap(ancestors)) {
      assert.ok(!path.includes("/../") && path.startsWith("/"));
    }
    const word = damaged("250000 100000\n", damages);
    assert.deepEqual(badNumbers([parseCpuMax(word), parseLimit(word)]), []);
  }));
});
