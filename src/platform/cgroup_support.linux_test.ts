import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeCgroups } from "../../tests/helpers/fake_cgroups.ts";
import { linuxCgroupSupport } from "./cgroup_support.linux.ts";
import { groupDirectories, parseCgroupMounts, parseOwnGroup } from "./linux/cgroup_paths.ts";
import { cgroupSupport } from "./mod.ts";

const MOUNT = "/sys/fs/cgroup";
const UNIT = `${MOUNT}/system.slice/agent.service`;
const ALL = ["memory", "cpu", "pids"];

Deno.test("root makes its groups at the top, beside the unit that it runs in", () => {
  const support = linuxCgroupSupport(new FakeCgroups({ own: "/system.slice/agent.service" }));
  assert.deepEqual(support, {
    what: "controllers",
    controllers: ALL,
    missing: {},
    reason: "",
    advice: "",
    base: MOUNT,
    isInBase: false,
  });
});

Deno.test("root below a group that systemd has left to it makes its groups there", () => {
  for (const mark of ["trusted.delegate", "user.delegate"]) {
    const groups = new FakeCgroups({ own: "/system.slice/agent.service/agent" });
    groups.add(`${MOUNT}/system.slice`, ALL);
    groups.add(UNIT);
    groups.write(`${MOUNT}/cgroup.subtree_control`, "+cpu +memory +pids");
    groups.attributes.set(`${UNIT} ${mark}`, "1");
    assert.equal(linuxCgroupSupport(groups).base, UNIT);
    assert.deepEqual(linuxCgroupSupport(groups).controllers, ALL);
    groups.attributes.set(`${UNIT} ${mark}`, "0");
    assert.equal(linuxCgroupSupport(groups).base, MOUNT);
  }
});

Deno.test("root in the very group that was left to it goes to the top: systemd could not start it there again", () => {
  const groups = new FakeCgroups({ own: "/system.slice/agent.service" });
  groups.attributes.set(`${UNIT} user.delegate`, "1");
  assert.equal(linuxCgroupSupport(groups).base, MOUNT);
});

Deno.test("a user's agent takes the highest group that is the user's, with what was left to the user", () => {
  const user = `${MOUNT}/user.slice/user-1000.slice/user@1000.service`;
  const groups = new FakeCgroups({
    own: "/user.slice/user-1000.slice/user@1000.service/app.slice/agent.service",
    mayWrite: (directory) => directory.startsWith(user),
  });
  groups.add(`${MOUNT}/user.slice/user-1000.slice`, ["memory", "pids"]);
  const support = linuxCgroupSupport(groups);
  assert.equal(support.base, user);
  assert.deepEqual(support.controllers, ["memory", "pids"]);
  assert.equal(support.missing.cpu, `it was not left to the agent in ${user}`);
  assert.match(support.advice, /Delegate=yes/);
});

Deno.test("a user's agent in the very group that was left to it keeps processes together, and limits nothing", () => {
  const groups = new FakeCgroups({
    own: "/system.slice/agent.service",
    mayWrite: (directory) => directory.startsWith(UNIT),
  });
  groups.add(`${MOUNT}/system.slice`, ALL);
  const support = linuxCgroupSupport(groups);
  assert.deepEqual([support.what, support.base, support.controllers], ["group-only", UNIT, []]);
  assert.match(support.reason, /^memory, cpu, pids: the agent itself is in the control group/);
  assert.match(support.advice, /DelegateSubgroup=/);
});

Deno.test("an agent that may write nothing has no groups, and is told what to do", () => {
  const support = linuxCgroupSupport(new FakeCgroups({ own: "/user.slice/session-3.scope", mayWrite: () => false }));
  assert.deepEqual([support.what, support.base], ["none", ""]);
  assert.match(support.reason, /may not write its control group .*session-3\.scope/);
  assert.notEqual(support.advice, "");
  assert.deepEqual(Object.keys(support.missing), ALL);
});

