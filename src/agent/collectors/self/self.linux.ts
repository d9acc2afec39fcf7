import { openFileLimit } from "../../../platform/mod.ts";
import type { SelfSample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig } from "../contract.ts";
import { count } from "../reading/counts.ts";
import { type KernelUnits, kernelUnits } from "../reading/kernel_units.ts";
import { valueAfter } from "../reading/keyed_lines.ts";
import { createTreeReader, type TreeReader } from "../reading/tree_reader.ts";
import { emptyStatFields, parseStatLine } from "../processes/stat_line.ts";
import { createSelf, type SelfDetails, type SelfReader } from "./self_collector.ts";

/** What the kernel calls no limit, as Prometheus' clients print it. */
const UNLIMITED = 2 ** 64;

/**
 * The agent is not in the trees that are configured: those may be another host's, or a capture. So this alone reads
 * the real /proc, always.
 */
export function linuxSelf(_options: CollectorsConfig["self"], deps: CollectorDeps): Collector<SelfSample> {
  return createSelf(deps, linuxReader(createTreeReader({ proc: "/proc", sys: "/sys", root: "/" }), kernelUnits()));
}

export function linuxReader(tree: TreeReader, units: KernelUnits): SelfReader {
  const stat = tree.hold(tree.proc("self", "stat"));
  const statm = tree.hold(tree.proc("self", "statm"));
  const limits = tree.hold(tree.proc("self", "limits"));
  const files = tree.proc("self", "fd");
  return {
    read(problems): SelfDetails {
      const limitsText = limits.text();
      const statText = stat.text();
      if (statText === null) problems.push(tree.reason(tree.proc("self", "stat")));
      return {
        ...parseSelfStat(statText ?? "", units),
        ...parseStatm(statm.text() ?? "", units),
        openFiles: countSelfFiles(tree, files),
        openFilesLimit: openFileLimit()?.soft,
        virtualLimitBytes: limitsText === null ? undefined : parseVirtualLimit(limitsText),
      };
    },
    close() {
      for (const file of [stat, statm, limits]) file.close();
    },
  };
}

export function parseSelfStat(text: string, { ticksPerSecond }: KernelUnits): SelfDetails {
  const bytes = new TextEncoder().encode(text);
  const fields = emptyStatFields();
  if (!parseStatLine(bytes, bytes.length, fields)) return {};
  return {
    cpuSeconds: fields.cpuTicks < 0 ? undefined : fields.cpuTicks / ticksPerSecond,
    threads: fields.threads < 0 ? undefined : fields.threads,
  };
}

/**
 * Sizes in pages: https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html. What is resident and not shared with
 * files is anonymous; smaps_rollup, which says the same, would walk through all memory for it and take 600 µs.
 */
export function parseStatm(text: string, { pageBytes }: KernelUnits): SelfDetails {
  const [size, resident, shared] = text.trim().split(" ").map(count);
  return {
    virtualBytes: size === undefined ? undefined : size * pageBytes,
    anonymousBytes: resident === undefined || shared === undefined || shared > resident
      ? undefined
      : (resident - shared) * pageBytes,
  };
}

/** The soft limit: https://man7.org/linux/man-pages/man5/proc_pid_limits.5.html */
export function parseVirtualLimit(text: string): number | undefined {
  const [soft = ""] = valueAfter(text, "Max address space")?.split(/\s+/, 1) ?? [];
  return soft === "unlimited" ? UNLIMITED : count(soft);
}

/** Since Linux 6.2 the directory's size says it. Before, a walk counts them, the one that the walk itself opens with them. */
function countSelfFiles(tree: TreeReader, path: string): number | undefined {
  try {
    const { size } = Deno.statSync(path);
    if (size > 0) return size;
  } catch {
    return undefined; // no /proc, which the problem of `stat` says
  }
  const listed = tree.list(path).length;
  return listed > 0 ? listed - 1 : undefined;
}
