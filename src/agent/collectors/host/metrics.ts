import { type Labels, type MetricSink, single } from "../../../core/mod.ts";
import type { HostSample } from "../../../protocol/mod.ts";
import type { Naming } from "../contract.ts";
import { windowsHostMetrics } from "./windows_metrics.ts";

/** Serial numbers stay out: node_exporter, which is meant to run without privilege, cannot read them either. */
const NOT_IN_METRICS: ReadonlySet<string> = new Set([
  "product_serial",
  "product_uuid",
  "board_serial",
  "chassis_serial",
]);

export function hostMetrics(sample: HostSample, sink: MetricSink, naming: Naming): void {
  if (naming === "windows") windowsHostMetrics(sample, sink);
  else nodeHost(sample, sink);
  const { virtualisation, container, users } = sample;
  if (virtualisation !== undefined || container !== undefined) {
    info(sink, "farhand_host_environment_info", "What this host runs on and in.", {
      container: container ?? "",
      virtualisation: virtualisation ?? "",
    });
  }
  single(sink, "farhand_host_users", "gauge", "Logins that are open.", users?.length);
}

function nodeHost(sample: HostSample, sink: MetricSink): void {
  const { hostname, domain, kernel, dmi } = sample;
  const shown = Object.entries(dmi ?? {}).filter(([name]) => !NOT_IN_METRICS.has(name));
  if (shown.length > 0) {
    info(sink, "node_dmi_info", "Vendor, product and firmware of this machine.", Object.fromEntries(shown));
  }
  nodeOs(sample.os, sink);
  info(sink, "node_uname_info", "What the kernel says of itself.", {
    domainname: domain ?? "(none)",
    machine: kernel.machine,
    nodename: hostname,
    release: kernel.release,
    sysname: kernel.name,
    version: kernel.version ?? "",
  });
}

function nodeOs(
  { name, version, facts = { VERSION: version ?? "", VERSION_ID: version ?? "" } }: HostSample["os"],
  sink: MetricSink,
): void {
  const fact = (key: string, otherwise = "") => facts[key] ?? otherwise;
  const who = { id: fact("ID"), id_like: fact("ID_LIKE"), name: fact("NAME", name) };
  info(sink, "node_os_info", "What the operating system says of itself.", {
    build_id: fact("BUILD_ID"),
    id: who.id,
    id_like: who.id_like,
    image_id: fact("IMAGE_ID"),
    image_version: fact("IMAGE_VERSION"),
    name: who.name,
    pretty_name: fact("PRETTY_NAME"),
    variant: fact("VARIANT"),
    variant_id: fact("VARIANT_ID"),
    version: fact("VERSION"),
    version_codename: fact("VERSION_CODENAME"),
    version_id: fact("VERSION_ID"),
  });
  const endMs = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(fact("SUPPORT_END")) ? fact("SUPPORT_END") : "");
  if (Number.isFinite(endMs)) {
    const help = "When support for the operating system ends, in seconds since 1970.";
    single(sink, "node_os_support_end_timestamp_seconds", "gauge", help, endMs / 1000);
  }
  const number = Number(/^\d{1,15}(?:\.\d{1,15})?/.exec(fact("VERSION_ID"))?.[0] ?? 0);
  if (number > 0 && sink.family("node_os_version", "gauge", "The operating system's version as a number.")) {
    sink.value(number, who);
  }
}

function info(sink: MetricSink, name: string, help: string, labels: Labels): void {
  if (sink.family(name, "gauge", help)) sink.value(1, labels);
}
