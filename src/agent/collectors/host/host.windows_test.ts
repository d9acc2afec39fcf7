import assert from "node:assert/strict";
import { TextSink } from "../../../core/mod.ts";
import { parseSeries } from "../../../../tests/helpers/prometheus.ts";
import { windowsDeps, windowsHost as measuresOf } from "../../../../tests/helpers/windows_host.ts";
import { productName, windowsHost } from "./host.windows.ts";
import { hostMetrics } from "./metrics.ts";

const OPTIONS = {} as Parameters<typeof windowsHost>[0];
const SIGNAL = new AbortController().signal;
const TEXTS: Readonly<Record<string, string>> = {
  MachineGuid: "00000000-1111-2222-3333-444444444444",
  ProductName: "Windows Server 2022 Standard",
  DisplayVersion: "21H2",
  InstallationType: "Server",
  SystemManufacturer: "Microsoft Corporation",
  SystemProductName: "Virtual Machine",
  BIOSVendor: "American Example",
};
const ESSENTIAL = {
  hostName: () => "web1",
  timeZone: () => ({ key: "W. Europe Standard Time", name: "Mitteleuropäische Zeit", utcOffsetSeconds: 3600 }),
  windowsVersion: () => ({ major: 10, minor: 0, build: 20348 }),
  registryNumber: () => 2700,
  registryText: (_key: string, name: string) => TEXTS[name],
};

const host = (more: Parameters<typeof measuresOf>[0] = {}) =>
  measuresOf({
    ...ESSENTIAL,
    domainName: () => "example.org",
    bootTimeMs: () => 1_700_000_000_000.7,
    machineArchitecture: () => "AMD64",
    interfaceRows: () => [
      {
        index: 2,
        alias: "b",
        description: "",
        mac: "02:00:00:00:00:02",
        loopback: false,
        hardware: true,
        filter: false,
      },
      {
        index: 1,
        alias: "a",
        description: "",
        mac: "02:00:00:00:00:01",
        loopback: false,
        hardware: true,
        filter: false,
      },
      {
        index: 3,
        alias: "c",
        description: "",
        mac: "02:00:00:00:00:03",
        loopback: false,
        hardware: false,
        filter: false,
      },
    ],
    userSessions:
      () => [{ user: "EXAMPLE\\jane", station: "rdp-tcp#1", client: "LAPTOP", logonMs: 1_700_000_100_000.4 }],
    ...more,
  });

Deno.test("a host is told by name, system, firmware, users and cards", async () => {
  const { sample, problems } = await windowsHost(OPTIONS, windowsDeps(), host()).collect(SIGNAL);
  assert.deepEqual(problems, []);
  assert.deepEqual(sample, {
    hostname: "web1",
    domain: "example.org",
    machineId: "00000000-1111-2222-3333-444444444444",
    os: {
      name: "Microsoft Windows Server 2022 Standard",
      version: "10.0.20348.2700",
      facts: { display_version: "21H2", installation_type: "Server", revision: "2700" },
    },
    kernel: { name: "Windows NT", release: "10.0.20348", version: "10.0.20348.2700", machine: "AMD64" },
    architecture: "AMD64",
    virtualisation: "hyperv",
    bootMs: 1_700_000_000_001,
    timeZone: "W. Europe Standard Time",
    timeZoneShort: "Mitteleuropäische Zeit",
    utcOffsetSeconds: 3600,
    users: [{ name: "EXAMPLE\\jane", terminal: "rdp-tcp#1", from: "LAPTOP", sinceMs: 1_700_000_100_000 }],
    dmi: { bios_vendor: "American Example", product_name: "Virtual Machine", system_vendor: "Microsoft Corporation" },
    macs: ["02:00:00:00:00:01", "02:00:00:00:00:02"],
  });
});

Deno.test("a reading is the same as the one before while the clock is set by little", async () => {
  let bootMs = 1_700_000_000_000;
  const collector = windowsHost(OPTIONS, windowsDeps(), host({ bootTimeMs: () => bootMs }));
  const first = await collector.collect(SIGNAL);
  bootMs += 900;
  assert.deepEqual(await collector.collect(SIGNAL), first);
  bootMs += 60_000;
  assert.equal((await collector.collect(SIGNAL)).sample.bootMs, 1_700_000_060_900);
});

Deno.test("Windows 11 is called so although its registry says 10, and servers are not", () => {
  assert.equal(productName("Windows 10 Pro", 22_631), "Microsoft Windows 11 Pro");
  assert.equal(productName("Windows 10 Pro", 19_045), "Microsoft Windows 10 Pro");
  assert.equal(productName("Windows Server 2025 Standard", 26_100), "Microsoft Windows Server 2025 Standard");
  assert.equal(productName("Microsoft Windows 7", 7601), "Microsoft Windows 7");
  assert.equal(productName(undefined, 1), "Windows");
});

Deno.test("what cannot be read is absent and a problem; without a name there is no reading", async () => {
  const { sample, problems } = await windowsHost(OPTIONS, windowsDeps(), measuresOf(ESSENTIAL)).collect(SIGNAL);
  assert.deepEqual(problems.map((problem) => problem.split(":", 1)[0]), [
    "time of the start",
    "architecture",
    "domain",
    "users",
    "hardware addresses",
  ]);
  assert.deepEqual([sample.bootMs, sample.users, sample.macs], [undefined, undefined, []]);
  assert.throws(() => windowsHost(OPTIONS, windowsDeps(), measuresOf({})).collect(SIGNAL), { code: "unsupported" });
});

Deno.test("metrics have windows_exporter's names", async () => {
  const { sample } = await windowsHost(OPTIONS, windowsDeps(), host()).collect(SIGNAL);
  const sink = new TextSink("prometheus");
  hostMetrics(sample, sink, "windows");
  const series = parseSeries(sink.text());
  assert.equal(series.get('windows_cs_hostname{domain="example.org",fqdn="web1.example.org",hostname="web1"}'), 1);
  assert.equal(
    series.get(
      'windows_os_info{build_number="20348",installation_type="Server",major_version="10",minor_version="0",' +
        'product="Microsoft Windows Server 2022 Standard",revision="2700",version="10.0.20348"}',
    ),
    1,
  );
  assert.equal(series.get("windows_os_users"), 1);
});
