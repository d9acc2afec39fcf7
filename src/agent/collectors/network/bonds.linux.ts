import type { NetworkSample } from "../../../protocol/mod.ts";
import type { TreeReader } from "../reading/tree_reader.ts";

type Bonds = NonNullable<NetworkSample["bonds"]>;

const MAX_NAMES = 256;

/** Bonded interfaces and how many of their parts have a link; none where the driver is not loaded. */
export function readBonds(tree: TreeReader, directory: string): Bonds | undefined {
  const classPath = (...parts: string[]) => tree.sys("class", "net", ...parts);
  const masters = tree.line(classPath("bonding_masters"));
  if (masters === null) return undefined;
  return words(masters).map((name) => {
    const slaves = words(tree.line(classPath(name, "bonding", "slaves")) ?? "");
    let told: ReadonlyMap<string, string> | null = null;
    const state = (slave: string) =>
      tree.line(classPath(slave, "bonding_slave", "mii_status")) ??
        (told ??= parseBond(tree.text(tree.proc(directory, "bonding", name)) ?? "")).get(slave);
    return { name, slaves: slaves.length, active: slaves.filter((slave) => state(slave) === "up").length };
  });
}

/** The state of each part, from /proc/net/bonding/<master>: before Linux 3.14 it stood there only. */
export function parseBond(text: string): Map<string, string> {
  const states = new Map<string, string>();
  let slave: string | null = null;
  for (const line of text.split("\n")) {
    const [, name = "", value = ""] = /^([^:]+): (.*)$/.exec(line) ?? [];
    if (name === "Slave Interface") slave = value.trim();
    else if (name === "MII Status" && slave !== null) states.set(slave, value.trim());
  }
  return states;
}

function words(text: string): string[] {
  return text.split(/\s+/, MAX_NAMES).filter((word) => word !== "");
}
