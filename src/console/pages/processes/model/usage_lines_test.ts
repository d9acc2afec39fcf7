import assert from "node:assert/strict";
import fc from "fast-check";
import { thresholdsOf, usageLines } from "./usage_lines.ts";

const at = (timeMs: number, cpuPercent?: number) => ({
  timeMs,
  processes: 1,
  ...(cpuPercent !== undefined && { cpuPercent }),
});

Deno.test("measurements that follow each other are one line, a pause between them is a gap", () => {
  const lines = usageLines({ intervalMs: 10, usage: [at(0, 1), at(10, 2), at(30, 3), at(100, 4)] }, 100);
  assert.deepEqual(lines.timesMs, [0, 10, 30, 65, 100]);
  assert.deepEqual(lines.cpuPercent, [1, 2, 3, null, 4]);
});

Deno.test("what was not measured is a gap in its own line only", () => {
  const lines = usageLines({ intervalMs: 10, usage: [at(0), { ...at(10, 2), rssBytes: 5 }] }, 10);
  assert.deepEqual([lines.cpuPercent, lines.rssBytes], [[null, 2], [null, 5]]);
});

Deno.test("what was measured long ago is not the present", () => {
  const usage = [at(0, 1), at(10, 2)];
  assert.deepEqual(usageLines({ intervalMs: 10, usage }, 30).cpuPercent, [1, 2]);
  const { timesMs, cpuPercent } = usageLines({ intervalMs: 10, usage }, 100);
  assert.deepEqual([timesMs, cpuPercent], [[0, 10, 100], [1, 2, null]]);
  assert.deepEqual(usageLines({ intervalMs: 10, usage: [] }, 100).timesMs, []);
});

Deno.test("whatever a host says, times only grow and all lines are as long", () => {
  const point = fc.record({ timeMs: fc.double(), processes: fc.nat(), cpuPercent: fc.double() });
  fc.assert(fc.property(fc.array(point), fc.double(), fc.double(), (usage, intervalMs, nowMs) => {
    const { timesMs, ...lines } = usageLines({ usage, intervalMs }, nowMs);
    for (let index = 1; index < timesMs.length; index++) {
      assert.ok((timesMs[index] ?? NaN) > (timesMs[index - 1] ?? NaN));
    }
    for (const line of Object.values(lines)) assert.equal(line.length, timesMs.length);
  }));
});

Deno.test("whatever a host answers instead makes nothing throw", () => {
  fc.assert(fc.property(fc.jsonValue(), (answer) => {
    for (const report of [answer, { usage: answer, intervalMs: answer, limits: answer }, { usage: [answer] }]) {
      const { timesMs, ...lines } = usageLines(report, 0);
      for (const line of Object.values(lines)) assert.equal(line.length, timesMs.length);
      for (const threshold of Object.values(thresholdsOf(report))) assert.ok(Number.isFinite(threshold));
    }
  }));
});
