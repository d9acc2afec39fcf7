import assert from "node:assert/strict";
import fc from "fast-check";
import type { ProcessRow, ProcessTree } from "./halves.ts";
import { divideIntoTrees, isNoYounger, type TreeClues, treeKey } from "./process_trees.ts";

const OWN_PID = 100;

interface Sketch {
  readonly pid: number;
  readonly parent?: number;
  readonly session?: number;
  readonly start?: number;
  readonly marker?: string;
  readonly isZombie?: boolean;
}

function row({ pid, parent = 1, session = pid, start = pid, isZombie = false }: Sketch): ProcessRow {
  return {
    identity: { pid, startTime: String(start), bootId: "boot" },
    parentPid: parent,
    processGroup: session,
    session,
    isZombie,
    cpuSeconds: 0,
    rssBytes: 0,
    threads: 1,
    name: "",
  };
}

function tree(pid: number | null, marker = "", cgroup = ""): ProcessTree {
  const leader = pid === null ? null : { pid, startTime: String(pid), bootId: "boot" };
  return { leader, marker, cgroup, jobName: "" };
}

interface Around {
  readonly cgroups?: Readonly<Record<string, readonly number[]>>;
  readonly memory?: Readonly<Record<number, string>>;
}

function divide(
  sketches: readonly Sketch[],
  trees: readonly ProcessTree[],
  { cgroups = {}, memory = {} }: Around = {},
) {
  const clues: TreeClues = {
    ownPid: OWN_PID,
    markerOf: ({ identity }) => sketches.find(({ pid }) => pid === identity.pid)?.marker ?? "",
    cgroupPids: (directory) => cgroups[directory] ?? [],
    remembered: ({ identity }) => memory[identity.pid],
  };
  return divideIntoTrees(sketches.map(row), trees, clues).map((rows) => rows.map(({ identity }) => identity.pid));
}

Deno.test("descendants belong to the tree of their leader, whatever session they are in", () => {
  const rows = [{ pid: 200 }, { pid: 201, parent: 200, session: 200 }, { pid: 202, parent: 201 }, { pid: 300 }];
  assert.deepEqual(divide(rows, [tree(200), tree(300)]), [[200, 201, 202], [300]]);
});

Deno.test("the nearest leader counts", () => {
  const rows = [{ pid: 200 }, { pid: 201, parent: 200 }, { pid: 202, parent: 201 }, { pid: 203, parent: 202 }];
  assert.deepEqual(divide(rows, [tree(200), tree(202)]), [[200, 201], [202, 203]]);
});

Deno.test("a leader that is another process by now leads nobody, and its session is another's", () => {
  const rows = [{ pid: 200, start: 999 }, { pid: 1001, parent: 200 }, { pid: 1002, session: 200 }];
  assert.deepEqual(divide(rows, [tree(200)]), [[]]);
});

Deno.test("a parent that is younger than its child has taken a pid, and is no relative", () => {
  const rows = [{ pid: 200 }, { pid: 201, parent: 200 }, { pid: 202, parent: 201, start: 200 }];
  assert.deepEqual(divide(rows, [tree(200)]), [[200, 201]]);
});

Deno.test("the marker tells to whom those belong who have lost their parents", () => {
  const rows = [{ pid: 300, marker: "a" }, { pid: 301, marker: "b" }, { pid: 302, marker: "ab" }, { pid: 303 }];
  assert.deepEqual(divide(rows, [tree(null, "a"), tree(200, "b"), tree(null, "c")]), [[300], [301], []]);
});

Deno.test("what a marked process has started without a marker belongs to it", () => {
  const rows = [{ pid: 300, marker: "a" }, { pid: 301, parent: 300 }, { pid: 302, parent: 301 }];
  assert.deepEqual(divide(rows, [tree(null, "a")]), [[300, 301, 302]]);
});

Deno.test("a marker that was changed on the way is stronger than a leader above", () => {
  const rows = [
    { pid: 200, marker: "a" },
    { pid: 201, parent: 200, marker: "b" },
    { pid: 202, parent: 201, marker: "b" },
    { pid: 203, parent: 200, marker: "of another agent" },
  ];
  assert.deepEqual(divide(rows, [tree(200, "a"), tree(null, "b")]), [[200, 203], [201, 202]]);
});

Deno.test("a leader with the same marker as above passes it on to its own descendants", () => {
  const rows = [
    { pid: 200, marker: "a" },
    { pid: 201, parent: 200, marker: "a" },
    { pid: 202, parent: 201, marker: "a" },
    { pid: 203, parent: 200, marker: "a" },
  ];
  assert.deepEqual(divide(rows, [tree(200, "a"), tree(201)]), [[200, 203], [201, 202]]);
});

