import assert from "node:assert/strict";
import { metricLines, pointsOf } from "../../../../tests/helpers/fixture_host.ts";
import type { HostSample } from "../../../protocol/mod.ts";
import { hostCollector } from "./host.ts";

const SAMPLE: HostSample = {
  hostname: "web-1",
  os: {
    name: "Rocky Linux",
    version: "9.4",
    facts: { NAME: "Rocky Linux", ID: "rocky", VERSION_ID: "9.4", SUPPORT_END: "2032-05-31" },
  },
  kernel: { name: "Linux", release: "5.14.0", machine: "x86_64" },
  architecture: "x86_64",
  utcOffsetSeconds: 3600,
  macs: ["02:00:00:00:00:01"],
};

Deno.test("the metrics have node_exporter's names and labels", () => {
  assert.deepEqual(metricLines(hostCollector, SAMPLE), [
    'node_os_info{build_id="",id="rocky",id_like="",image_id="",image_version="",name="Rocky Linux",pretty_name="",' +
    'variant="",variant_id="",version="",version_codename="",version_id="9.4"} 1',
    "node_os_support_end_timestamp_seconds 1969574400",
    'node_os_version{id="rocky",id_like="",name="Rocky Linux"} 9.4',
    'node_uname_info{domainname="(none)",machine="x86_64",nodename="web-1",release="5.14.0",sysname="Linux",version=""} 1',
  ]);
});

Deno.test("numbers that tell one machine from another are no labels", () => {
  const dmi = { system_vendor: "Dell Inc.", product_serial: "ABC1234" };
  const line = metricLines(hostCollector, { ...SAMPLE, dmi }).find((text) => text.startsWith("node_dmi_info"));
  assert.equal(line, 'node_dmi_info{system_vendor="Dell Inc."} 1');
});

Deno.test("a version that is no number, or a date that is none, has no metric", () => {
  const facts = { VERSION_ID: "rawhide", SUPPORT_END: "2032-99-99" };
  const lines = metricLines(hostCollector, { ...SAMPLE, os: { name: "X", facts } });
  assert.deepEqual(lines.filter((line) => /os_version|support_end/.test(line)), []);
});

Deno.test("logins, and what a host runs on and in, are metrics of our own", () => {
  const users = [{ name: "anna" }, { name: "bert" }];
  const lines = metricLines(hostCollector, { ...SAMPLE, users, virtualisation: "kvm" });
  assert.deepEqual(lines.filter((line) => line.startsWith("farhand_")), [
    'farhand_host_environment_info{container="",virtualisation="kvm"} 1',
    "farhand_host_users 2",
  ]);
});

Deno.test("what a host is has no chart", () => {
  assert.deepEqual(hostCollector.series, []);
  assert.deepEqual(pointsOf(hostCollector, SAMPLE, SAMPLE, 1), {});
});
