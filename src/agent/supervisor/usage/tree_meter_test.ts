import assert from "node:assert/strict";
import fc from "fast-check";
import type { ProcessRow } from "../../../platform/mod.ts";
import type { ProcessUsage } from "../../../protocol/mod.ts";
import type { MemberFiles } from "./member_contract.ts";
import { TreeMeter } from "./tree_meter.ts";

interface Fake {
  readonly pid: number;
  readonly start?: number;
  readonly cpu?: number;
  readonly io?: number;
  readonly isZombie?: boolean;
}

const row = ({ pid, start = 1, cpu = 0, isZombie = false }: Fake): ProcessRow => ({
  identity: { pid, startTime: String(start), bootId: "b" },
  parentPid: 1,
  processGroup: pid,
  session: pid,
  isZombie,
  cpuSeconds: cpu,
  rssBytes: 1_000,
  threads: 2,
  name: "x",
});

/** Measures one tree again and again, ten seconds apart; says whose files were read. */
class Bench {
  readonly meter = new TreeMeter();
  round = 0;
  read: number[] = [];
  /** Start times are in seconds here. */
  newSince: number | undefined;

  measure(members: readonly Fake[], files = (member: Fake): MemberFiles | null => ({
    readBytes: member.io ?? 0,
    writtenBytes: 0,
    openFiles: 3,
  })): ProcessUsage {
    const monotonicMs = 1_000 + this.round * 10_000;
    const due = this.meter.update(members.map(row), { monotonicMs, newSince: this.newSince, round: this.round++ });
    this.newSince = monotonicMs / 1_000;
    this.read = due.map(({ pid }) => pid);
    for (const member of due) {
      const fake = members.find(({ pid }) => pid === member.pid);
      if (fake !== undefined) this.meter.note(member, files(fake), 0);
    }
    return this.meter.finish(5);
  }
}

Deno.test("the first measurement has no rates, the next ones those since the one before", () => {
  const bench = new Bench();
  assert.deepEqual(bench.measure([{ pid: 7, cpu: 100, io: 1e9 }]), {
    timeMs: 5,
    processes: 1,
    rssBytes: 1_000,
    threads: 2,
    openFiles: 3,
  });
  const usage = bench.measure([{ pid: 7, cpu: 105, io: 1e9 + 50_000 }]);
  assert.deepEqual([usage.cpuPercent, usage.readBytesPerSecond, usage.writtenBytesPerSecond], [50, 5_000, 0]);
});

Deno.test("a new member counts whole when it has started since, and from now on when it is older", () => {
  const bench = new Bench();
  bench.measure([{ pid: 7 }]);
  const both = bench.measure([{ pid: 7 }, { pid: 8, start: 5, cpu: 2, io: 100 }, {
    pid: 9,
    start: 0,
    cpu: 90,
    io: 9e9,
  }]);
  assert.deepEqual([both.cpuPercent, both.readBytesPerSecond, both.processes], [20, 10, 3]);
  const later = bench.measure([{ pid: 7 }, { pid: 8, start: 5, cpu: 2, io: 100 }, {
    pid: 9,
    start: 0,
    cpu: 91,
    io: 9e9,
  }]);
  assert.deepEqual([later.cpuPercent, later.readBytesPerSecond], [10, 0]);
});

Deno.test("a pid that was given anew is another member", () => {
  const bench = new Bench();
  bench.measure([{ pid: 7, cpu: 50 }]);
  assert.equal(bench.measure([{ pid: 7, start: 6, cpu: 1 }]).cpuPercent, 10);
});

Deno.test("what moves from an ended member to its parent is not counted twice", () => {
  const bench = new Bench();
  bench.measure([{ pid: 7, io: 1_000 }, { pid: 8, io: 40_000 }]);
  const usage = bench.measure([{ pid: 7, io: 42_000 }]);
  assert.equal(usage.readBytesPerSecond, 100);
  assert.equal(usage.cpuPercent, 0);
});

