import assert from "node:assert/strict";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { FakeLauncher } from "../../../../tests/helpers/fake_launcher.ts";
import { processSpec } from "../../../../tests/helpers/process_spec.ts";
import { unitServices } from "../../../../tests/helpers/unit_services.ts";
import { AppError } from "../../../core/mod.ts";
import type { ProcessIdentity } from "../../../platform/mod.ts";
import type { NewProcessEvent } from "../../../protocol/mod.ts";
import type { ProcessSpec } from "../spec/process_spec.ts";
import type { Handle } from "../store/store.ts";
import { NO_GROUP, type ProbeStart, type UnitServices } from "./services.ts";
import { Unit } from "./unit.ts";

class Bench {
  readonly clock = new FakeClock();
  readonly launcher = new FakeLauncher();
  readonly events: NewProcessEvent[] = [];
  readonly handles = new Map<string, Handle>();
  readonly probes: ProbeStart[] = [];
  readonly lines: ((line: string) => void)[] = [];
  stoppedProbes = 0;
  waitsFor: string | null = null;
  found: ProcessIdentity | null = null;
  oomKills = 0;
  unit: Unit;

  constructor(over: Partial<ProcessSpec> = {}) {
    this.unit = new Unit(processSpec(over), this.services());
  }

  services(): UnitServices {
    const report = { probe: "readiness", type: "tcp", result: "waiting" } as const;
    return unitServices({
      clock: this.clock,
      launcher: this.launcher,
      startProbe: (options) => {
        this.probes.push(options);
        return { report: () => report, stop: () => void this.stoppedProbes++ };
      },
      awaitLine: (_id, _pattern, onMatch) => {
        this.lines.push(onMatch);
        return () => void this.lines.splice(0);
      },
      saveHandle: (handle) => void this.handles.set(handle.id, handle),
      dropHandle: (id) => void this.handles.delete(id),
      record: (event) => void this.events.push(event),
      signalOne: ({ pid }, signal) => void this.launcher.signals.push(`${signal} ${pid}`),
      prepareGroup: () => ({ ...NO_GROUP, directory: "/sys/fs/cgroup/shop" }),
      removeGroup: () => this.oomKills,
      find: () => this.found,
      waitsFor: () => this.waitsFor,
    });
  }

  want(): void {
    this.unit.tell({ type: "want", reason: "started with the agent" });
  }

  unwant(): void {
    this.unit.tell({ type: "unwant", reason: "stopped by its user" });
  }

  get pid(): number {
    return this.unit.run?.identity.pid ?? 0;
  }
}

Deno.test("a program that ends is replaced within the same turn, with another marker", () => {
  const bench = new Bench();
  bench.want();
  const first = bench.pid;
  bench.launcher.end(first, { signal: "SIGKILL" });
  assert.equal(bench.unit.state, "running");
  assert.notEqual(bench.pid, first);
  const markers = bench.launcher.launched.map(({ env }) => env["FARHAND_PROCESS"]);
  assert.equal(new Set(markers).size, 2);
  assert.equal(bench.handles.get("shop")?.identity.pid, bench.pid);
  assert.deepEqual(bench.events.map(({ state, reason }) => `${state}: ${reason}`), [
    "starting: started with the agent",
    "running: started",
    "starting: ended by SIGKILL",
    "running: started",
  ]);
  assert.deepEqual(bench.events[2]?.exit?.signal, "SIGKILL");
});

Deno.test("the second start waits for its backoff, and a stop ends the waiting", async () => {
  const bench = new Bench();
  bench.want();
  bench.launcher.end(bench.pid, { code: 1 });
  bench.launcher.end(bench.pid, { code: 1 });
  assert.equal(bench.unit.state, "backoff");
  await bench.clock.advance(999);
  assert.equal(bench.launcher.launched.length, 2);
  await bench.clock.advance(1);
  assert.equal(bench.unit.state, "running");
  bench.launcher.end(bench.pid, { code: 1 });
  bench.unwant();
  assert.equal(bench.unit.state, "stopped");
  await bench.clock.advance(100_000);
  assert.equal(bench.launcher.launched.length, 3);
  assert.equal(bench.clock.sleeping, 0);
});

