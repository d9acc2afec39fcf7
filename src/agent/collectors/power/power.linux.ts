import type { PowerSample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig } from "../contract.ts";
import type { TreeReader } from "../reading/tree_reader.ts";
import { isSupplyFile, parseSupply, type Supply } from "./supply_files.ts";

const MAX_SUPPLIES = 100;

/** A host without batteries has an empty sample and no problem. Supplies come and go with their plugs. */
export function linuxPower(_options: CollectorsConfig["power"], { tree }: CollectorDeps): Collector<PowerSample> {
  return {
    collect() {
      const names = tree.list(tree.sys("class", "power_supply")).sort().slice(0, MAX_SUPPLIES);
      return { sample: { supplies: names.map((name) => readSupply(tree, name)) }, problems: [] };
    },
  };
}

function readSupply(tree: TreeReader, name: string): Supply {
  const directory = tree.sys("class", "power_supply", name);
  const texts = new Map<string, string>();
  for (const file of tree.list(directory).sort()) {
    const text = isSupplyFile(file) ? tree.line(`${directory}/${file}`) : null;
    if (text !== null) texts.set(file, text);
  }
  return parseSupply(name, texts);
}
