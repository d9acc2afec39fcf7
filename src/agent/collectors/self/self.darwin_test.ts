import assert from "node:assert/strict";
import { darwinDeps, darwinHost } from "../../../../tests/helpers/darwin_host.ts";
import { systemClock } from "../../../core/mod.ts";
import { darwinSelf } from "./self.darwin.ts";

const OPTIONS = {} as Parameters<typeof darwinSelf>[0];

Deno.test("of the agent itself the kernel tells more than the runtime", async () => {
  const use = { cpuSeconds: 1.5, virtualBytes: 400, rssBytes: 1, threads: 9 };
  const measures = darwinHost({
    processFacts: (pid) => ({ pid, parent: 1, uid: 501, name: "agent", state: "running", use }),
    openFileCount: (pid) => pid === Deno.pid ? 17 : undefined,
  });
  const collector = darwinSelf(OPTIONS, darwinDeps({ clock: systemClock }), measures);
  const { sample, problems } = await collector.collect(new AbortController().signal);
  const { cpuSeconds, virtualBytes, threads, openFiles } = sample;
  assert.deepEqual([cpuSeconds, virtualBytes, threads, openFiles], [1.5, 400, 9, 17]);
  assert.ok(sample.rssBytes > 1);
  assert.deepEqual(problems, []);
});