Deno.test("a stop signals the leader, waits for its end and says how it went", async () => {
  const bench = new Bench();
  bench.want();
  const { pid } = bench;
  bench.unwant();
  assert.deepEqual([bench.unit.state, bench.launcher.signals], ["stopping", [`SIGTERM ${pid}`]]);
  bench.launcher.end(pid, { code: 0 });
  await bench.clock.advance(0);
  assert.deepEqual([bench.unit.state, bench.unit.life.reason], ["stopped", "stopped by its user: SIGTERM"]);
  assert.deepEqual([bench.handles.size, bench.clock.sleeping], [0, 0]);
});

Deno.test("what does not end in its time is killed, and what the leader leaves behind is asked before", async () => {
  const bench = new Bench();
  bench.want();
  const { pid } = bench;
  const child = bench.launcher.add({ env: bench.launcher.launched[0]?.env ?? {} });
  bench.unwant();
  await bench.clock.advance(1_000);
  bench.launcher.end(pid, { code: 0 });
  await bench.clock.advance(1_000);
  assert.deepEqual(bench.launcher.signals, [`SIGTERM ${pid}`, `SIGTERM ${child.pid}`]);
  assert.equal(bench.unit.state, "stopping");
  await bench.clock.advance(8_000);
  assert.deepEqual(bench.launcher.signals.at(-1), `kill ${child.pid}`);
  assert.deepEqual([bench.unit.state, bench.launcher.pids], ["stopped", []]);
});

Deno.test("what an unexpected end leaves behind is ended before the next start", async () => {
  const bench = new Bench();
  bench.want();
  const child = bench.launcher.add({ env: bench.launcher.launched[0]?.env ?? {} });
  bench.launcher.end(bench.pid, { code: 1 });
  assert.deepEqual(bench.launcher.signals, [`kill ${child.pid}`]);
  await bench.clock.advance(0);
  assert.equal(bench.unit.state, "running");
  assert.deepEqual(bench.launcher.pids, [bench.pid]);
});

Deno.test("a start that is impossible waits like a crash and says why", async () => {
  const bench = new Bench();
  bench.launcher.failWith = new AppError("not_found", "Cannot start /bin/shop: there is no such program");
  bench.want();
  assert.equal(bench.unit.state, "backoff");
  assert.match(bench.unit.life.reason, /no such program/);
  bench.launcher.failWith = undefined;
  await bench.clock.advance(1_000);
  assert.equal(bench.unit.state, "running");
});

Deno.test("it waits for what it depends on, and goes on when that is there", () => {
  const bench = new Bench();
  bench.waitsFor = "db to be ready";
  bench.want();
  assert.deepEqual([bench.unit.state, bench.unit.life.reason], ["starting", "waits for db to be ready"]);
  bench.unit.proceed();
  assert.equal(bench.launcher.launched.length, 0);
  bench.waitsFor = null;
  bench.unit.proceed();
  bench.unit.proceed();
  assert.deepEqual([bench.unit.state, bench.launcher.launched.length], ["running", 1]);
});

const TIMING = { intervalMs: 1_000, timeoutMs: 1_000, successThreshold: 1, failureThreshold: 3 };
const TCP = { type: "tcp", host: "127.0.0.1", port: 80 } as const;

Deno.test("readiness comes first, liveness after it, and a failed one restarts", async () => {
  const bench = new Bench({
    readiness: { ...TIMING, target: TCP, giveUpMs: 5_000 },
    liveness: { ...TIMING, target: TCP, startPeriodMs: 0, onFailure: "restart" },
  });
  bench.want();
  assert.deepEqual([bench.unit.state, bench.probes.map(({ probe }) => probe)], ["starting", ["readiness"]]);
  bench.probes[0]?.onResult("good", "connected");
  assert.deepEqual([bench.unit.state, bench.probes[1]?.probe], ["running", "liveness"]);
  const { pid } = bench;
  bench.probes[1]?.onResult("bad", "connection refused");
  assert.equal(bench.unit.state, "stopping");
  bench.launcher.end(pid, { signal: "SIGTERM" });
  await bench.clock.advance(0);
  assert.deepEqual([bench.unit.state, bench.launcher.launched.length], ["starting", 2]);
});