Deno.test("files of members that do nothing are read in turns, of others each time", () => {
  const bench = new Bench();
  const idle = Array.from({ length: 9 }, (_, index) => ({ pid: 100 + index }));
  bench.measure(idle);
  assert.equal(bench.read.length, 9);
  const seen: number[] = [];
  for (let i = 1; i <= 3; i++) {
    bench.measure([...idle, { pid: 7, cpu: i }]);
    assert.ok(bench.read.includes(7));
    const others = bench.read.filter((pid) => pid !== 7);
    assert.equal(others.length, 3);
    seen.push(...others);
  }
  assert.deepEqual(seen.sort(), idle.map(({ pid }) => pid));
});

Deno.test("what cannot be told of one member is told of none; who has ended in between breaks nothing", () => {
  const bench = new Bench();
  const members = [{ pid: 7 }, { pid: 8 }];
  bench.measure(members, ({ pid }) => pid === 7 ? { readBytes: 1, writtenBytes: 1, openFiles: 1 } : {});
  const partly = bench.measure(
    members.map((one) => ({ ...one, cpu: 1 })),
    ({ pid }) => pid === 7 ? { readBytes: 1, writtenBytes: 1, openFiles: 1 } : {},
  );
  assert.deepEqual([partly.openFiles, partly.readBytesPerSecond], [undefined, undefined]);
  const other = new Bench();
  const gone = other.measure(members, ({ pid }) => pid === 7 ? { openFiles: 4 } : null);
  assert.equal(gone.openFiles, 4);
});

Deno.test("a zombie counts for what it has done, not for what it occupies", () => {
  const bench = new Bench();
  bench.measure([{ pid: 7 }, { pid: 8 }]);
  const usage = bench.measure([{ pid: 7 }, { pid: 8, cpu: 1, isZombie: true }]);
  assert.deepEqual([usage.processes, usage.rssBytes, usage.cpuPercent], [1, 1_000, 10]);
  assert.ok(!bench.read.includes(8));
});

Deno.test("the files of a tree that has gone wild are not read", () => {
  const bench = new Bench();
  const many = Array.from({ length: 600 }, (_, index) => ({ pid: 100 + index }));
  const usage = bench.measure(many);
  assert.deepEqual([bench.read.length, usage.openFiles, usage.processes], [0, undefined, 600]);
});

Deno.test("a count of open files that was slow rests", () => {
  const meter = new TreeMeter();
  const due = (monotonicMs: number) => meter.update([row({ pid: 7 })], { monotonicMs, newSince: 0, round: 0 })[0];
  const first = due(0);
  assert.ok(first !== undefined && meter.wantsOpenFiles(first));
  meter.note(first, { openFiles: 50_000 }, 25);
  assert.equal(meter.finish(0).openFiles, 50_000);
  for (const [ms, wants] of [[10_000, false], [20_000, false], [30_000, true]] as const) {
    due(ms);
    assert.equal(meter.wantsOpenFiles(first), wants);
    if (!wants) meter.note(first, { readBytes: 1 }, 0);
    assert.equal(meter.finish(0).openFiles, 50_000);
  }
});

Deno.test("whatever members do, nothing is negative, and who only lives on is counted to the last tick", () => {
  const member = fc.record({
    pid: fc.integer({ min: 1, max: 5 }),
    start: fc.nat(3),
    cpu: fc.nat(50),
    io: fc.nat(1_000),
  });
  const members = fc.uniqueArray(member, { selector: ({ pid }) => pid, maxLength: 5 });
  fc.assert(fc.property(fc.array(members, { maxLength: 20 }), (steps) => {
    const bench = new Bench();
    let total = 0;
    for (const [index, step] of steps.entries()) {
      const usage = bench.measure([...step, { pid: 99, cpu: index * 2 }]);
      for (const value of Object.values(usage)) assert.ok((value ?? NaN) >= 0);
      total += usage.cpuPercent ?? 0;
    }
    assert.ok(total >= Math.max(0, steps.length - 1) * 20 - 0.001);
  }));
});
