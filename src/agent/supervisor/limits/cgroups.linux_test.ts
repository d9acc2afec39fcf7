import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { type FakeCgroupOptions, FakeCgroups } from "../../../../tests/helpers/fake_cgroups.ts";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { until } from "../../../../tests/helpers/host.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import { cgroupSupport } from "../../../platform/mod.ts";
import { linuxCgroups } from "./cgroups.linux.ts";
import type { Cgroups } from "./contract.ts";
import { realGroupFiles } from "./group_files.linux.ts";

const MOUNT = "/sys/fs/cgroup";
const HOME = `${MOUNT}/farhand-ab12`;
const NO_LIMITS = { memoryBytes: 0, cpuPercent: 0, tasks: 0 };
const LIMITS = { memoryBytes: 512_000_000, cpuPercent: 150, tasks: 64 };

function cgroupsOn(groups: FakeCgroups): { cgroups: Cgroups; messages: () => string[] } {
  const { log, records } = recordingLog();
  const support = () => groups.support();
  const cgroups = linuxCgroups({ instance: "ab12", log, clock: new FakeClock(), files: groups, support });
  return { cgroups, messages: () => records.map(({ msg }) => msg) };
}

function fake(options: FakeCgroupOptions = {}): FakeCgroups {
  return new FakeCgroups({ own: "/system.slice/agent.service", ...options });
}

Deno.test("each limit is written into the process's own group, below the agent's", () => {
  const groups = fake();
  const { cgroups } = cgroupsOn(groups);
  const { directory, enforced, failures } = cgroups.prepare("web-0.1a2b3c4d", LIMITS);
  assert.equal(directory, `${HOME}/process-web-0.1a2b3c4d`);
  assert.deepEqual([enforced, failures], [["memory", "cpu", "tasks"], {}]);
  const file = (name: string) => groups.read(`${directory}/${name}`);
  assert.deepEqual([file("memory.max"), file("memory.swap.max"), file("memory.oom.group")], ["512000000", "0", "1"]);
  assert.deepEqual([file("cpu.max"), file("pids.max")], ["150000 100000", "64"]);
});

Deno.test("a controller is switched on only when a limit needs it", () => {
  const groups = fake();
  const { cgroups } = cgroupsOn(groups);
  cgroups.prepare("a", NO_LIMITS);
  assert.equal(groups.read(`${MOUNT}/cgroup.subtree_control`), "\n");
  cgroups.prepare("b", { ...NO_LIMITS, tasks: 5 });
  assert.equal(groups.read(`${HOME}/cgroup.subtree_control`), "pids\n");
});

Deno.test("limits of a living group change, and are taken away", () => {
  const groups = fake();
  const { directory } = cgroupsOn(groups).cgroups.prepare("web", LIMITS);
  groups.place(directory, "4711");
  const { cgroups } = cgroupsOn(groups); // of the next agent
  assert.deepEqual(cgroups.update(directory, { ...LIMITS, memoryBytes: 100, cpuPercent: 0 }).enforced, [
    "memory",
    "tasks",
  ]);
  assert.equal(groups.read(`${directory}/memory.max`), "100");
  assert.equal(groups.read(`${directory}/cpu.max`), "max 100000");
  cgroups.prepare("web", NO_LIMITS);
  assert.deepEqual(["memory.max", "memory.swap.max", "pids.max"].map((name) => groups.read(`${directory}/${name}`)), [
    "max",
    "max",
    "max",
  ]);
});

Deno.test("a limit that cannot be is told with its reason, and the others are in force", () => {
  const { cgroups } = cgroupsOn(fake({ controllers: ["memory", "pids"] }));
  const { enforced, failures } = cgroups.prepare("web", LIMITS);
  assert.deepEqual(enforced, ["memory", "tasks"]);
  assert.deepEqual(Object.keys(failures), ["cpu"]);
  assert.match(failures.cpu ?? "", /^no cpu controller: this kernel/);
});

Deno.test("what the kernel refuses when it is tried is a reason, too", () => {
  const groups = fake();
  const refusing = new Proxy(groups, {
    get(target, name) {
      if (name !== "write") {
        return Reflect.get(target, name, target).bind?.(target) ?? Reflect.get(target, name, target);
      }
      return (path: string, text: string) => {
        if (path.endsWith("memory.swap.max")) throw new Error("there is no swap");
        if (path.endsWith("cpu.max") || text === "+pids") throw new Error("no, said the kernel");
        target.write(path, text);
      };
    },
  });
  const { enforced, failures } = cgroupsOn(refusing).cgroups.prepare("web", LIMITS);
  assert.deepEqual(enforced, ["memory"]);
  assert.match(failures.cpu ?? "", /^cpu\.max cannot be written: no, said/);
  assert.match(failures.tasks ?? "", /^the pids controller cannot be switched on: no, said/);
});

Deno.test("alone in a container the agent moves down before it limits, and not for less", () => {
  const groups = new FakeCgroups({ isContainer: true });
  const { cgroups } = cgroupsOn(groups);
  cgroups.prepare("a", NO_LIMITS);
  assert.equal(groups.groupOf(String(Deno.pid)), MOUNT);
  assert.deepEqual(cgroups.prepare("b", LIMITS).enforced, ["memory", "cpu", "tasks"]);
  assert.equal(groups.groupOf(String(Deno.pid)), `${HOME}/agent`);
});

Deno.test("where no group can be made there is none, which is said once", () => {
  const groups = new FakeCgroups({ mayWrite: (directory) => !directory.startsWith(HOME) });
  const { cgroups, messages } = cgroupsOn(groups);
  for (let i = 0; i < 3; i++) {
    const { directory, failures } = cgroups.prepare("web", LIMITS);
    assert.equal(directory, "");
    assert.match(failures.memory ?? "", /^its control group cannot be made: EACCES/);
  }
  assert.deepEqual(messages(), ["making control groups failed"]);
});