Deno.test("the session of a living leader is its tree; that of a dead one only for who descends from us", () => {
  const living = [{ pid: 200 }, { pid: 300, session: 200 }];
  assert.deepEqual(divide(living, [tree(200)]), [[200, 300]]);
  const dead = [
    { pid: 300, session: 200 },
    { pid: 301, session: 200, parent: OWN_PID },
    { pid: 302, session: 200, parent: 301 },
    { pid: OWN_PID, session: 50 },
  ];
  assert.deepEqual(divide(dead, [tree(200)]), [[301, 302]]);
  assert.deepEqual(divide([{ pid: 200, session: 50 }, { pid: 51, session: 50 }], [tree(200)]), [[200]]);
});

Deno.test("who was found in a tree before stays in it without any mark", () => {
  const rows = [{ pid: 300 }, { pid: 301, parent: 300 }, { pid: 302 }];
  const memory = { 300: treeKey(tree(200, "a")), 302: "marker of another" };
  assert.deepEqual(divide(rows, [tree(200, "a")], { memory }), [[300, 301]]);
});

Deno.test("a control group tells about those of whom nothing else does", () => {
  const rows = [{ pid: 300 }, { pid: 301, marker: "b" }, { pid: OWN_PID }];
  const cgroups = { "/g": [300, 301, OWN_PID] };
  assert.deepEqual(divide(rows, [tree(null, "", "/g"), tree(null, "b")], { cgroups }), [[300], [301]]);
});

Deno.test("zombies are no members, but those behind them are", () => {
  const rows = [{ pid: 200, isZombie: true }, { pid: 201, session: 200 }];
  assert.deepEqual(divide(rows, [tree(200)]), [[201]]);
});

Deno.test("the agent is in no tree, nor is a command of its own, though it were started in one", () => {
  const rows = [
    { pid: 90, marker: "a" },
    { pid: OWN_PID, parent: 90, session: 90, marker: "a" },
    { pid: 101, parent: OWN_PID, session: 101 },
    { pid: 102, parent: OWN_PID, marker: "b" },
  ];
  assert.deepEqual(divide(rows, [tree(90, "a"), tree(102, "b"), tree(OWN_PID)]), [[90], [102], []]);
});

Deno.test("the first process of the host leads no tree, which would be everybody", () => {
  assert.deepEqual(divide([{ pid: 1, parent: 0 }, { pid: 200 }], [tree(1)]), [[]]);
});

Deno.test("start times are compared as numbers, however long", () => {
  const at = (startTime: string) => ({ ...row({ pid: 1 }), identity: { pid: 1, startTime, bootId: "" } });
  assert.equal(isNoYounger(at("999"), at("1000")), true);
  assert.equal(isNoYounger(at("133700000000000001"), at("133700000000000000")), false);
  assert.equal(isNoYounger(at("5"), at("5")), true);
});

Deno.test("in no world does anybody belong to two trees, or to none that is his, or the agent to any", () => {
  const pid = fc.integer({ min: 95, max: 115 });
  const sketch = fc.record({
    pid,
    parent: pid,
    session: pid,
    start: fc.integer({ min: 90, max: 120 }),
    marker: fc.constantFrom("", "a", "b"),
    isZombie: fc.boolean(),
  });
  const world = fc.uniqueArray(sketch, { selector: ({ pid }) => pid, maxLength: 20 });
  const anyTree = fc.record({ leader: fc.option(sketch), marker: fc.constantFrom("", "a", "b"), group: fc.array(pid) });
  fc.assert(fc.property(world, fc.array(anyTree, { maxLength: 4 }), (rows, wanted) => {
    const trees = wanted.map(({ leader, marker }, index) => ({
      ...tree(null, marker, String(index)),
      leader: leader === null ? null : row(leader).identity,
    }));
    const cgroups = Object.fromEntries(wanted.map(({ group }, index) => [String(index), group]));
    const members = divide(rows, trees, { cgroups });
    const all = members.flat();
    assert.equal(new Set(all).size, all.length);
    assert.ok(!all.includes(OWN_PID));
    for (const { pid, marker, isZombie } of rows) {
      assert.ok(!(isZombie && all.includes(pid)));
      const isMarked = marker !== "" && trees.some((other) => other.marker === marker);
      if (isMarked && !isZombie && pid !== OWN_PID) assert.ok(all.includes(pid), String(pid));
    }
  }));
});
