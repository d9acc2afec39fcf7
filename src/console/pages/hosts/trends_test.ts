import assert from "node:assert/strict";
import type { HostSamples } from "../../../protocol/mod.ts";
import { consoleHost as hostView } from "../../../../tests/helpers/console_host.ts";
import { advanced, type Trend, TREND_POINTS, TREND_STEP_MS, trendOf, Trends, trendValues } from "./trends.ts";

const NONE = Array<null>(TREND_POINTS).fill(null);
const EMPTY: Trend = { cpu: NONE, memory: NONE, disk: NONE, network: NONE };
const value = (cpu: number) => ({ cpu, memory: null, disk: null, network: null });
const samples = (lastMs: number, ...cpu: (number | null)[]): HostSamples => ({
  fromMs: 0,
  toMs: lastMs,
  stepMs: TREND_STEP_MS,
  timesMs: cpu.map((_, at) => lastMs - (cpu.length - 1 - at) * TREND_STEP_MS),
  series: [{ name: "cpu.usage_percent", values: cpu }],
});

Deno.test("a later value moves the line on, steps that nothing was told for are gaps", () => {
  const first = advanced(EMPTY, null, 100, value(1));
  assert.deepEqual(first.cpu.slice(-2), [null, 1]);
  const same = advanced(first, 100, 100, value(2));
  assert.deepEqual(same.cpu.slice(-2), [null, 2]);
  const later = advanced(same, 100, 103, value(3));
  assert.deepEqual(later.cpu.slice(-5), [null, 2, null, null, 3]);
  assert.equal(later.cpu.length, TREND_POINTS);
  assert.deepEqual(advanced(later, 103, 10_000, value(4)).cpu, [...NONE.slice(1), 4]);
  assert.equal(advanced(later, 103, 99, value(9)), later);
});

Deno.test("the network is both directions, and absent only where neither was measured", () => {
  const both = { "network.receive_bytes_per_second": 1, "network.transmit_bytes_per_second": 2 };
  assert.equal(trendValues(both).network, 3);
  assert.equal(trendValues({ "network.transmit_bytes_per_second": 2 }).network, 2);
  assert.equal(trendValues({}).network, null);
});

Deno.test("what was asked for is as long as the line is", () => {
  assert.deepEqual(trendOf(samples(TREND_STEP_MS, 1, 2)).cpu.slice(-3), [null, 1, 2]);
});

Deno.test("a history is asked for once, and what was told meanwhile is kept over it", async () => {
  const answer = Promise.withResolvers<HostSamples>();
  const asked: string[] = [];
  const trends = new Trends((id) => {
    asked.push(id);
    return answer.promise;
  });
  trends.of("a");
  trends.of("a");
  const latest = { timeMs: 101 * TREND_STEP_MS, values: { "cpu.usage_percent": 7 } };
  trends.take([hostView("a", { latest }), hostView("b", { latest })]);
  while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  answer.resolve(samples(100 * TREND_STEP_MS, 5, 6));
  while (trends.of("a").cpu.at(-2) !== 6) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.deepEqual(trends.of("a").cpu.slice(-4), [null, 5, 6, 7]);
  assert.deepEqual(asked, ["a"]);
  trends.close();
});
