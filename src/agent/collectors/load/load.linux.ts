import { AppError } from "../../../core/mod.ts";
import type { LoadSample } from "../../../protocol/mod.ts";
import type { Collector, CollectorsConfig, CreateCollector } from "../contract.ts";
import { count, decimal } from "../reading/counts.ts";

/** https://man7.org/linux/man-pages/man5/proc_loadavg.5.html */
export const linuxLoad: CreateCollector<CollectorsConfig["load"], LoadSample> = (_options, { tree }) => {
  const path = tree.proc("loadavg");
  const file = tree.hold(path);
  const collector: Collector<LoadSample> = {
    collect() {
      const text = file.text();
      if (text === null) throw new AppError("unavailable", `Cannot read the load averages: ${tree.reason(path)}`);
      const sample = parseLoadavg(text);
      if (sample === null) throw new AppError("unavailable", `Cannot read the load averages: ${path} has none`);
      return { sample, problems: [] };
    },
    close: () => file.close(),
  };
  return collector;
};

export function parseLoadavg(text: string): LoadSample | null {
  const [one = "", five = "", fifteen = "", threads = ""] = text.split(/\s+/, 4);
  const [load1, load5, load15] = [decimal(one), decimal(five), decimal(fifteen)];
  if (load1 === undefined || load5 === undefined || load15 === undefined) return null;
  const [runnable = "", all = ""] = threads.split("/");
  return { load1, load5, load15, runnable: count(runnable), threads: count(all) };
}
