import assert from "node:assert/strict";
import { type FixtureHost, hostText } from "../../../../tests/helpers/fixture_host.ts";
import { interfaceFacts } from "./interface_facts.linux.ts";

function facts(host: FixtureHost, name: string) {
  return interfaceFacts((file) => {
    try {
      return hostText(host, `sys/class/net/${name}/${file}`).trim() || null;
    } catch {
      return null; // as the kernel answers for what an interface does not have
    }
  });
}

Deno.test("what sysfs knows of an interface has node_exporter's names and our units", () => {
  assert.deepEqual(facts("server128", "bond0"), {
    index: 4,
    state: "up",
    up: true,
    speedBytesPerSecond: 25_000 * 125_000,
    duplex: "full",
    mtu: 9000,
    mac: "02:00:5e:10:00:01",
    broadcast: "ff:ff:ff:ff:ff:ff",
    description: "uplink to rack 7",
    attributes: {
      address_assign_type: 3,
      carrier: 1,
      carrier_changes: 2,
      carrier_down_changes: 1,
      carrier_up_changes: 1,
      device_id: 0,
      dormant: 0,
      flags: 0x1403,
      iface_link: 4,
      iface_link_mode: 0,
      name_assign_type: 3,
      net_dev_group: 0,
      protocol_type: 1,
      transmit_queue_length: 1000,
    },
    nohandler: 12,
  });
});

Deno.test("a speed that the driver does not know is absent, however it says so", () => {
  assert.equal(facts("vm", "eth0").speedBytesPerSecond, undefined, "-1");
  assert.equal(facts("centos7", "eth1").speedBytesPerSecond, undefined, "4294967295");
  assert.equal(facts("server128", "eno2").speedBytesPerSecond, undefined, "no value");
  assert.equal(facts("storage", "ens1f0").speedBytesPerSecond, 12.5e9);
});

Deno.test("loopback, whose state is unknown, is up when it is switched on", () => {
  assert.deepEqual([facts("vm", "lo").state, facts("vm", "lo").up], ["unknown", true]);
  assert.deepEqual([facts("arm64_board", "end0").state, facts("arm64_board", "end0").up], ["down", false]);
});

Deno.test("an old kernel has fewer attributes", () => {
  const attributes = facts("centos7", "eth0").attributes ?? {};
  assert.equal("carrier_changes" in attributes || "name_assign_type" in attributes, false);
  assert.equal(attributes["flags"], 0x1003);
});

Deno.test("an interface without files has no facts", () => {
  assert.deepEqual(Object.values(facts("vm", "gone0")).filter((fact) => fact !== undefined), []);
});
