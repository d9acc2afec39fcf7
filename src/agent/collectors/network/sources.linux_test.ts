import assert from "node:assert/strict";
import fc from "fast-check";
import {
  badNumbers,
  damaged,
  DAMAGES,
  FIXTURE_HOSTS,
  type FixtureHost,
  hostText,
} from "../../../../tests/helpers/fixture_host.ts";
import { fibTrieReader, parseIfInet6, parseRoutes } from "./addresses.linux.ts";
import { parseBond } from "./bonds.linux.ts";
import { interfaceFacts } from "./interface_facts.linux.ts";
import { parseIgmp } from "./link_news.linux.ts";
import { parseNetDev } from "./net_dev.linux.ts";
import { neighbourReader, parseConntrackStat, parseSoftnet } from "./packets.linux.ts";
import { addSnmp6, addTables } from "./protocols.linux.ts";
import { addSockstat, queueReader, stateReader, tcpStatesByName } from "./sockets.linux.ts";

/** What must hold for the value of every parser, be the text as it may. */
type Parse = (text: string) => unknown;

function byLine<T>(value: T, onLine: (line: string) => void): Parse {
  return (text) => {
    text.split("\n").forEach(onLine);
    return value;
  };
}

/** Parsers by the file that they read. Those that go line by line keep what they have found in a run before. */
const PARSERS: readonly (readonly [path: string, make: () => Parse])[] = [
  ["proc/net/dev", () => (text) => {
    const found = parseNetDev(text, () => true);
    assert.equal(new Set(found.map(({ name }) => name)).size, found.length, "an interface is there twice");
    return found;
  }],
  ["proc/net/snmp", () => into((text, value) => addTables(text, value))],
  ["proc/net/netstat", () => into((text, value) => addTables(text, value))],
  ["proc/net/snmp6", () => into((text, value) => addSnmp6(text, value))],
  ["proc/net/sockstat", () => into((text, value) => addSockstat(text, 4096, value))],
  ["proc/net/sockstat6", () => into((text, value) => addSockstat(text, 4096, value))],
  ["proc/net/softnet_stat", () => (text) => {
    const found = parseSoftnet(text);
    assert.equal(new Set(found.map(({ cpu }) => cpu)).size, found.length, "a processor is there twice");
    return found;
  }],
  ["proc/net/stat/nf_conntrack", () => parseConntrackStat],
  ["proc/net/bonding/bond0", () => parseBond],
  ["proc/net/igmp", () => parseIgmp],
  ["proc/net/if_inet6", () => parseIfInet6],
  ["proc/net/route", () => parseRoutes],
  ["proc/net/fib_trie", () => {
    const found = new Set<string>();
    return byLine(found, fibTrieReader(found));
  }],
  ["proc/net/arp", () => {
    const found: Record<string, number> = {};
    return byLine(found, neighbourReader(() => true, found));
  }],
  ["proc/net/udp", () => {
    const queues = { sendBytes: 0, receiveBytes: 0 };
    return byLine(queues, queueReader(queues));
  }],
  ["proc/net/tcp", () => {
    const counts: number[] = [];
    const parse = byLine(counts, stateReader(counts));
    return (text) => tcpStatesByName(parse(text) as number[]);
  }],
  ["sys/class/net/eth0/flags", () => (text) => interfaceFacts(() => text.trim() || null)],
  ["sys/class/net/eth0/speed", () => (text) => interfaceFacts(() => text.trim() || null)],
];

function into(parse: (text: string, value: Record<string, Record<string, number>>) => void): Parse {
  return (text) => {
    const value = {};
    parse(text, value);
    return value;
  };
}

function textOf(host: FixtureHost, path: string): string | null {
  try {
    return hostText(host, path);
  } catch {
    return null; // not every kind of host has it
  }
}

const damages = fc.array(
  fc.record({
    kind: fc.constantFrom(...DAMAGES),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    text: fc.oneof(
      fc.string(),
      fc.constantFrom(" ", "-1", "99999999999999999999999999", "1e400", ":", "\0", "__proto__"),
    ),
  }),
  { maxLength: 6 },
);

for (const [path, make] of PARSERS) {
  Deno.test(`whatever is in ${path}, nothing throws and no number is bad`, () => {
    const texts = FIXTURE_HOSTS.map((host) => textOf(host, path)).filter((text) => text !== null);
    assert.ok(texts.length > 0, "no host has it");
    const parse = make();
    for (const text of texts) assert.deepEqual(badNumbers(parse(text)), []);
    fc.assert(fc.property(fc.constantFrom(...texts), damages, (text, wrong) => {
      assert.deepEqual(badNumbers(parse(damaged(text, wrong))), []);
    }));
    fc.assert(fc.property(fc.string({ maxLength: 400 }), (text) => assert.deepEqual(badNumbers(parse(text)), [])));
  });
}
