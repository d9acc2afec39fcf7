import assert from "node:assert/strict";
import { hostText } from "../../../../tests/helpers/fixture_host.ts";
import { addSnmp6, addTables, type KnownTables, type ProtocolCounters } from "./protocols.linux.ts";

function tables(text: string, known?: KnownTables): ProtocolCounters {
  const found: ProtocolCounters = {};
  addTables(text, found, known);
  return found;
}

Deno.test("of each protocol there are the counters that node_exporter has too", () => {
  assert.deepEqual(tables(hostText("centos7", "proc/net/snmp"))["Tcp"], {
    ActiveOpens: 9001,
    PassiveOpens: 8012,
    CurrEstab: 5,
    InSegs: 4005006,
    OutSegs: 3905006,
    RetransSegs: 421,
    InErrs: 4,
    OutRsts: 1,
  });
});

Deno.test("an old kernel has fewer columns, in other places", () => {
  const [old, recent] = (["centos7", "server128"] as const).map((host) => tables(hostText(host, "proc/net/netstat")));
  assert.deepEqual([old?.["TcpExt"]?.["ListenDrops"], old?.["IpExt"]?.["InOctets"]], [17, 9125000000]);
  assert.equal(old?.["TcpExt"]?.["TCPSynRetrans"], undefined);
  assert.deepEqual([recent?.["TcpExt"]?.["ListenDrops"], recent?.["TcpExt"]?.["TCPSynRetrans"]], [1200, 40404]);
});

Deno.test("what was found out about headings serves for the next text, and for one with other headings", () => {
  const known: KnownTables = new Map();
  const once = tables("Tcp: InSegs Other OutSegs\nTcp: 1 2 3\n", known);
  const again = tables("Tcp: InSegs Other OutSegs\nTcp: 4 5 6\n", known);
  const reordered = tables("Tcp: OutSegs InSegs\nTcp: 7 8\n", known);
  assert.deepEqual([once, again, reordered], [
    { Tcp: { InSegs: 1, OutSegs: 3 } },
    { Tcp: { InSegs: 4, OutSegs: 6 } },
    { Tcp: { InSegs: 8, OutSegs: 7 } },
  ]);
});

Deno.test("a line without its heading, or of another protocol, means nothing", () => {
  assert.deepEqual(tables("Tcp: 1 2 3\nUdp: InErrors\nUdp: 5\n"), { Udp: { InErrors: 5 } });
  assert.deepEqual(tables("Tcp: InSegs\nUdp: 5\n"), {});
  assert.deepEqual(tables("Tcp: InSegs OutSegs\nTcp: 5\n"), { Tcp: { InSegs: 5 } }, "a value is missing");
});

Deno.test("the counters of IPv6 are divided into protocols by the digit in their names", () => {
  const found: ProtocolCounters = {};
  addSnmp6(hostText("server128", "proc/net/snmp6"), found);
  assert.deepEqual(Object.keys(found), ["Ip6", "Icmp6", "Udp6", "UdpLite6"]);
  assert.deepEqual(found["Ip6"], { InOctets: 990011, OutOctets: 880022 });
  assert.deepEqual(found["Icmp6"], { InMsgs: 55, InErrors: 0, OutMsgs: 44 });
  assert.deepEqual(found["UdpLite6"], { InErrors: 0 });
});
