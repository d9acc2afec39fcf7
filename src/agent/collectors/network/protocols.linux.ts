import { count, countAt, forEachLine } from "../reading/counts.ts";

export type ProtocolCounters = Record<string, Record<string, number>>;

/** One pair of lines of /proc/net/snmp or netstat: which of its columns we keep. */
interface Table {
  readonly protocol: string;
  readonly columns: readonly { readonly at: number; readonly name: string }[];
}

/** By heading, so that the names of hundreds of columns are looked at once. */
export type KnownTables = Map<string, Table>;

interface Counter {
  readonly protocol: string;
  readonly name: string;
}

/** By the name in /proc/net/snmp6; null for one that is not kept. */
export type KnownCounters = Map<string, Counter | null>;

/** Of the hundreds that the kernel has: those that node_exporter reports too. */
const KEPT = new RegExp(
  "^(?:.*_(?:InErrors|InErrs)|Ip_Forwarding|Ip(?:6|Ext)_(?:InOctets|OutOctets)|Icmp6?_(?:InMsgs|OutMsgs)" +
    "|TcpExt_(?:Listen.*|Syncookies.*|TCPSynRetrans|TCPTimeouts|TCPOFOQueue)" +
    "|Tcp_(?:ActiveOpens|InSegs|OutSegs|OutRsts|PassiveOpens|RetransSegs|CurrEstab)" +
    "|Udp6?_(?:InDatagrams|OutDatagrams|NoPorts|RcvbufErrors|SndbufErrors))$",
);
/** What a metric's name can be made of; the kernel has no others. */
const NAME = /^[A-Za-z][A-Za-z0-9]*$/;
const MAX_TABLES = 64;
const MAX_COUNTERS = 1024;
const SPACE = 32;

/** Pairs of lines: `Tcp: RtoAlgorithm …` and `Tcp: 1 …`, with a column for each name. */
export function addTables(text: string, into: ProtocolCounters, known: KnownTables = new Map()): void {
  let heading: string | null = null;
  forEachLine(text, (start, end) => {
    const line = text.slice(start, end);
    const table: Table | null = heading === null ? null : tableOf(heading, known);
    if (table === null || !line.startsWith(`${table.protocol}:`)) {
      heading = line;
      return;
    }
    heading = null;
    const values = keptValues(line, table);
    if (values !== null) into[table.protocol] = { ...into[table.protocol], ...values };
  });
}

/** One line for each counter: `Udp6InErrors 0`; the protocol's name ends in the digit. */
export function addSnmp6(text: string, into: ProtocolCounters, known: KnownCounters = new Map()): void {
  forEachLine(text, (start, end) => {
    const nameEnd = firstBlank(text, start, end);
    const counter = counterOf(text.slice(start, nameEnd), known);
    if (counter === null) return;
    const value = count(text.slice(nameEnd, end).trim());
    if (value !== undefined) (into[counter.protocol] ??= {})[counter.name] = value;
  });
}

function counterOf(fullName: string, known: KnownCounters): Counter | null {
  const found = known.get(fullName);
  if (found !== undefined) return found;
  const six = fullName.indexOf("6") + 1;
  const counter = { protocol: fullName.slice(0, six), name: fullName.slice(six) };
  const kept = isKept(counter.protocol, counter.name) ? counter : null;
  if (known.size < MAX_COUNTERS) known.set(fullName, kept);
  return kept;
}

function tableOf(heading: string, known: KnownTables): Table | null {
  const found = known.get(heading);
  if (found !== undefined) return found;
  const colon = heading.indexOf(": ");
  const protocol = heading.slice(0, colon);
  if (colon < 0 || !NAME.test(protocol)) return null;
  const names = heading.slice(colon + 2).split(" ");
  const columns = names.map((name, at) => ({ at, name })).filter(({ name }) => isKept(protocol, name));
  const table = { protocol, columns };
  if (known.size < MAX_TABLES) known.set(heading, table);
  return table;
}

/** Goes over the line once; null when none of the values is wanted and a number. */
function keptValues(line: string, { protocol, columns }: Table): Record<string, number> | null {
  const values: Record<string, number> = {};
  let any = false;
  let at = protocol.length + 2;
  let column = 0;
  for (const wanted of columns) {
    for (; column < wanted.at; column++) at = wordEnd(line, at) + 1;
    const value = countAt(line, at, wordEnd(line, at));
    if (value === undefined) continue;
    values[wanted.name] = value;
    any = true;
  }
  return any ? values : null;
}

function wordEnd(line: string, start: number): number {
  const end = line.indexOf(" ", start);
  return end < 0 ? line.length : end;
}

function firstBlank(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && text.charCodeAt(at) > SPACE) at++;
  return at;
}

function isKept(protocol: string, name: string): boolean {
  return NAME.test(protocol) && NAME.test(name) && KEPT.test(`${protocol}_${name}`);
}