Deno.test("what is not ready in time is ended, once", async () => {
  const bench = new Bench({ readiness: { ...TIMING, target: { type: "log", pattern: /up/ }, giveUpMs: 5_000 } });
  bench.want();
  await bench.clock.advance(4_999);
  assert.equal(bench.unit.state, "starting");
  await bench.clock.advance(1);
  assert.equal(bench.unit.state, "stopping");
  bench.launcher.end(bench.pid, {});
  await bench.clock.advance(0);
  bench.lines[0]?.("up");
  assert.equal(bench.unit.state, "running");
  await bench.clock.advance(100_000);
  assert.equal(bench.unit.state, "running");
});

Deno.test("silence of one that sends heartbeats makes it unhealthy, a heartbeat well again", async () => {
  const heartbeat = { timeoutMs: 5_000, onSilence: "event", socketPath: "", notify: false } as const;
  const bench = new Bench({ heartbeat });
  bench.want();
  await bench.clock.advance(4_000);
  bench.unit.beat({ pid: 1, status: "busy", isAlive: true });
  await bench.clock.advance(5_000);
  bench.unit.checkSilence();
  assert.equal(bench.unit.state, "running");
  await bench.clock.advance(1);
  bench.unit.checkSilence();
  assert.deepEqual([bench.unit.state, bench.unit.life.reason], ["unhealthy", "no heartbeat for 5s"]);
  bench.unit.beat({ isAlive: false, status: "a word" });
  assert.deepEqual([bench.unit.state, bench.unit.statusText], ["unhealthy", "a word"]);
  bench.unit.beat({ isAlive: true });
  assert.equal(bench.unit.state, "running");
});

Deno.test("silence counts from when somebody listens: neither another agent nor a reload makes anybody silent", async () => {
  const heartbeat = { timeoutMs: 5_000, onSilence: "restart", socketPath: "", notify: false } as const;
  const bench = new Bench({ heartbeat });
  const identity = bench.launcher.add();
  const startedMs = bench.clock.nowMs() - 3_600_000;
  bench.unit.adopt({ identity, run: "r", startedMs, restarts: 0, cgroup: "" }, "of the agent before");
  await bench.clock.advance(5_000);
  bench.unit.checkSilence();
  assert.equal(bench.unit.state, "adopted");
  bench.unit.beat({ isAlive: true });
  await bench.clock.advance(4_000);
  bench.unit.setSpec(processSpec({ heartbeat: { ...heartbeat } }));
  bench.unit.setSpec(processSpec({ heartbeat: { ...heartbeat, timeoutMs: 6_000 } }));
  await bench.clock.advance(6_000);
  bench.unit.checkSilence();
  assert.equal(bench.unit.state, "adopted");
  await bench.clock.advance(1);
  bench.unit.checkSilence();
  assert.deepEqual([bench.unit.state, bench.unit.life.reason], ["stopping", "no heartbeat for 6s"]);
  bench.unit.leave();
});

Deno.test("a reload forgets nothing of one that is watched as before, and looks anew at one that is not", async () => {
  const heartbeat = { timeoutMs: 5_000, onSilence: "event", socketPath: "", notify: false } as const;
  const bench = new Bench({ heartbeat });
  const silent = async () => {
    await bench.clock.advance(5_001);
    bench.unit.checkSilence();
    assert.equal(bench.unit.state, "unhealthy");
  };
  bench.want();
  await silent();
  bench.unit.setSpec(processSpec({ heartbeat: { ...heartbeat }, name: "other" }));
  assert.equal(bench.unit.state, "unhealthy");
  bench.unit.beat({ isAlive: true });
  assert.equal(bench.unit.state, "running");
  await silent();
  bench.unit.setSpec(processSpec());
  assert.deepEqual([bench.unit.state, bench.unit.life.reason], ["running", "is watched in another way"]);
});

