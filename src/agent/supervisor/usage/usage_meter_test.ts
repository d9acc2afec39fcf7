import assert from "node:assert/strict";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { until } from "../../../../tests/helpers/host.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import { type Clock, systemClock } from "../../../core/mod.ts";
import { createLauncher, processIdentity, type ProcessRow, type ProcessTree } from "../../../platform/mod.ts";
import type { ProcessUsage } from "../../../protocol/mod.ts";
import type { UsageMeter } from "./contract.ts";
import type { MemberReader } from "./member_contract.ts";
import { createUsageMeter } from "./usage_meter.ts";

const treeOf = (marker: string): ProcessTree => ({ leader: null, marker, cgroup: "", jobName: "" });

const rowOf = (pid: number, cpuSeconds: number): ProcessRow => ({
  identity: { pid, startTime: "1", bootId: "b" },
  parentPid: 1,
  processGroup: pid,
  session: pid,
  isZombie: false,
  cpuSeconds,
  rssBytes: 4_096,
  threads: 1,
  name: "x",
});

interface Bench {
  readonly clock: FakeClock;
  readonly meter: UsageMeter;
  /** Trees by their id, and the processor time of the one member of each. */
  readonly trees: Map<string, number>;
  readonly told: [id: string, usage: ProcessUsage][];
  readonly messages: () => string[];
  fail: boolean;
  calls: number;
}

function bench(reader: Partial<MemberReader> = {}, clockOf = (clock: FakeClock): Clock => clock): Bench {
  const clock = new FakeClock();
  const { log, records } = recordingLog();
  const trees = new Map<string, number>();
  const told: Bench["told"] = [];
  const meter = createUsageMeter({
    intervalMs: 10_000,
    clock: clockOf(clock),
    log,
    trees: () => [...trees.keys()].map((id) => ({ id, tree: treeOf(id) })),
    onUsage: (id, usage) => void told.push([id, usage]),
    launcher: {
      members(asked) {
        self.calls++;
        if (self.fail) throw new Error("the table cannot be read");
        return asked.map(({ marker }) => {
          const cpuSeconds = trees.get(marker) ?? -1;
          return cpuSeconds < 0 ? [] : [rowOf(100 + [...trees.keys()].indexOf(marker), cpuSeconds)];
        });
      },
    },
    reader: { begin: () => undefined, read: () => ({}), end() {}, exactMemoryBytes: () => 1_234, ...reader },
  });
  const self: Bench = {
    clock,
    meter,
    trees,
    told,
    messages: () => records.map(({ msg }) => msg),
    fail: false,
    calls: 0,
  };
  return self;
}

Deno.test("all are measured at each interval by one timer, and none remains after the stop", async () => {
  const { clock, meter, trees, told } = bench();
  trees.set("web", 1).set("db", 5);
  meter.start();
  meter.start();
  await clock.advance(0);
  assert.deepEqual(told.map(([id, { cpuPercent }]) => [id, cpuPercent]), [["web", undefined], ["db", undefined]]);
  assert.equal(clock.sleeping, 1);
  trees.set("web", 2);
  await clock.advance(10_000);
  assert.deepEqual(told.slice(2).map(([id, { cpuPercent }]) => [id, cpuPercent]), [["web", 10], ["db", 0]]);
  assert.equal(meter.latest("web")?.cpuPercent, 10);
  assert.equal(meter.history("web", 3_600_000).length, 2);
  await meter.stop();
  await meter.stop();
  assert.equal(clock.sleeping, 0);
});

Deno.test("without processes nothing is asked of the system", async () => {
  const one = bench();
  one.meter.start();
  await one.clock.advance(100_000);
  assert.equal(one.calls, 0);
  await one.meter.stop();
});

Deno.test("what has ended has no latest use, and its hour stays until it is forgotten", async () => {
  const { clock, meter, trees, told } = bench();
  trees.set("web", 1).set("db", 1);
  meter.start();
  await clock.advance(10_000);
  trees.set("web", -1);
  trees.delete("db");
  await clock.advance(10_000);
  assert.deepEqual([meter.latest("web"), meter.latest("db"), told.length], [undefined, undefined, 4]);
  assert.equal(meter.history("db", 3_600_000).length, 2);
  meter.forget("db");
  assert.deepEqual(meter.history("db", 3_600_000), []);
  trees.set("db", 50);
  await clock.advance(10_000);
  assert.equal(meter.latest("db")?.cpuPercent, undefined);
  await meter.stop();
});

Deno.test("another interval holds from the last measurement on", async () => {
  const { clock, meter, trees, told } = bench();
  trees.set("web", 1);
  meter.start();
  await clock.advance(4_000);
  meter.setInterval(5_000);
  await clock.advance(0);
  assert.equal(told.length, 1);
  await clock.advance(1_000);
  assert.equal(told.length, 2);
  await clock.advance(5_000);
  assert.equal(told.length, 3);
  await meter.stop();
});

