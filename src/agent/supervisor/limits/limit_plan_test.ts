import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import { percentText, setBytesText, usedBytesText } from "./amounts.ts";
import { createCgroups } from "./cgroups.ts";
import { LIMIT_NAMES } from "./contract.ts";
import { limitFiles, wantedLimits } from "./group_limits.ts";
import { planLimits } from "./limit_plan.ts";

const LIMITS = { memoryBytes: 512_000_000, cpuPercent: 50, tasks: 64 };

Deno.test("what the kernel enforces is told as such", () => {
  const plan = planLimits(LIMITS, { nofile: "65536", core: "" }, { enforced: LIMIT_NAMES, failures: {} });
  assert.deepEqual(plan, {
    ulimits: { nofile: "65536" },
    watchedMemoryBytes: 0,
    described: [
      "memory 512 MB by control group",
      "cpu 50 % by control group",
      "tasks 64 by control group",
      "nofile 65536 by ulimit",
    ],
    problems: [],
  });
});

Deno.test("memory without a group is measured; CPU and tasks are said not to be limited", () => {
  const failures = { memory: "why m", cpu: "why c", tasks: "why t" };
  const plan = planLimits(LIMITS, {}, { enforced: [], failures });
  assert.equal(plan.watchedMemoryBytes, 512_000_000);
  assert.deepEqual(plan.described, ["memory 512 MB by measuring its use: why m"]);
  assert.deepEqual(plan.problems, [
    "cpu 50 % is not enforced here: why c",
    "tasks 64 is not enforced here: why t; limits.nproc limits all processes of a user that is not root",
  ]);
});

Deno.test("each limit is told once, as in force or as a problem", () => {
  const limits = fc.record({ memoryBytes: fc.nat(), cpuPercent: fc.nat(1000), tasks: fc.nat(1000) });
  fc.assert(fc.property(limits, fc.subarray([...LIMIT_NAMES]), (spec, enforced) => {
    const { described, problems, watchedMemoryBytes } = planLimits(spec, {}, { enforced, failures: {} });
    assert.equal(described.length + problems.length, wantedLimits(spec).length);
    assert.ok(watchedMemoryBytes === 0 || !enforced.includes("memory"));
  }));
});

Deno.test("a CPU limit is a quota of each tenth of a second, a tiny one of each second", () => {
  const cpu = (cpuPercent: number) => limitFiles({ ...LIMITS, cpuPercent }, "cpu")[0]?.text;
  assert.deepEqual([cpu(50), cpu(400), cpu(1), cpu(0.5), cpu(0.001), cpu(0)], [
    "50000 100000",
    "400000 100000",
    "1000 100000",
    "5000 1000000",
    "1000 1000000",
    "max 100000",
  ]);
});

Deno.test("amounts read well", () => {
  assert.deepEqual([512_000_000, 2 ** 30, 1].map(setBytesText), ["512 MB", "1 GiB", "1 B"]);
  assert.deepEqual([999, 999_949, 999_950, 612_340_000, 4e8, 5e15].map(usedBytesText), [
    "999 B",
    "999.9 kB",
    "1 MB",
    "612.3 MB",
    "400 MB",
    "5000 TB",
  ]);
  assert.deepEqual([50, 12.345].map(percentText), ["50 %", "12.3 %"]);
});

Deno.test("control groups that are off are not looked for", () => {
  const { log } = recordingLog();
  const cgroups = createCgroups({ enabled: false, instance: "ab12", log, clock: new FakeClock() });
  const { directory, failures } = cgroups.prepare("web", { ...LIMITS, cpuPercent: 0 });
  assert.deepEqual([directory, failures], ["", {
    memory: "supervisor.cgroups is off",
    tasks: "supervisor.cgroups is off",
  }]);
  cgroups.remove("/x");
  cgroups.close();
});
