import { type WindowsMeasures, windowsMeasures } from "../../../platform/mod.ts";
import type { HostSample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig } from "../contract.ts";
import { readPart } from "../reading/parts.ts";
import { virtualisationOf } from "./virtualisation.ts";

const VERSION_KEY = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";
const CRYPTOGRAPHY_KEY = "SOFTWARE\\Microsoft\\Cryptography";
const FIRMWARE_KEY = "HARDWARE\\DESCRIPTION\\System\\BIOS";

/** What the firmware says, by its names on Linux. Serial numbers are not in the registry. */
const DMI_VALUES: readonly (readonly [name: string, value: string])[] = [
  ["bios_date", "BIOSReleaseDate"],
  ["bios_vendor", "BIOSVendor"],
  ["bios_version", "BIOSVersion"],
  ["board_name", "BaseBoardProduct"],
  ["board_vendor", "BaseBoardManufacturer"],
  ["board_version", "BaseBoardVersion"],
  ["product_family", "SystemFamily"],
  ["product_name", "SystemProductName"],
  ["product_sku", "SystemSKU"],
  ["product_version", "SystemVersion"],
  ["system_vendor", "SystemManufacturer"],
];
/** The first build of Windows 11, which still calls itself Windows 10 in the registry. */
const FIRST_BUILD_OF_11 = 22_000;
/** The system computes its start anew when its clock is set, which time servers do all day by little. */
const BOOT_MARGIN_MS = 2_000;

/** A reading equals the one before when nothing has changed. */
export function windowsHost(
  _options: CollectorsConfig["host"],
  _deps: CollectorDeps,
  measures: WindowsMeasures = windowsMeasures,
): Collector<HostSample> {
  let steadyBootMs: number | undefined;
  return {
    collect() {
      const problems: string[] = [];
      const part = <T>(what: string, read: () => T) => readPart(problems, what, read);
      const hostname = measures.hostName();
      const bootMs = part("time of the start", measures.bootTimeMs);
      if (bootMs !== undefined && !(Math.abs(bootMs - (steadyBootMs ?? 0)) <= BOOT_MARGIN_MS)) {
        steadyBootMs = Math.round(bootMs);
      }
      const { key: timeZone, name: timeZoneShort, utcOffsetSeconds } = measures.timeZone();
      const architecture = part("architecture", measures.machineArchitecture) ?? Deno.build.arch;
      const dmi = part("firmware", () => readDmi(measures));
      const sample: HostSample = {
        hostname,
        domain: part("domain", measures.domainName) || undefined,
        machineId: part("machine id", () => measures.registryText(CRYPTOGRAPHY_KEY, "MachineGuid")),
        ...systemFacts(measures, architecture),
        architecture,
        virtualisation: virtualisationOf({ dmi: dmi ?? {} }),
        bootMs: steadyBootMs,
        timeZone: timeZone || undefined,
        timeZoneShort: timeZoneShort || undefined,
        utcOffsetSeconds,
        users: part("users", measures.userSessions)?.map(({ user, station, client, logonMs }) => ({
          name: user,
          terminal: station,
          from: client,
          sinceMs: logonMs === undefined ? undefined : Math.round(logonMs),
        })),
        dmi,
        macs: part("hardware addresses", () => readMacs(measures)) ?? [],
      };
      return { sample, problems };
    },
  };
}

function systemFacts(measures: WindowsMeasures, machine: string): Pick<HostSample, "os" | "kernel"> {
  const { major, minor, build } = measures.windowsVersion();
  const text = (name: string) => measures.registryText(VERSION_KEY, name);
  const release = `${major}.${minor}.${build}`;
  const revision = measures.registryNumber(VERSION_KEY, "UBR");
  const version = revision === undefined ? release : `${release}.${revision}`;
  const facts = {
    display_version: text("DisplayVersion"),
    edition: text("EditionID"),
    installation_type: text("InstallationType"),
    revision: revision === undefined ? undefined : String(revision),
  };
  return {
    os: {
      name: productName(text("ProductName"), build),
      version,
      facts: Object.fromEntries(
        Object.entries(facts).filter((fact): fact is [string, string] => fact[1] !== undefined),
      ),
    },
    kernel: { name: "Windows NT", release, version, machine },
  };
}

/** As Windows itself is called on its box: "Microsoft Windows 11 Pro", or "Windows" where it does not say. */
export function productName(product: string | undefined, build: number): string {
  if (product === undefined) return "Windows";
  const current = build >= FIRST_BUILD_OF_11 ? product.replace(/^Windows 10\b/, "Windows 11") : product;
  return current.startsWith("Microsoft ") ? current : `Microsoft ${current}`;
}

function readDmi(measures: WindowsMeasures): Record<string, string> | undefined {
  const dmi: Record<string, string> = {};
  for (const [name, value] of DMI_VALUES) {
    const text = measures.registryText(FIRMWARE_KEY, value);
    if (text !== undefined) dmi[name] = text;
  }
  return Object.keys(dmi).length === 0 ? undefined : dmi;
}

/** Of hardware alone: those of VPNs and of virtual switches say nothing of the host. */
function readMacs(measures: WindowsMeasures): string[] {
  const macs = measures.interfaceRows().flatMap(({ hardware, filter, mac }) => {
    return hardware && !filter && mac !== undefined ? [mac] : [];
  });
  return [...new Set(macs)].sort();
}