Deno.test("an adopted program keeps its run, and its end is followed by a start", () => {
  const bench = new Bench();
  const identity = bench.launcher.add();
  bench.unit.adopt({ identity, run: "r", startedMs: 1, restarts: 4, cgroup: "" }, "pid 101 of the agent before");
  assert.deepEqual([bench.unit.state, bench.pid, bench.unit.life.restarts], ["adopted", identity.pid, 4]);
  bench.launcher.end(identity.pid, {});
  assert.deepEqual([bench.unit.state, bench.unit.life.restarts], ["running", 5]);
  assert.match(bench.events.at(-2)?.reason ?? "", /could not be observed/);
});

Deno.test("when the agent leaves, the program stays and nothing more is done", async () => {
  const bench = new Bench();
  bench.want();
  const { pid } = bench;
  bench.unwant();
  bench.unit.leave();
  bench.launcher.end(pid, { code: 0 });
  await bench.clock.advance(100_000);
  assert.deepEqual([bench.clock.sleeping, bench.handles.size, bench.launcher.signals], [0, 1, [`SIGTERM ${pid}`]]);
});

Deno.test("an external process is found, or started and then found", async () => {
  const match = { name: "nginx", commandLine: null, pidFile: "", port: 0 };
  const bench = new Bench({ match });
  bench.want();
  await bench.clock.advance(0);
  assert.deepEqual([bench.unit.state, bench.launcher.launched.length], ["starting", 1]);
  bench.launcher.end(bench.launcher.pids[0] ?? 0, { code: 0 });
  bench.found = bench.launcher.add();
  await bench.clock.advance(100);
  assert.deepEqual([bench.unit.state, bench.pid], ["adopted", bench.found.pid]);
  assert.match(bench.unit.life.reason, /found by name nginx/);
});

Deno.test("a start command that fails is told with its exit code, and nothing of it stays", async () => {
  const match = { name: "nginx", commandLine: null, pidFile: "", port: 0 };
  const bench = new Bench({ match });
  bench.want();
  await bench.clock.advance(0);
  bench.launcher.end(bench.launcher.pids[0] ?? 0, { code: 3 });
  await bench.clock.advance(100);
  assert.deepEqual([bench.unit.state, bench.unit.life.reason], ["starting", "start command ended with exit code 3"]);
  bench.unit.leave();
});

Deno.test("a wall clock that is set by an hour changes no wait, no silence and no order of events", async () => {
  const bench = new Bench({ heartbeat: { timeoutMs: 5_000, onSilence: "event", socketPath: "", notify: false } });
  bench.want();
  bench.launcher.end(bench.pid, { code: 1 });
  bench.launcher.end(bench.pid, { code: 1 });
  for (const hours of [1, -2]) {
    bench.clock.setWall(bench.clock.nowMs() + hours * 3_600_000);
    await bench.clock.advance(1);
    assert.equal(bench.unit.state, "backoff");
  }
  await bench.clock.advance(998);
  assert.equal(bench.unit.state, "running");
  bench.clock.setWall(bench.clock.nowMs() + 3_600_000);
  bench.unit.checkSilence();
  assert.equal(bench.unit.state, "running");
  for (const { previousMs = 0 } of bench.events) assert.ok(previousMs >= 0);
});

Deno.test("ten thousand crashes leave nothing behind", async () => {
  const bench = new Bench({ restart: { ...processSpec().restart, maxRetries: 0, backoffBaseMs: 1, backoffMaxMs: 1 } });
  bench.want();
  for (let i = 0; i < 10_000; i++) {
    if (bench.unit.state === "backoff") await bench.clock.advance(1);
    bench.launcher.end(bench.pid, { code: 1 });
    bench.events.length = 0;
  }
  assert.equal(bench.unit.life.restarts, 10_000);
  assert.equal(bench.unit.life.history.times.length, 0);
  assert.equal(bench.handles.size, 0);
});

Deno.test("who was killed for want of memory is told, once, beside the end of the run", () => {
  const bench = new Bench();
  bench.want();
  bench.oomKills = 2;
  bench.launcher.end(bench.pid, { signal: "SIGKILL" });
  bench.oomKills = 0;
  bench.launcher.end(bench.pid, { code: 1 });
  const errors = bench.events.filter(({ level }) => level === "error");
  assert.deepEqual(errors.map(({ kind, reason }) => [kind, reason]), [
    ["threshold", "the kernel has killed 2 of its processes: they needed more memory than they may have"],
  ]);
});
