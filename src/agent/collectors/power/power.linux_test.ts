import assert from "node:assert/strict";
import fc from "fast-check";
import { depsFor, hostRoots, metricLines, PLAIN_OPTIONS, pointsOf } from "../../../../tests/helpers/fixture_host.ts";
import { powerCollector } from "./power.ts";
import { linuxPower } from "./power.linux.ts";
import { parseSupply } from "./supply_files.ts";

const SIGNAL = new AbortController().signal;

Deno.test("supplies are read in base units, with what is left of a battery", async () => {
  const { sample, problems } = await linuxPower(PLAIN_OPTIONS, depsFor(hostRoots("arm64_board"))).collect(SIGNAL);
  assert.deepEqual(problems, []);
  const [mains, battery, mouse] = sample.supplies;
  assert.deepEqual([mains?.name, mains?.type, mains?.online], ["AC", "Mains", false]);
  const { values, facts, ...main } = battery ?? {};
  assert.deepEqual(main, {
    name: "BAT0",
    type: "Battery",
    online: undefined,
    status: "Discharging",
    chargePercent: 50,
    secondsLeft: 4680, // 1.95 Ah at 1.5 A
  });
  assert.deepEqual([values?.["voltage_now"], values?.["temp"], values?.["cycle_count"]], [11.875, 31.2, 212]);
  assert.equal(facts?.["technology"], "Li-ion");
  assert.equal(mouse?.secondsLeft, 14_400, "power that flows out may be below zero");
});

Deno.test("a host without batteries has none, and that is no problem", async () => {
  const reading = await linuxPower(PLAIN_OPTIONS, depsFor(hostRoots("vm"))).collect(SIGNAL);
  assert.deepEqual(reading, { sample: { supplies: [] }, problems: [] });
  assert.deepEqual(metricLines(powerCollector, reading.sample), []);
});

Deno.test("a battery's own word on its time counts before what can be computed", () => {
  const files = { status: "Discharging", time_to_empty_now: "1200", energy_now: "30000000", power_now: "10000000" };
  assert.equal(parseSupply("B", new Map(Object.entries(files))).secondsLeft, 1200);
  const charging = { ...files, status: "Charging" };
  assert.equal(parseSupply("B", new Map(Object.entries(charging))).secondsLeft, undefined);
  const idle = { status: "Discharging", energy_now: "30000000", power_now: "0" };
  assert.equal(parseSupply("B", new Map(Object.entries(idle))).secondsLeft, undefined);
});

Deno.test("what is no number is absent", () => {
  const files = new Map([["capacity", "101"], ["voltage_now", "-5"], ["cycle_count", "x"], ["toString", "5"]]);
  const { chargePercent, values } = parseSupply("B", files);
  assert.deepEqual([chargePercent, values], [undefined, { capacity: 101 }]);
});

Deno.test("no text in a file makes a number that cannot be", () => {
  const file = fc.constantFrom(
    "capacity",
    "energy_now",
    "power_now",
    "current_now",
    "charge_now",
    "temp",
    "online",
    "status",
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.bigInt().map(String),
    fc.constantFrom("Discharging", "0", "-1"),
  );
  fc.assert(fc.property(fc.array(fc.tuple(file, text)), (files) => {
    const { chargePercent = 0, secondsLeft = 0, values = {} } = parseSupply("B", new Map(files));
    assert.ok(chargePercent >= 0 && chargePercent <= 100);
    assert.ok(secondsLeft >= 0 && Number.isFinite(secondsLeft));
    for (const [name, value] of Object.entries(values)) {
      assert.ok(Number.isFinite(value) && !Object.is(value, -0));
      assert.ok(value >= 0 || /^(power|current|temp)/.test(name));
    }
  }));
});

Deno.test("the metrics have node_exporter's names, and the chart the charge", () => {
  const supply = parseSupply(
    "BAT0",
    new Map([["type", "Battery"], ["capacity", "50"], ["energy_now", "1500000"], ["temp", "301"]]),
  );
  const sample = { supplies: [supply] };
  assert.deepEqual(metricLines(powerCollector, sample), [
    'node_power_supply_capacity{power_supply="BAT0"} 50',
    'node_power_supply_energy_watthour{power_supply="BAT0"} 1.5',
    'node_power_supply_temp_celsius{power_supply="BAT0"} 30.1',
    'node_power_supply_info{power_supply="BAT0",type="Battery"} 1',
  ]);
  assert.deepEqual(pointsOf(powerCollector, sample, null, 0), { "power.charge_percent BAT0": 50 });
});
