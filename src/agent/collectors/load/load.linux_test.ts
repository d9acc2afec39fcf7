import assert from "node:assert/strict";
import fc from "fast-check";
import { anyDamage } from "../../../../tests/helpers/any_damage.ts";
import {
  badNumbers,
  damaged,
  depsFor,
  hostRoots,
  hostText,
  metricLines,
  PLAIN_OPTIONS,
  rootsIn,
} from "../../../../tests/helpers/fixture_host.ts";
import { loadCollector } from "./load.ts";
import { linuxLoad, parseLoadavg } from "./load.linux.ts";

Deno.test("the load averages of a host under load are read with its threads", async () => {
  const collector = linuxLoad(PLAIN_OPTIONS, depsFor(hostRoots("loaded")));
  const { sample, problems } = await collector.collect(new AbortController().signal);
  collector.close?.();
  assert.deepEqual(sample, { load1: 1.43, load5: 0.44, load15: 0.19, runnable: 7, threads: 122 });
  assert.deepEqual(problems, []);
});

Deno.test("without the file nothing was read, and the error says which file and why", () => {
  const collector = linuxLoad(PLAIN_OPTIONS, depsFor(rootsIn("/nowhere")));
  assert.throws(() => collector.collect(new AbortController().signal), /loadavg: /);
});

Deno.test("a text without the three averages is none", () => {
  for (const text of ["", "0.1 0.2", "0.1 x 0.3 1/2 3", "-1 0.2 0.3 1/2 3"]) assert.equal(parseLoadavg(text), null);
});

Deno.test("averages without threads are still averages", () => {
  assert.deepEqual(parseLoadavg("0.10 0.20 0.30 a/b 3\n"), {
    load1: 0.1,
    load5: 0.2,
    load15: 0.3,
    runnable: undefined,
    threads: undefined,
  });
});

Deno.test("a damaged file never makes a number that cannot be", () => {
  const whole = hostText("server128", "proc/loadavg");
  fc.assert(fc.property(fc.array(anyDamage()), (damages) => {
    assert.deepEqual(badNumbers(parseLoadavg(damaged(whole, damages))), []);
  }));
});

Deno.test("the metrics have node_exporter's names, and what is absent is left out", () => {
  const lines = metricLines(loadCollector, { load1: 0.5, load5: 0.25, load15: 0.125 });
  assert.deepEqual(lines, ["node_load1 0.5", "node_load15 0.125", "node_load5 0.25"]);
});

Deno.test("every point is of a series that is described", () => {
  const names: string[] = [];
  loadCollector.points({ load1: 1, load5: 2, load15: 3 }, null, 0, (series) => names.push(series));
  assert.deepEqual(names, loadCollector.series.map(({ name }) => name));
});
