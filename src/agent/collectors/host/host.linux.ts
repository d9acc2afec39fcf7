import { AppError } from "../../../core/mod.ts";
import type { HostSample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig, Reading } from "../contract.ts";
import { countAfter } from "../reading/keyed_lines.ts";
import type { TreeReader } from "../reading/tree_reader.ts";
import { readContainerKind, readDmi, readVirtualisation } from "./facts.linux.ts";
import { readMacs } from "./macs.linux.ts";
import { parseOsRelease } from "./os_release.ts";
import { shortZoneName, zoneOfLink } from "./time_zone.ts";
import { readUsers } from "./users.linux.ts";

/** Kernels that keep the start of the system by the second round it now up, now down. */
const BOOT_MARGIN_MS = 2_000;
/** The name of a domain that was never set. */
const NO_DOMAIN = "(none)";

/** What cannot change while the kernel runs. */
type LastingFacts = Pick<
  HostSample,
  "kernel" | "architecture" | "virtualisation" | "container" | "bootId" | "dmi"
>;

/**
 * What this host is. A reading equals the one before, in every part, when nothing has changed: so a change can be told
 * from a reading, and nothing here grows by itself.
 */
export function linuxHost(_options: CollectorsConfig["host"], deps: CollectorDeps): Collector<HostSample> {
  const { tree, clock } = deps;
  let lasting: LastingFacts | null = null;
  let bootMs: number | undefined;
  return {
    collect(): Reading<HostSample> {
      const problems: string[] = [];
      const hostname = readHostname(tree);
      lasting ??= readLasting(tree);
      bootMs = steadyBoot(bootMs, countAfter(tree.text(tree.proc("stat")) ?? "", "btime "));
      if (bootMs === undefined) problems.push(tree.reason(tree.proc("stat")));
      const domain = tree.line(tree.proc("sys/kernel/domainname"));
      const sample: HostSample = {
        hostname,
        domain: domain === NO_DOMAIN ? undefined : domain ?? undefined,
        machineId: tree.line(tree.root("etc", "machine-id")) ?? tree.line(tree.root("var/lib/dbus/machine-id")) ??
          undefined,
        os: readOs(tree, problems),
        ...lasting,
        bootMs,
        ...readZone(tree, clock.nowMs()),
        users: readUsers(tree),
        macs: readMacs(tree),
      };
      return { sample, problems };
    },
  };
}

function readHostname(tree: TreeReader): string {
  const path = tree.proc("sys/kernel/hostname");
  const name = tree.line(path) ?? tree.line(tree.root("etc", "hostname"));
  if (name === null) throw new AppError("unavailable", `Cannot read the name of this host: ${tree.reason(path)}`);
  return name;
}

function readOs(tree: TreeReader, problems: string[]): HostSample["os"] {
  const path = tree.root("etc", "os-release");
  // The first is a link to the second, which is absolute on some hosts and then leads out of a configured root.
  const text = tree.text(path) ?? tree.text(tree.root("usr/lib/os-release"));
  if (text === null) {
    problems.push(tree.reason(path));
    return { name: "Linux" };
  }
  const facts = parseOsRelease(text);
  return { name: facts["NAME"] || "Linux", version: facts["VERSION_ID"] || facts["VERSION"] || undefined, facts };
}

function readLasting(tree: TreeReader): LastingFacts {
  const kernel = (file: string) => tree.line(tree.proc("sys/kernel", file));
  const release = kernel("osrelease") ?? "";
  // The kernel tells it since 6.1; before, this program runs on no other machine than it was made for.
  const machine = kernel("arch") ?? Deno.build.arch;
  const dmi = readDmi(tree);
  return {
    kernel: { name: kernel("ostype") ?? "Linux", release, version: kernel("version") ?? undefined, machine },
    architecture: machine,
    virtualisation: readVirtualisation(tree, dmi ?? {}, release),
    container: readContainerKind(tree, release),
    bootId: kernel("random/boot_id") ?? undefined,
    dmi,
  };
}

function steadyBoot(beforeMs: number | undefined, seconds: number | undefined): number | undefined {
  if (seconds === undefined) return beforeMs;
  const bootMs = seconds * 1000;
  return beforeMs !== undefined && Math.abs(bootMs - beforeMs) <= BOOT_MARGIN_MS ? beforeMs : bootMs;
}

function readZone(
  tree: TreeReader,
  nowMs: number,
): Pick<HostSample, "timeZone" | "timeZoneShort" | "utcOffsetSeconds"> {
  const path = tree.root("etc", "localtime");
  const utcOffsetSeconds = 0 - new Date(nowMs).getTimezoneOffset() * 60;
  const timeZone = zoneOfLink(tree.link(path)) ?? tree.line(tree.root("etc", "timezone")) ?? undefined;
  const file = tree.text(path) ??
    (timeZone === undefined ? null : tree.text(tree.root("usr/share/zoneinfo", timeZone)));
  // Without such a file the system keeps UTC.
  const timeZoneShort = file === null ? undefined : shortZoneName(file, utcOffsetSeconds);
  return {
    timeZone,
    timeZoneShort: timeZoneShort ?? (utcOffsetSeconds === 0 && file === null ? "UTC" : undefined),
    utcOffsetSeconds,
  };
}
