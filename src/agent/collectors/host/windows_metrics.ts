import { type Labels, type MetricSink, single } from "../../../core/mod.ts";
import type { HostSample } from "../../../protocol/mod.ts";

/** As windows_exporter's collectors os, cs and dmi name them; without the numbers that tell one machine from another. */
export function windowsHostMetrics({ hostname, domain, os, kernel, dmi, users }: HostSample, sink: MetricSink): void {
  const names = { domain: domain ?? "", fqdn: domain ? `${hostname}.${domain}` : hostname, hostname };
  info(sink, "windows_cs_hostname", "The names of this host.", names);
  if (dmi !== undefined) {
    info(sink, "windows_dmi_info", "Vendor and product of this machine.", {
      product_name: dmi["product_name"] ?? "",
      product_serial: "",
      product_uuid: "",
      product_version: dmi["product_version"] ?? "",
      system_vendor: dmi["system_vendor"] ?? "",
    });
  }
  info(sink, "windows_os_hostname", "The names of this host.", names);
  const [major = "", minor = "", build = ""] = kernel.release.split(".");
  info(sink, "windows_os_info", "What the operating system says of itself.", {
    build_number: build,
    installation_type: os.facts?.["installation_type"] ?? "",
    major_version: major,
    minor_version: minor,
    product: os.name,
    revision: os.facts?.["revision"] ?? "",
    version: kernel.release,
  });
  single(sink, "windows_os_users", "gauge", "Sessions of users.", users?.length);
}

function info(sink: MetricSink, name: string, help: string, labels: Labels): void {
  if (sink.family(name, "gauge", help)) sink.value(1, labels);
}