Deno.test("alone in a container the agent can move down; with others it cannot limit", () => {
  const groups = new FakeCgroups({ isContainer: true });
  assert.deepEqual([linuxCgroupSupport(groups).isInBase, linuxCgroupSupport(groups).controllers], [true, ALL]);
  groups.place(MOUNT, "1");
  const support = linuxCgroupSupport(groups);
  assert.deepEqual([support.what, support.isInBase], ["group-only", false]);
  assert.match(support.reason, /other processes are in the control group/);
});

Deno.test("controllers that version 1 has are told from those that nobody has", () => {
  const mounts = ["35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory"];
  const support = linuxCgroupSupport(new FakeCgroups({ controllers: ["pids"], mounts }));
  assert.deepEqual(support.controllers, ["pids"]);
  assert.match(support.missing.memory ?? "", /version 1/);
  assert.match(support.missing.cpu ?? "", /this kernel/);
  assert.match(support.advice, /unified_cgroup_hierarchy/);
});

Deno.test("without version 2 there are no groups", () => {
  const mountinfo = "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";
  const view = { read: (path: string) => path.endsWith("mountinfo") ? mountinfo : null };
  const support = linuxCgroupSupport({ ...view, canWrite: () => true, attribute: () => null });
  assert.deepEqual([support.what, support.reason], ["none", "version 2 of control groups is not mounted"]);
});

Deno.test("mounts are found wherever they are, and the whole tree goes before a part of it", () => {
  const { unified, version1 } = parseCgroupMounts([
    "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755",
    "36 31 0:33 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu,cpuacct",
    "40 31 0:38 /part /mnt/part rw - cgroup2 cgroup2 rw",
    String.raw`41 31 0:38 / /mnt/all\040of\134it rw shared:1 master:2 - cgroup2 cgroup2 rw`,
  ].join("\n"));
  assert.deepEqual(unified, { root: "/", point: String.raw`/mnt/all of\it` });
  assert.ok(version1.has("cpu") && version1.has("cpuacct") && !version1.has("memory"));
});

Deno.test("the own group's directories lead to the mount, and never out of it", () => {
  const all = { root: "/", point: "/cg" };
  assert.deepEqual(groupDirectories(all, "/a/b"), ["/cg/a/b", "/cg/a", "/cg"]);
  assert.deepEqual(groupDirectories(all, "/"), ["/cg"]);
  assert.equal(groupDirectories(all, "/../x"), null);
  const part = { root: "/docker/1", point: "/cg" };
  assert.deepEqual(groupDirectories(part, "/docker/1/x"), ["/cg/x", "/cg"]);
  assert.deepEqual(groupDirectories(part, "/docker/1"), ["/cg"]);
  assert.equal(groupDirectories(part, "/docker/12"), null);
  assert.equal(parseOwnGroup("4:memory:/a\n0::/b\n"), "/b");
  assert.equal(parseOwnGroup("4:memory:/a\n"), null);
});

Deno.test("no text makes the parsers throw, or lead out of the mount", () => {
  const texts = fc.array(fc.oneof(fc.string(), fc.constantFrom(" - cgroup2 x rw", "/a/../b", "0::/..", "1 2 3 / /m")));
  fc.assert(fc.property(texts, fc.string(), (lines, group) => {
    const { unified } = parseCgroupMounts(lines.join("\n"));
    const own = parseOwnGroup(lines.join("\n")) ?? `/${group}`;
    for (const directory of groupDirectories(unified ?? { root: "/", point: "/m" }, own) ?? []) {
      assert.ok(!directory.split("/").includes("..") || unified?.point.includes(".."));
    }
  }));
});

Deno.test("this host is looked at without harm", () => {
  const { what, reason, controllers, missing, base } = cgroupSupport();
  assert.equal(what === "none", base === "");
  assert.equal(controllers.length + Object.keys(missing).length, 3);
  assert.equal(reason === "", controllers.length === 3);
});
