import type { Config } from "../config/mod.ts";
import { VERSION } from "../core/mod.ts";
import { currentOs } from "../platform/mod.ts";
import type { DiskSample, HostFacts, HostSample } from "../protocol/mod.ts";
import type { Collectors } from "./collectors/mod.ts";

/** What this host says of itself to its manager. What is not known yet is absent. */
export function hostFactsOf(
  collectors: Pick<Collectors, "latest">,
  policy: Config["policy"],
  address: string,
): HostFacts {
  const host = sampleOf<HostSample>(collectors, "host");
  const disk = sampleOf<DiskSample>(collectors, "disk");
  const total = disk === undefined ? 0 : diskTotalBytes(disk);
  return {
    hostname: cut(Deno.hostname(), 255),
    os: currentOs(),
    arch: Deno.build.arch,
    version: VERSION,
    ...(host !== undefined && { osName: cut(osName(host), 128), kernel: cut(host.kernel.release, 128) }),
    ...(host?.machineId !== undefined && { machineId: cut(host.machineId, 64) }),
    cpuCores: navigator.hardwareConcurrency,
    memoryTotalBytes: Deno.systemMemoryInfo().total,
    ...(total > 0 && { diskTotalBytes: total }),
    ...(address !== "" && { address: cut(address, 64) }),
    policy: Object.fromEntries(Object.entries(policy).map(([key, value]) => [key, wordOf(value)])),
  };
}

/** The latest sample of a collector, whose type goes with its name. */
function sampleOf<T>(collectors: Pick<Collectors, "latest">, collector: string): T | undefined {
  return collectors.latest((name) => name === collector)[0]?.sample as T | undefined;
}

function osName({ os }: HostSample): string {
  return os.version === undefined || os.name.includes(os.version) ? os.name : `${os.name} ${os.version}`;
}

/** Each file system once, in however many places it is mounted. */
function diskTotalBytes({ mounts }: DiskSample): number {
  const sizes = new Map<string, number>();
  for (const { device, sizeBytes } of mounts) {
    if (sizeBytes !== undefined && /[/\\:]/.test(device)) sizes.set(device, sizeBytes);
  }
  return [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
}

function wordOf(value: boolean | string): string {
  return typeof value === "string" ? value : value ? "on" : "off";
}

function cut(text: string, length: number): string {
  return text.slice(0, length).toWellFormed();
}
