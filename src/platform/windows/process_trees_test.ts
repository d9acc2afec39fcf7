import assert from "node:assert/strict";
import fc from "fast-check";
import type { ProcessIdentity, ProcessRow } from "../halves.ts";
import { treeMembers } from "./process_trees.ts";

const OWN_PID = 1;
const NO_JOB: ReadonlySet<number> = new Set();

function identity(pid: number, start: number): ProcessIdentity {
  return { pid, startTime: String(start), bootId: "any" };
}

function row(pid: number, parentPid: number, start: number, isZombie = false): ProcessRow {
  const use = { processGroup: 0, session: 0, cpuSeconds: 0, rssBytes: 0, threads: 1, name: "x.exe" };
  return { identity: identity(pid, start), parentPid, isZombie, ...use };
}

function pids(members: readonly (readonly ProcessRow[])[]): number[][] {
  return members.map((rows) => rows.map(({ identity }) => identity.pid));
}

Deno.test("a tree is its leader with all descendants, and those in its job with theirs", () => {
  const rows = [row(10, 1, 5), row(11, 10, 6), row(12, 11, 7), row(20, 99, 6), row(21, 20, 8), row(30, 1, 9)];
  const trees = [{ leader: identity(10, 5), jobPids: new Set([10, 20]) }];
  assert.deepEqual(pids(treeMembers(rows, trees, OWN_PID)), [[10, 11, 12, 20, 21]]);
  assert.deepEqual(pids(treeMembers(rows, [{ leader: null, jobPids: NO_JOB }], OWN_PID)), [[]]);
});

Deno.test("a leader whose pid was given anew has no tree", () => {
  const rows = [row(10, 1, 500), row(11, 10, 600)];
  assert.deepEqual(pids(treeMembers(rows, [{ leader: identity(10, 5), jobPids: NO_JOB }], OWN_PID)), [[]]);
});

Deno.test("nobody is a child of one that is younger", () => {
  // 11 was started by an earlier 10; times of different lengths are compared as numbers.
  const rows = [row(10, 1, 1_000), row(11, 10, 999), row(12, 10, 1_000), row(13, 11, 1_001)];
  assert.deepEqual(pids(treeMembers(rows, [{ leader: identity(10, 1_000), jobPids: NO_JOB }], OWN_PID)), [[10, 12]]);
});

Deno.test("a process goes with the nearest ancestor that leads, so nobody belongs to two", () => {
  const rows = [row(10, 1, 1), row(11, 10, 2), row(12, 11, 3), row(13, 12, 4)];
  const outer = { leader: identity(10, 1), jobPids: new Set([10, 11, 12, 13]) };
  const inner = { leader: identity(12, 3), jobPids: NO_JOB };
  assert.deepEqual(pids(treeMembers(rows, [{ ...outer, jobPids: NO_JOB }, inner], OWN_PID)), [[10, 11], [12, 13]]);
  assert.deepEqual(pids(treeMembers(rows, [outer, inner], OWN_PID)), [[10, 11, 13], [12]]);
});

Deno.test("we are in no tree, even in that of one who has started us", () => {
  const rows = [row(10, 4, 1), row(OWN_PID, 10, 2), row(11, OWN_PID, 3), row(12, 10, 3)];
  const trees = [{ leader: identity(10, 1), jobPids: new Set([10, OWN_PID]) }];
  assert.deepEqual(pids(treeMembers(rows, trees, OWN_PID)), [[10, 12]]);
});

Deno.test("what has ended is no member, but its children are", () => {
  const rows = [row(10, 1, 1), row(11, 10, 2, true), row(12, 11, 3)];
  assert.deepEqual(pids(treeMembers(rows, [{ leader: identity(10, 1), jobPids: NO_JOB }], OWN_PID)), [[10, 12]]);
});

Deno.test("however processes name their parents, each is in one tree at most, and those that lead are in theirs", () => {
  const pid = fc.integer({ min: 2, max: 12 });
  const anyRow = fc.record({ pid, parent: fc.integer({ min: 0, max: 12 }), start: fc.integer({ min: 1, max: 4 }) });
  const anyRows = fc.uniqueArray(anyRow, { selector: (one) => one.pid, maxLength: 11 });
  const anyTrees = fc.array(fc.record({ pid, start: fc.integer({ min: 1, max: 4 }), job: fc.array(pid) }), {
    maxLength: 4,
  });
  fc.assert(fc.property(anyRows, anyTrees, (someRows, someTrees) => {
    const rows = someRows.map((one) => row(one.pid, one.parent, one.start));
    const trees = someTrees.map((one) => ({ leader: identity(one.pid, one.start), jobPids: new Set(one.job) }));
    const members = pids(treeMembers(rows, trees, OWN_PID));
    const all = members.flat();
    assert.equal(new Set(all).size, all.length);
    for (const { pid, start } of someRows) {
      const leads = someTrees.some((one) => one.pid === pid && one.start === start);
      if (leads || someTrees.some(({ job }) => job.includes(pid))) assert.ok(all.includes(pid));
    }
  }));
});
