import assert from "node:assert/strict";
import { openFilesLimit, parseBusySeconds, parseCpuSeconds } from "./fleet_use.ts";

Deno.test("CPU seconds are those of user and system, whatever the process is called", () => {
  const stat = "77 (a ) b) S 1 77 77 0 -1 4194560 9 8 7 6 250 150 3 2 20 0 9 0 123 456 789";
  assert.equal(parseCpuSeconds(stat), 4);
});

Deno.test("a line that is too short is an error, no zero", () => {
  assert.throws(() => parseCpuSeconds("77 (deno) S 1"), /too few fields/);
});

Deno.test("the limit of open files is the soft one", () => {
  const limits = "Limit                     Soft Limit           Hard Limit           Units\n" +
    "Max open files            1024                 20000                files\n";
  assert.equal(openFilesLimit(limits), 1_024);
});

Deno.test("the machine is busy with all but what is idle or waits for a disk", () => {
  assert.equal(parseBusySeconds("cpu  100 20 30 9000 500 5 5 0 0 0\ncpu0 1 2 3\n"), 1.6);
  assert.throws(() => parseBusySeconds("intr 1"), /does not tell/);
});
