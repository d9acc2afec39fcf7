import type { SelfSample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, Reading } from "../contract.ts";

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
export function createSelf({ lag, ports }: CollectorDeps, reader: SelfReader): Collector<SelfSample> {
  return {
    collect(): Reading<SelfSample> {
      const problems: string[] = [];
      const late = lag.take();
      const { rss, heapUsed, heapTotal } = Deno.memoryUsage();
      const sample: SelfSample = {
        cpuSeconds: runtimeCpuSeconds(),
        ...defined(reader.read(problems)),
        rssBytes: rss,
        heapUsedBytes: heapUsed,
        heapTotalBytes: heapTotal,
        ...(late === null ? {} : { eventLoopLagSeconds: late.lastSeconds, eventLoopLagMaxSeconds: late.maxSeconds }),
        // When the runtime began, some 20 ms after the process; the kernel counts from a boot known by the second.
        startedMs: Math.round(performance.timeOrigin),
        queues: { ...ports.queues() },
      };
      return { sample, problems };
    },
    close: () => reader.close?.(),
  };
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