Deno.test("a clock that is set changes neither rates nor the order of the hour", async () => {
  const { clock, meter, trees, told } = bench();
  trees.set("web", 0);
  meter.start();
  for (let i = 1; i <= 4; i++) {
    trees.set("web", i);
    if (i === 2) clock.setWall(clock.nowMs() - 3_600_000);
    await clock.advance(10_000);
  }
  assert.deepEqual(told.slice(1).map(([, { cpuPercent }]) => cpuPercent), [10, 10, 10, 10]);
  const history = meter.history("web", 3_600_000);
  assert.deepEqual(history.map(({ timeMs }) => timeMs), told.map(([, { timeMs }]) => timeMs));
  assert.equal(meter.history("web", 20_000).length, 3);
  await meter.stop();
});

Deno.test("what fails is said once, and measuring goes on", async () => {
  const one = bench();
  one.trees.set("web", 1);
  one.fail = true;
  one.meter.start();
  await one.clock.advance(50_000);
  assert.deepEqual(one.messages(), ["measuring the processes failed"]);
  assert.equal(one.meter.exactMemoryBytes("web"), undefined);
  one.fail = false;
  await one.clock.advance(20_000);
  assert.deepEqual(one.messages(), ["measuring the processes failed", "measuring the processes works again"]);
  assert.equal(one.meter.exactMemoryBytes("web"), 1_234);
  assert.equal(one.meter.exactMemoryBytes("nobody"), undefined);
  await one.meter.stop();
});

Deno.test("slow readings are made in slices, between which others get their turn", async () => {
  let workMs = 0;
  const slow = (clock: FakeClock): Clock => ({
    nowMs: () => clock.nowMs(),
    monotonicMs: () => clock.monotonicMs() + workMs,
    sleep: (ms, signal) => clock.sleep(ms, signal),
  });
  let inOneGoMs = 0;
  let longestMs = 0;
  const read = () => {
    workMs += 1;
    longestMs = Math.max(longestMs, inOneGoMs += 1);
    return { openFiles: 1 };
  };
  const { clock, meter, trees, told } = bench({ read }, slow);
  for (let i = 0; i < 20; i++) trees.set(`web-${i}`, 0);
  meter.start();
  await clock.advance(0);
  for (let i = 0; i < 40; i++) {
    inOneGoMs = 0;
    await clock.advance(5);
  }
  assert.equal(told.length, 20);
  assert.ok(longestMs <= 2, `${longestMs} ms in one go`);
  await meter.stop();
});

Deno.test("a stop in the middle of a measurement ends it", async () => {
  let workMs = 0;
  const slow = (clock: FakeClock): Clock => ({
    nowMs: () => clock.nowMs(),
    monotonicMs: () => clock.monotonicMs() + workMs,
    sleep: (ms, signal) => clock.sleep(ms, signal),
  });
  const { clock, meter, trees, told } = bench({ read: () => (workMs += 5, {}) }, slow);
  for (let i = 0; i < 20; i++) trees.set(`web-${i}`, 0);
  meter.start();
  await clock.advance(0);
  assert.ok(told.length < 20);
  await meter.stop();
  assert.equal(clock.sleeping, 0);
});

Deno.test({
  name: "a real tree is measured with what its leader has started",
  ignore: Deno.build.os === "windows",
  async fn() {
    const { log } = recordingLog();
    const script = "sleep 60 & while :; do :; done";
    const child = new Deno.Command("/bin/sh", { args: ["-c", script], detached: true }).spawn();
    const launcher = createLauncher();
    const tree: ProcessTree = { ...treeOf(""), leader: processIdentity(child.pid) };
    const meter = createUsageMeter({
      intervalMs: 100,
      clock: systemClock,
      log,
      trees: () => [{ id: "busy", tree }],
      onUsage() {},
      launcher,
    });
    try {
      meter.start();
      const isSeen = (usage = meter.latest("busy")) => (usage?.cpuPercent ?? 0) > 10 && usage?.processes === 2;
      await until(() => isSeen(), "both processes and their work are seen");
      const usage = meter.latest("busy");
      const rssBytes = usage?.rssBytes ?? 0;
      assert.ok(rssBytes > 100_000 && usage?.threads === 2);
      if (Deno.build.os === "linux") {
        assert.ok((usage.openFiles ?? 0) >= 3 && usage.readBytesPerSecond !== undefined);
        const exactBytes = meter.exactMemoryBytes("busy") ?? NaN;
        assert.ok(exactBytes > 0 && exactBytes <= rssBytes * 1.5);
      }
    } finally {
      await meter.stop();
      launcher.close();
      Deno.kill(-child.pid, "SIGKILL");
      await child.status;
    }
  },
});
