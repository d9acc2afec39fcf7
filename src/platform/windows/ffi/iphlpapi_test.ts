import assert from "node:assert/strict";
import { windowsView } from "../../../../tests/helpers/windows_bytes.ts";
import { INTERFACE_ROW, parseAddressTable, parseInterfaceTable, TABLE_HEAD_BYTES } from "./iphlpapi_interfaces.ts";
import { parseTcpStates, parseTcpStatistics, parseUdpStatistics } from "./iphlpapi_transport.ts";

Deno.test("interfaces are read with names, state and counters", () => {
  const [lo, eth0, ...others] = parseInterfaceTable(windowsView("interfaces"));
  assert.deepEqual(others, []);
  assert.deepEqual([lo?.alias, lo?.loopback, lo?.hardware, lo?.mac], ["lo", true, false, undefined]);
  assert.deepEqual(eth0, {
    index: 4,
    alias: "eth0",
    description: "eth0",
    mac: "02:fc:00:00:00:01",
    mtu: 1400,
    loopback: false,
    hardware: true,
    filter: false,
    state: "up",
    receive: { bytes: 417_118_724, packets: 9270, errors: 0, discarded: 0 },
    transmit: { bytes: 403_215, packets: 5229, errors: 0, discarded: 0 },
    unknownProtocols: 0,
    outputQueue: 0,
  });
});

Deno.test("an interface without a speed or a limit of size has none", () => {
  const view = windowsView("interfaces");
  const set = (offset: number, value: bigint) => view.setBigUint64(TABLE_HEAD_BYTES + offset, value, true);
  const first = () => parseInterfaceTable(view)[0];
  set(INTERFACE_ROW.transmitBits, 1_000_000_000n);
  assert.equal(first()?.speedBytesPerSecond, 125_000_000);
  set(INTERFACE_ROW.transmitBits, 0xffff_ffff_ffff_ffffn);
  set(INTERFACE_ROW.receiveBits, 0xffff_ffff_ffff_ffffn);
  assert.equal(first()?.speedBytesPerSecond, undefined);
  view.setUint32(TABLE_HEAD_BYTES + INTERFACE_ROW.mtu, 0xffff_ffff, true);
  assert.equal(first()?.mtu, undefined);
  view.setUint8(TABLE_HEAD_BYTES + INTERFACE_ROW.flags, 0b10);
  assert.deepEqual([first()?.hardware, first()?.filter], [false, true]);
});

Deno.test("addresses are read with their prefixes", () => {
  assert.deepEqual(parseAddressTable(windowsView("addresses")), [
    { index: 1, address: "127.0.0.1/8" },
    { index: 4, address: "192.0.2.2/24" },
    { index: 1, address: "::1/128" },
    { index: 4, address: "fd00::2/64" },
    { index: 4, address: "fe80::fc:ff:fe00:1/64" },
  ]);
});

Deno.test("a table is not believed to have more rows than there is memory", () => {
  for (const name of ["interfaces", "addresses"]) {
    const view = windowsView(name);
    view.setUint32(0, 0xffff_ffff, true);
    assert.ok(parseInterfaceTable(view).length <= 2);
    assert.ok(parseAddressTable(view).length <= view.byteLength / 80);
  }
});

Deno.test("counters of TCP and UDP stand where they should", () => {
  assert.deepEqual(parseTcpStatistics(windowsView("tcpStatistics")), {
    ActiveOpens: 11,
    PassiveOpens: 12,
    AttemptFails: 13,
    EstabResets: 14,
    CurrEstab: 15,
    InSegs: 4_000_000_016,
    OutSegs: 17,
    RetransSegs: 18,
    InErrs: 19,
    OutRsts: 20,
  });
  assert.deepEqual(parseUdpStatistics(windowsView("udpStatistics")), {
    InDatagrams: 31,
    NoPorts: 32,
    InErrors: 33,
    OutDatagrams: 34,
  });
});

Deno.test("connections are counted by state, in both families; a state that is none is not counted", () => {
  assert.deepEqual(parseTcpStates(windowsView("tcpTable"), "ipv4"), { time_wait: 1, delete_tcb: 1 });
  assert.deepEqual(parseTcpStates(windowsView("tcp6Table"), "ipv6"), { listen: 1, established: 2 });
});
