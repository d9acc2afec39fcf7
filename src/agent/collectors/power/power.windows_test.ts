import assert from "node:assert/strict";
import { TextSink } from "../../../core/mod.ts";
import { parseSeries } from "../../../../tests/helpers/prometheus.ts";
import { windowsDeps, windowsHost } from "../../../../tests/helpers/windows_host.ts";
import { powerMetrics } from "./metrics.ts";
import { suppliesOf, windowsPower } from "./power.windows.ts";

const OPTIONS = {} as Parameters<typeof windowsPower>[0];
const SIGNAL = new AbortController().signal;

Deno.test("a battery tells whether it is charged, discharged, full, or neither", () => {
  const statusOf = (onLine: boolean | undefined, charging: boolean, chargePercent?: number) => {
    const battery = { charging, ...(chargePercent !== undefined && { chargePercent }) };
    return suppliesOf({ ...(onLine !== undefined && { onLine }), battery }, null).at(-1)?.status;
  };
  assert.equal(statusOf(true, true, 50), "Charging");
  assert.equal(statusOf(true, false, 100), "Full");
  assert.equal(statusOf(true, false, 80), "Not charging");
  assert.equal(statusOf(false, false, 80), "Discharging");
  assert.equal(statusOf(undefined, false), "Unknown");
});

Deno.test("a server has its supply and no battery, and that is no problem", async () => {
  const measures = windowsHost({ powerStatus: () => ({ onLine: true }) });
  assert.deepEqual(await windowsPower(OPTIONS, windowsDeps(), measures).collect(SIGNAL), {
    sample: { supplies: [{ name: "AC", type: "Mains", online: true }] },
    problems: [],
  });
});

Deno.test("a battery's energy is told where it is known", async () => {
  const status = { onLine: false, battery: { charging: false, chargePercent: 50, secondsLeft: 7200 } };
  const state = { discharging: true, capacityJoules: 180_000, remainingJoules: 90_000, watts: 12.5 };
  const measures = windowsHost({ powerStatus: () => status, batteryState: () => state });
  const { sample, problems } = await windowsPower(OPTIONS, windowsDeps(), measures).collect(SIGNAL);
  assert.deepEqual(problems, []);
  const sink = new TextSink("prometheus");
  powerMetrics(sample, sink, "windows");
  assert.deepEqual([...parseSeries(sink.text())], [
    ['farhand_power_charge_ratio{supply="Battery"}', 0.5],
    ['farhand_power_energy_full_joules{supply="Battery"}', 180_000],
    ['farhand_power_energy_joules{supply="Battery"}', 90_000],
    ['farhand_power_online{supply="AC"}', 0],
    ['farhand_power_power_watts{supply="Battery"}', 12.5],
    ['farhand_power_remaining_seconds{supply="Battery"}', 7200],
  ]);
  const silent = await windowsPower(OPTIONS, windowsDeps(), windowsHost({ powerStatus: () => status })).collect(SIGNAL);
  assert.equal(silent.sample.supplies[1]?.values, undefined);
  assert.match(silent.problems.join(), /^capacity of the battery: /);
});
