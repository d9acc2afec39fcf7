import assert from "node:assert/strict";
import { TextSink } from "../../../core/mod.ts";
import { darwinPowerMetrics } from "./darwin_metrics.ts";
import { parsePmset } from "./pmset.ts";

Deno.test("metrics of a battery have node_exporter's names on macOS", () => {
  const pmset =
    "Now drawing from 'AC Power'\n -InternalBattery-0 (id=12)\t42%; charging; 1:05 remaining present: true\n";
  const sample = { supplies: parsePmset(pmset) };
  const text = new TextSink("prometheus");
  darwinPowerMetrics(sample, text);
  const battery = 'power_supply="InternalBattery-0"';
  assert.deepEqual(text.text().split("\n").filter((line) => line !== "" && !line.startsWith("#")), [
    `node_power_supply_charged{${battery}} 0`,
    `node_power_supply_charging{${battery}} 1`,
    `node_power_supply_current_capacity{${battery}} 42`,
    `node_power_supply_max_capacity{${battery}} 100`,
    `node_power_supply_present{${battery}} 1`,
    `node_power_supply_time_to_full_seconds{${battery}} 3900`,
    `node_power_supply_power_source_state{${battery},state="AC Power"} 1`,
    `node_power_supply_power_source_state{${battery},state="Battery Power"} 0`,
    `node_power_supply_power_source_state{${battery},state="Off Line"} 0`,
    `node_power_supply_info{id="12",${battery},type="InternalBattery"} 1`,
  ]);
});
