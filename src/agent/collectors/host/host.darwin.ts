import { type DarwinMeasures, darwinMeasures } from "../../../platform/mod.ts";
import type { HostSample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig } from "../contract.ts";
import { readPart } from "../reading/parts.ts";
import { shortZoneName, zoneOfLink } from "./time_zone.ts";

const NO_MAC = "00:00:00:00:00:00";
/** A link to the file of the time zone: /var/db/timezone/zoneinfo/Europe/Berlin. */
const LOCAL_TIME = "etc/localtime";

/** Written from Apple's documentation and never run on a Mac. Nearly all of it are values of the kernel. */
export function darwinHost(
  _options: CollectorsConfig["host"],
  deps: CollectorDeps,
  measures: DarwinMeasures = darwinMeasures,
  listAddresses: () => Deno.NetworkInterfaceInfo[] = Deno.networkInterfaces,
): Collector<HostSample> {
  return {
    collect() {
      const problems: string[] = [];
      const macs = readPart(problems, "hardware addresses", listAddresses)?.map(({ mac }) => mac) ?? [];
      const sample: HostSample = {
        ...systemFacts(measures),
        machineId: readPart(problems, "machine id", measures.hostUuid),
        bootId: readPart(problems, "boot id", measures.bootSession) ?? undefined,
        ...localTime(deps),
        users: readPart(problems, "users", measures.sessions)?.map((session) => ({ ...session })),
        macs: [...new Set(macs)].filter((mac) => mac !== NO_MAC).sort(),
      };
      return { sample, problems };
    },
  };
}

type SystemFacts = Pick<
  HostSample,
  "hostname" | "os" | "kernel" | "architecture" | "virtualisation" | "bootMs" | "dmi"
>;

function systemFacts({ sysctlNumber, sysctlText, bootTimeMs }: DarwinMeasures): SystemFacts {
  const version = sysctlText("kern.osproductversion");
  const build = sysctlText("kern.osversion");
  const model = sysctlText("hw.model");
  const machine = sysctlText("hw.machine") ?? Deno.build.arch;
  const bootMs = bootTimeMs();
  return {
    hostname: sysctlText("kern.hostname") ?? Deno.hostname(),
    os: {
      name: "macOS",
      version,
      facts: {
        NAME: "macOS",
        ...(version !== undefined && { VERSION: version, VERSION_ID: version }),
        ...(build !== undefined && { BUILD_ID: build }),
      },
    },
    kernel: {
      name: sysctlText("kern.ostype") ?? "Darwin",
      release: sysctlText("kern.osrelease") ?? Deno.osRelease(),
      version: sysctlText("kern.version"),
      machine,
    },
    architecture: Deno.build.arch,
    virtualisation: virtualisationOf(sysctlNumber("kern.hv_vmm_present"), model ?? ""),
    ...(bootMs !== undefined && { bootMs: Math.round(bootMs) }),
    dmi: { system_vendor: "Apple Inc.", ...(model !== undefined && { product_name: model }) },
  };
}

/** The kernel knows whether it is a guest, and the model whose. The words are those of systemd-detect-virt. */
export function virtualisationOf(hypervisorPresent: number | undefined, model: string): string | undefined {
  if (hypervisorPresent === undefined) return undefined;
  if (hypervisorPresent === 0) return "none";
  if (model.startsWith("VMware")) return "vmware";
  if (model.startsWith("Parallels")) return "parallels";
  return model.startsWith("VirtualMac") ? "apple" : "vm-other";
}

function localTime(
  { tree, clock }: CollectorDeps,
): Pick<HostSample, "timeZone" | "timeZoneShort" | "utcOffsetSeconds"> {
  const utcOffsetSeconds = 0 - new Date(clock.nowMs()).getTimezoneOffset() * 60;
  const path = tree.root(LOCAL_TIME);
  return {
    timeZone: zoneOfLink(tree.link(path)),
    timeZoneShort: shortZoneName(tree.text(path) ?? "", utcOffsetSeconds),
    utcOffsetSeconds,
  };
}
