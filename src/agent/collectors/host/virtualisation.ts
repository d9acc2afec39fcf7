/** What tells a virtual machine from a real one; what cannot be read is absent. */
export interface VirtualisationSigns {
  readonly dmi: Readonly<Record<string, string>>;
  /** The flags of the first processor, on architectures that list them. */
  readonly cpuFlags?: string | undefined;
  /** /sys/hypervisor/type, and the capabilities by which Xen's own domain is known. */
  readonly hypervisor?: string | undefined;
  readonly xenCapabilities?: string | undefined;
  readonly clockSources?: string | undefined;
  /** The head of the ACPI table FACP, which only root may read, with its maker's name. */
  readonly acpi?: string | undefined;
  /** /proc/device-tree/hypervisor/compatible, on arm64 and POWER. */
  readonly deviceTree?: string | undefined;
  readonly kernelRelease?: string | undefined;
}

/** What the fields of DMI begin with on each platform, the more particular first. */
const DMI_MAKERS: readonly (readonly [prefix: string, platform: string])[] = [
  ["KVM", "kvm"],
  ["OpenStack", "kvm"],
  ["KubeVirt", "kvm"],
  ["Amazon EC2", "amazon"],
  ["Google Compute Engine", "google"],
  ["QEMU", "qemu"],
  ["VMware", "vmware"],
  ["VMW", "vmware"],
  ["innotek GmbH", "virtualbox"],
  ["VirtualBox", "virtualbox"],
  ["Oracle Corporation", "virtualbox"],
  ["Xen", "xen"],
  ["Bochs", "bochs"],
  ["Parallels", "parallels"],
  ["BHYVE", "bhyve"],
  ["Apple Virtualization", "apple"],
  ["Hyper-V", "hyperv"],
];
const DMI_FIELDS = ["product_name", "system_vendor", "board_vendor", "bios_vendor", "product_version"] as const;
/** These sell bare machines under the same names, which only the processor's flag tells from virtual ones. */
const ALSO_BARE = new Set(["amazon", "virtualbox", "google"]);
const CLOCKS: readonly (readonly [source: string, platform: string])[] = [
  ["hyperv_clocksource", "hyperv"],
  ["xen", "xen"],
  ["kvm-clock", "kvm"],
];

/** "none" only where the processor itself says so; undefined where nobody does. */
export function virtualisationOf(signs: VirtualisationSigns): string | undefined {
  if (signs.hypervisor === "xen") return signs.xenCapabilities?.includes("control_d") ? "none" : "xen";
  if (/microsoft/i.test(signs.kernelRelease ?? "")) return "hyperv"; // the Linux that comes with Windows
  const flagged = signs.cpuFlags === undefined ? undefined : / hypervisor(?= |$)/.test(` ${signs.cpuFlags}`);
  const maker = makerOf(signs.dmi);
  if (maker !== undefined && !(flagged === false && ALSO_BARE.has(maker))) return maker;
  if (signs.acpi?.includes("FIRECK")) return "firecracker";
  const tree = signs.deviceTree;
  if (tree !== undefined) return tree.includes("kvm") ? "kvm" : tree.includes("xen") ? "xen" : "unknown";
  if (flagged === undefined) return undefined;
  if (!flagged) return "none";
  const clocks = signs.clockSources?.split(/\s+/) ?? [];
  return CLOCKS.find(([source]) => clocks.includes(source))?.[1] ?? "unknown";
}

function makerOf(dmi: Readonly<Record<string, string>>): string | undefined {
  if (dmi["system_vendor"] === "Microsoft Corporation" && dmi["product_name"] === "Virtual Machine") return "hyperv";
  for (const field of DMI_FIELDS) {
    const value = dmi[field];
    const found = value === undefined ? undefined : DMI_MAKERS.find(([prefix]) => value.startsWith(prefix));
    if (found !== undefined) return found[1];
  }
  return undefined;
}
