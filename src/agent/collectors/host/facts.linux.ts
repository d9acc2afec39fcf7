import type { TreeReader } from "../reading/tree_reader.ts";
import { valueAfter } from "../reading/keyed_lines.ts";
import { containerKind, type ContainerSigns } from "./container_kind.ts";
import { virtualisationOf } from "./virtualisation.ts";

/**
 * Names as node_exporter has them, and the files of /sys/class/dmi/id. Numbers that tell one machine from another of
 * its make are not read, but for the one that an inventory asks for; only root may read these.
 */
const DMI_FILES: readonly (readonly [name: string, file: string])[] = [
  ["bios_date", "bios_date"],
  ["bios_release", "bios_release"],
  ["bios_vendor", "bios_vendor"],
  ["bios_version", "bios_version"],
  ["board_asset_tag", "board_asset_tag"],
  ["board_name", "board_name"],
  ["board_vendor", "board_vendor"],
  ["board_version", "board_version"],
  ["chassis_asset_tag", "chassis_asset_tag"],
  ["chassis_vendor", "chassis_vendor"],
  ["chassis_version", "chassis_version"],
  ["product_family", "product_family"],
  ["product_name", "product_name"],
  ["product_serial", "product_serial"],
  ["product_sku", "product_sku"],
  ["product_version", "product_version"],
  ["system_vendor", "sys_vendor"],
];
const MAX_VALUE = 200;
/** Where the name of an ACPI table's maker stands. */
const ACPI_HEAD_BYTES = 36;

/** Vendor, product and firmware; undefined where the firmware has no such tables. */
export function readDmi(tree: TreeReader): Record<string, string> | undefined {
  const directory = tree.sys("class", "dmi", "id");
  const there = new Set(tree.list(directory));
  const dmi: Record<string, string> = {};
  for (const [name, file] of DMI_FILES) {
    const value = there.has(file) ? tree.text(`${directory}/${file}`) : null;
    if (value !== null) dmi[name] = value.trim().slice(0, MAX_VALUE);
  }
  return Object.keys(dmi).length > 0 ? dmi : undefined;
}

export function readVirtualisation(
  tree: TreeReader,
  dmi: Readonly<Record<string, string>>,
  kernelRelease: string,
): string | undefined {
  const text = (path: string) => tree.text(path) ?? undefined;
  return virtualisationOf({
    dmi,
    kernelRelease,
    cpuFlags: cpuFlags(text(tree.proc("cpuinfo")) ?? ""),
    hypervisor: text(tree.sys("hypervisor", "type"))?.trim(),
    xenCapabilities: text(tree.proc("xen", "capabilities")),
    clockSources: text(tree.sys("devices/system/clocksource/clocksource0/available_clocksource"))?.trim(),
    acpi: text(tree.sys("firmware/acpi/tables/FACP"))?.slice(0, ACPI_HEAD_BYTES),
    deviceTree: text(tree.proc("device-tree/hypervisor/compatible")),
  });
}

/** Of x86 alone: arm64 has a line of features, in which a hypervisor does not show. */
function cpuFlags(cpuinfo: string): string | undefined {
  return valueAfter(cpuinfo, "flags\t\t:");
}

export function readContainerKind(tree: TreeReader, kernelRelease: string): string | undefined {
  const text = (path: string) => tree.text(path) ?? undefined;
  const environment = text(tree.proc("1", "environ"))?.split("\0") ?? [];
  const announced = environment.find((entry) => entry.startsWith("container="))?.slice("container=".length);
  const inRoot = new Set(tree.list(tree.root()));
  const signs: ContainerSigns = {
    announced: announced ?? tree.line(tree.root("run", "systemd", "container")) ?? undefined,
    dockerFile: inRoot.has(".dockerenv"),
    podmanFile: text(tree.root("run", ".containerenv")),
    cgroups: text(tree.proc("1", "cgroup")),
    // Those of process 1 are for root's eyes; in a container they are the same as ours.
    namespaces: ["pid", "uts", "ipc"].map((name) =>
      tree.link(tree.proc("1", "ns", name)) ?? tree.link(tree.proc("self", "ns", name))
    ),
    openvz: tree.list(tree.proc("vz")).length > 0 && tree.list(tree.proc("bc")).length === 0,
    kernelRelease,
  };
  return containerKind(signs);
}
