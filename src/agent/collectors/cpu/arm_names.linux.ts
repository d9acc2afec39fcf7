/**
 * The processors of arm64 have no name in /proc/cpuinfo, only the numbers of the register MIDR_EL1. The numbers of
 * designers and of Arm's own designs: https://developer.arm.com/documentation/ddi0601, and the reference manual of each.
 */
const ARM = 0x41;

const DESIGNERS: Readonly<Record<number, string>> = {
  [ARM]: "ARM",
  0x42: "Broadcom",
  0x43: "Cavium",
  0x46: "Fujitsu",
  0x48: "HiSilicon",
  0x4e: "NVIDIA",
  0x50: "APM",
  0x51: "Qualcomm",
  0x53: "Samsung",
  0x56: "Marvell",
  0x61: "Apple",
  0x6d: "Microsoft",
  0xc0: "Ampere",
};

const ARM_DESIGNS: Readonly<Record<number, string>> = {
  0xd03: "Cortex-A53",
  0xd04: "Cortex-A35",
  0xd05: "Cortex-A55",
  0xd07: "Cortex-A57",
  0xd08: "Cortex-A72",
  0xd09: "Cortex-A73",
  0xd0a: "Cortex-A75",
  0xd0b: "Cortex-A76",
  0xd0c: "Neoverse-N1",
  0xd0d: "Cortex-A77",
  0xd40: "Neoverse-V1",
  0xd41: "Cortex-A78",
  0xd44: "Cortex-X1",
  0xd46: "Cortex-A510",
  0xd47: "Cortex-A710",
  0xd48: "Cortex-X2",
  0xd49: "Neoverse-N2",
  0xd4d: "Cortex-A715",
  0xd4f: "Neoverse-V2",
};

/** Who designed a core, by the text of "CPU implementer". */
export function armDesigner(implementer: string): string | undefined {
  return DESIGNERS[Number(implementer)];
}

/** The name of a design, by the texts of "CPU implementer" and "CPU part"; undefined where we know none. */
export function armDesign(implementer: string, part: string): string | undefined {
  return Number(implementer) === ARM ? ARM_DESIGNS[Number(part)] : undefined;
}
