import type { PowerSample } from "../../../protocol/mod.ts";
import type { CollectorsConfig, CollectorSpec } from "../contract.ts";
import { powerMetrics } from "./metrics.ts";
import { darwinPower } from "./power.darwin.ts";
import { linuxPower } from "./power.linux.ts";
import { windowsPower } from "./power.windows.ts";

export const powerCollector: CollectorSpec<CollectorsConfig["power"], PowerSample> = {
  name: "power",
  halves: { darwin: darwinPower, linux: linuxPower, windows: windowsPower },
  readAtScrape: true,
  series: [{ name: "power.charge_percent", unit: "percent", help: "Charge of a battery.", instance: "supply" }],
  points({ supplies }, _before, _elapsedSeconds, emit) {
    for (const { name, chargePercent } of supplies) emit("power.charge_percent", chargePercent, name);
  },
  metrics: powerMetrics,
};
