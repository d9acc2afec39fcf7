import assert from "node:assert/strict";
import { darwinDeps, darwinHost } from "../../../../tests/helpers/darwin_host.ts";
import { darwinPower } from "./power.darwin.ts";

const OPTIONS = {} as Parameters<typeof darwinPower>[0];

Deno.test("supplies are what pmset prints", async () => {
  const measures = darwinHost({
    toolOutput: (path, args) => Promise.resolve(`Now drawing from 'AC Power'\n -${[path, ...args]} (id=1)\t50%\n`),
  });
  const { sample } = await darwinPower(OPTIONS, darwinDeps(), measures).collect(new AbortController().signal);
  assert.deepEqual(sample.supplies.map(({ name }) => name), ["AC Power", "/usr/bin/pmset,-g,batt"]);
});

Deno.test("without pmset there is no reading", async () => {
  const collector = darwinPower(OPTIONS, darwinDeps(), darwinHost({}));
  await assert.rejects(
    async () => await collector.collect(new AbortController().signal),
    /Cannot run \/usr\/bin\/pmset/,
  );
});
