import { duration, key, list, nonEmptyText, onOff, section } from "./values.ts";

const DEFAULT_INTERVAL = "60s";

export function collectorsSection() {
  return section({
    interval: key(collectorInterval(), DEFAULT_INTERVAL, "How often each collector reads, unless it says otherwise."),
    cpu: section(everyCollector(), "Processor use."),
    memory: section(everyCollector(), "Memory and swap use."),
    disk: section({
      ...everyCollector(),
      mount_points: key(list(nonEmptyText()), [], "Mount points to report; empty for all real file systems."),
    }, "File systems and disks."),
    network: section({
      ...everyCollector(),
      interfaces: key(list(nonEmptyText()), [], "Network interfaces to report; empty for all real ones."),
    }, "Network interfaces."),
  }, "What is measured on this host.");
}

function everyCollector() {
  return {
    enabled: key(onOff(), true, "Whether this collector runs."),
    interval: key(collectorInterval(), DEFAULT_INTERVAL, "How often it reads. Default: collectors.interval."),
  };
}

function collectorInterval() {
  return duration({ min: "100ms" });
}
