import assert from "node:assert/strict";
import { windowsDeps, windowsHost } from "../../../../tests/helpers/windows_host.ts";
import { systemClock } from "../../../core/mod.ts";
import { windowsSelf } from "./self.windows.ts";

const OPTIONS = {} as Parameters<typeof windowsSelf>[0];
const SIGNAL = new AbortController().signal;

Deno.test("our own time, private memory and handles are told; what is not is a problem", async () => {
  const deps = windowsDeps({ clock: systemClock });
  const measures = windowsHost({
    ownCpuSeconds: () => 1.5,
    ownHandles: () => 321,
    ownMemory: () => ({ workingSetBytes: 60e6, privateBytes: 20e6 }),
  });
  const { sample, problems } = await windowsSelf(OPTIONS, deps, measures).collect(SIGNAL);
  assert.deepEqual(problems, []);
  assert.deepEqual([sample.cpuSeconds, sample.openFiles, sample.anonymousBytes], [1.5, 321, 20e6]);
  const bare = await windowsSelf(OPTIONS, deps, windowsHost({})).collect(SIGNAL);
  assert.deepEqual(bare.problems.map((problem) => problem.split(":", 1)[0]), [
    "processor time",
    "private memory",
    "handles",
  ]);
});
