import type { SelfSample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig, Reading } from "../contract.ts";
import { measureLag } from "./lag.ts";

/** What a system tells of this process beyond what the runtime does; each part is absent where it does not. */
export type SelfDetails = Pick<
  SelfSample,
  "cpuSeconds" | "anonymousBytes" | "virtualBytes" | "virtualLimitBytes" | "openFiles" | "openFilesLimit" | "threads"
>;

/** Reads the details once a reading. */
export interface SelfReader {
  read(problems: string[]): SelfDetails;
  close?(): void;
}

/** What the runtime tells on every system, with the details of this one. */
export function createSelf({ clock, ports }: CollectorDeps, reader: SelfReader): Collector<SelfSample> {
  return {
    async collect(signal): Promise<Reading<SelfSample>> {
      const problems: string[] = [];
      const lag = await measureLag(clock, signal);
      const { rss, heapUsed, heapTotal } = Deno.memoryUsage();
      const sample: SelfSample = {
        cpuSeconds: runtimeCpuSeconds(),
        ...defined(reader.read(problems)),
        rssBytes: rss,
        heapUsedBytes: heapUsed,
        heapTotalBytes: heapTotal,
        eventLoopLagSeconds: lag.lastSeconds,
        eventLoopLagMaxSeconds: lag.maxSeconds,
        // When the runtime began, some 20 ms after the process; the kernel counts from a boot known by the second.
        startedMs: Math.round(performance.timeOrigin),
        queues: { ...ports.queues() },
      };
      return { sample, problems };
    },
    close: () => reader.close?.(),
  };
}

/** For a system of which nothing more is known. */
export function runtimeSelf(_options: CollectorsConfig["self"], deps: CollectorDeps): Collector<SelfSample> {
  return createSelf(deps, { read: () => ({}) });
}

/** Not every runtime tells it, nor do the types of those that do. */
function runtimeCpuSeconds(): number | undefined {
  const runtime: object = Deno;
  if (!("cpuUsage" in runtime) || typeof runtime.cpuUsage !== "function") return undefined;
  const use: { user: number; system: number } = runtime.cpuUsage();
  return (use.user + use.system) / 1e6;
}

/** Without what is absent, so that it does not hide what the runtime knows. */
function defined(details: SelfDetails): SelfDetails {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
}
