import assert from "node:assert/strict";
import { darwinDeps, darwinHost, valuesOf } from "../../../../tests/helpers/darwin_host.ts";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { darwinKernel } from "./kernel.darwin.ts";

const OPTIONS = {} as Parameters<typeof darwinKernel>[0];

Deno.test("files that are open, the time since boot, and no state of the clock", async () => {
  const clock = new FakeClock(1_700_000_060_500);
  const measures = darwinHost({
    sysctlNumber: valuesOf({ "kern.num_files": 5000, "kern.maxfiles": 245_760 }),
    bootTimeMs: () => 1_700_000_000_000,
  });
  const { sample } = await darwinKernel(OPTIONS, darwinDeps({ clock }), measures).collect(new AbortController().signal);
  assert.deepEqual([sample.openFiles, sample.openFilesLimit, sample.uptimeSeconds], [5000, 245_760, 60.5]);
  assert.equal(sample.timeSeconds, 1_700_000_060.5);
  assert.equal(sample.clock, undefined);
});

Deno.test("a clock that was set back before boot gives no negative time", async () => {
  const measures = darwinHost({ bootTimeMs: () => 2_000_000_000_000 });
  const { sample } = await darwinKernel(OPTIONS, darwinDeps(), measures).collect(new AbortController().signal);
  assert.equal(sample.uptimeSeconds, 0);
  assert.equal(sample.openFiles, undefined);
});