Deno.test("a name that could lead elsewhere gets no group", () => {
  const { cgroups } = cgroupsOn(fake());
  for (const name of ["../x", "a/b", "", ".x", "a".repeat(500)]) {
    assert.equal(cgroups.prepare(name, LIMITS).directory, "", name);
  }
});

Deno.test("a group with processes stays until they have ended, with what its program has made in it", () => {
  const groups = fake();
  const { cgroups } = cgroupsOn(groups);
  const { directory } = cgroups.prepare("web", NO_LIMITS);
  groups.makeDirectory(`${directory}/made-by-web`);
  groups.place(`${directory}/made-by-web`, "4711");
  cgroups.remove(directory);
  assert.ok(groups.directories().includes(`${directory}/made-by-web`));
  groups.end("4711");
  cgroups.prepare("other", NO_LIMITS);
  assert.deepEqual(groups.directories().filter((path) => path.startsWith(directory)), []);
});

Deno.test("only groups of this agent's processes are taken away", () => {
  const groups = fake();
  const { cgroups } = cgroupsOn(groups);
  cgroups.prepare("web", NO_LIMITS);
  const before = groups.directories();
  const strangers = [
    "",
    "/",
    MOUNT,
    HOME,
    `${HOME}/agent`,
    `${MOUNT}/system.slice`,
    `${HOME}/../farhand-ab12/process-web`,
  ];
  for (const path of [...strangers, `${MOUNT}/farhand-other/process-web`]) cgroups.remove(path);
  assert.deepEqual(groups.directories(), before);
});

Deno.test("the next agent takes away what was left without processes, and keeps the rest", () => {
  const groups = fake();
  const first = cgroupsOn(groups).cgroups;
  const { directory } = first.prepare("living", NO_LIMITS);
  first.prepare("ended", NO_LIMITS);
  groups.place(directory, "4711");
  const { cgroups } = cgroupsOn(groups);
  cgroups.removeEmpty();
  assert.deepEqual(groups.list(HOME), ["process-living"]);
  cgroups.close();
  assert.deepEqual(groups.list(HOME), ["process-living"]);
  groups.end("4711");
  cgroups.remove(directory);
  cgroups.close();
  assert.ok(!groups.directories().includes(HOME));
});

Deno.test("how many were killed for want of memory is told when the group goes, even if it cannot go yet", () => {
  const groups = fake();
  const { cgroups } = cgroupsOn(groups);
  assert.equal(cgroups.remove(cgroups.prepare("unlimited", NO_LIMITS).directory), 0);
  const { directory } = cgroups.prepare("b", LIMITS);
  groups.setOomKills(directory, 3);
  groups.place(directory, "4711");
  assert.equal(cgroups.remove(directory), 3);
  assert.equal(cgroups.remove("/sys/fs/cgroup/others"), 0);
});

Deno.test("whatever happens in whatever order, no process loses its group, and in the end none is left", () => {
  const name = fc.constantFrom("a", "b", "c");
  const step = fc.tuple(fc.constantFrom("prepare", "remove", "start", "end", "sweep", "close"), name, fc.nat(300));
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    const groups = fake();
    const { cgroups } = cgroupsOn(groups);
    const of = (one: string) => `${HOME}/process-${one}`;
    const living = new Set<string>();
    for (const [what, one, amount] of steps) {
      if (what === "prepare") cgroups.prepare(one, { memoryBytes: amount, cpuPercent: amount / 7, tasks: amount });
      if (what === "remove") cgroups.remove(of(one));
      if (what === "sweep") cgroups.removeEmpty();
      if (what === "close") cgroups.close();
      if (what === "start" && groups.directories().includes(of(one))) {
        groups.place(of(one), one);
        living.add(one);
      }
      if (what === "end" && living.delete(one)) groups.end(one);
      for (const pid of living) assert.equal(groups.groupOf(pid), of(pid));
    }
    for (const pid of living) groups.end(pid);
    for (const one of ["a", "b", "c"]) cgroups.remove(of(one));
    cgroups.close();
    assert.deepEqual(groups.directories().filter((path) => path.startsWith(HOME)), []);
  }));
});

const support = Deno.build.os === "linux" ? cgroupSupport() : null;

Deno.test({
  // Where the agent may not make control groups there is nothing to show.
  name: "a real program is kept in its group, which goes when it has ended",
  ignore: support === null || support.what === "none",
  async fn() {
    const { log } = recordingLog();
    const instance = `test${crypto.randomUUID().slice(0, 8)}`;
    const cgroups = linuxCgroups({ instance, log, clock: new FakeClock() });
    const { directory } = cgroups.prepare("sleeper", NO_LIMITS);
    assert.equal(directory, join(support?.base ?? "", `farhand-${instance}`, "process-sleeper"));
    const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
    try {
      realGroupFiles.write(`${directory}/cgroup.procs`, String(child.pid));
      cgroups.remove(directory);
      cgroups.removeEmpty();
      cgroups.close();
      assert.equal(realGroupFiles.read(`${directory}/cgroup.procs`), `${child.pid}\n`);
    } finally {
      child.kill("SIGKILL");
      await child.status;
    }
    await until(() => {
      cgroups.close();
      return realGroupFiles.read(`${directory}/cgroup.procs`) === null;
    }, "the group is taken away");
    assert.deepEqual(realGroupFiles.list(support?.base ?? "").filter((name) => name.includes(instance)), []);
  },
});
