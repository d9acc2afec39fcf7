import assert from "node:assert/strict";
import { hostText } from "../../../../tests/helpers/fixture_host.ts";
import { parseBond } from "./bonds.linux.ts";
import { neighbourReader, parseConntrackStat, parseSoftnet } from "./packets.linux.ts";

Deno.test("an old kernel has no number of the processor, and counts fewer things", () => {
  const found = parseSoftnet(hostText("centos7", "proc/net/softnet_stat"));
  assert.deepEqual(found.map(({ cpu }) => cpu), ["0", "1", "2", "3"]);
  assert.deepEqual(found[2]?.counters, {
    processed: 0x7b1c00 + 0x2222,
    dropped: 2,
    times_squeezed: 6,
    cpu_collision: 0,
    received_rps: 0,
  });
});

Deno.test("a newer kernel says which processor a line is of, for one that is off has none", () => {
  assert.deepEqual(parseSoftnet(hostText("storage", "proc/net/softnet_stat")).map(({ cpu }) => cpu), ["0", "1", "3"]);
  const found = parseSoftnet(hostText("server128", "proc/net/softnet_stat"));
  assert.equal(found.length, 128);
  assert.deepEqual([found[127]?.cpu, found[127]?.counters["flow_limit_count"], found[127]?.counters["backlog_len"]], [
    "127",
    3,
    1,
  ]);
});

Deno.test("what happened to tracked connections is summed over the processors, by the names of this kernel", () => {
  const old = parseConntrackStat(hostText("centos7", "proc/net/stat/nf_conntrack"));
  assert.equal(old.entries, 37);
  assert.deepEqual(old.counters, {
    found: 151,
    invalid: 10,
    ignore: 10,
    insert: 56,
    insert_failed: 1,
    drop: 2,
    early_drop: 1,
    search_restart: 4,
  });
  const recent = parseConntrackStat(hostText("server128", "proc/net/stat/nf_conntrack"));
  assert.equal(recent.counters["found"], 3 * (127 * 128) / 2);
});

Deno.test("a sum is absent when one of its parts is", () => {
  const { counters } = parseConntrackStat("entries  found drop\n00000001 00000002 00000003\n00000001 zz 00000004\n");
  assert.deepEqual(counters, { drop: 7 });
});

Deno.test("neighbours are counted by the interface that they are at, if it is wanted", () => {
  const found: Record<string, number> = {};
  hostText("storage", "proc/net/arp").split("\n").forEach(neighbourReader((name) => name !== "ib0", found));
  assert.deepEqual(found, { ens1f0: 1, ens1f1: 1 });
});

Deno.test("the parts of a bond each have a state, of which the bond's own is none", () => {
  assert.deepEqual([...parseBond(hostText("server128", "proc/net/bonding/bond0"))], [["eno1", "up"], ["eno2", "down"]]);
});
