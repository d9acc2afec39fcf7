import type { NetworkSample } from "../../../protocol/mod.ts";
import { kernelUnits } from "../reading/kernel_units.ts";
import type { HeldFile } from "../reading/tree_reader.ts";
import { addSnmp6, addTables, type KnownCounters, type KnownTables, type ProtocolCounters } from "./protocols.linux.ts";
import { Seldom } from "./seldom.ts";
import {
  addSockstat,
  ALL_TCP_STATES,
  ESTABLISHED,
  queueReader,
  type Queues,
  stateReader,
  tcpStatesByName,
  TIME_WAIT,
} from "./sockets.linux.ts";
import type { OptionalFile } from "./seldom.ts";
import type { Sources } from "./sources.linux.ts";

const QUEUES_EVERY_MS = 9_500;
const STATES_EVERY_MS = 55_000;
/** States of which the kernel keeps count itself are not counted one by one where they are many: 1 ms per thousand. */
const MAX_COUNTED = 5000;
/** More than this would take 50 ms. */
const MAX_SOCKETS = 50_000;
const MAX_UDP_BYTES = 1024 * 1024;
const MAX_TCP_BYTES = 4 * 1024 * 1024;

type Connections = Pick<NetworkSample, "protocols" | "sockets" | "tcpStates" | "udpQueues">;
type Counters = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What protocols and sockets do: cheap files each time, lists of sockets seldom. */
export class ConnectionReader {
  readonly #sources: Sources;
  readonly #tables: readonly (readonly [name: string, file: HeldFile])[];
  readonly #sockstat: HeldFile;
  readonly #snmp6: OptionalFile;
  readonly #sockstat6: OptionalFile;
  readonly #knownTables: KnownTables = new Map();
  readonly #knownCounters: KnownCounters = new Map();
  readonly #queues: Seldom<NetworkSample["udpQueues"]>;
  readonly #states: Seldom<NetworkSample["tcpStates"]>;
  readonly #pageBytes: number;
  #counts: { readonly protocols: Counters; readonly sockets: Counters } = { protocols: {}, sockets: {} };

  constructor(sources: Sources) {
    const { clock } = sources.deps;
    this.#sources = sources;
    this.#tables = ["netstat", "snmp"].map((name) => [name, sources.hold(name)] as const);
    this.#sockstat = sources.hold("sockstat");
    this.#snmp6 = sources.holdOptional(sources.directory, "snmp6");
    this.#sockstat6 = sources.holdOptional(sources.directory, "sockstat6");
    this.#pageBytes = kernelUnits().pageBytes;
    this.#queues = new Seldom(clock, QUEUES_EVERY_MS, (problems) => this.#readQueues(problems));
    this.#states = new Seldom(clock, STATES_EVERY_MS, (problems) => this.#readStates(problems));
  }

  read(problems: string[]): Connections {
    const [protocols, sockets] = [this.#readProtocols(problems), this.#readSockets(problems)];
    this.#counts = { protocols: protocols ?? {}, sockets: sockets ?? {} };
    return {
      protocols,
      sockets,
      tcpStates: this.#states.get(problems),
      udpQueues: this.#queues.get(problems),
    };
  }

  #readProtocols(problems: string[]): ProtocolCounters | undefined {
    const found: ProtocolCounters = {};
    for (const [name, file] of this.#tables) {
      const text = file.text();
      if (text === null) problems.push(this.#reason(name));
      else addTables(text, found, this.#knownTables);
    }
    addSnmp6(this.#snmp6.text() ?? "", found, this.#knownCounters);
    return unlessEmpty(found);
  }

  #readSockets(problems: string[]): Record<string, Record<string, number>> | undefined {
    const found: Record<string, Record<string, number>> = {};
    const text = this.#sockstat.text();
    if (text === null) problems.push(this.#reason("sockstat"));
    else addSockstat(text, this.#pageBytes, found);
    addSockstat(this.#sockstat6.text() ?? "", this.#pageBytes, found);
    return unlessEmpty(found);
  }

  /** IPv6 may be off. */
  #readQueues(problems: string[]): NetworkSample["udpQueues"] {
    const found: Record<string, Record<string, number>> = {};
    for (const [family, name] of [["v4", "udp"], ["v6", "udp6"]] as const) {
      const queues: Queues = { sendBytes: 0, receiveBytes: 0 };
      const path = this.#path(name);
      const complete = this.#sources.tree.lines(path, MAX_UDP_BYTES, queueReader(queues));
      if (complete === false) problems.push(`${path}: it has more sockets than are looked at`);
      if (complete === true) found[family] = { rx: queues.receiveBytes, tx: queues.sendBytes };
    }
    return unlessEmpty(found);
  }

  #readStates(problems: string[]): NetworkSample["tcpStates"] {
    const many = new Map<number, number>();
    const note = (state: number, count: number | undefined) => {
      if (count !== undefined && count > MAX_COUNTED) many.set(state, count);
    };
    note(ESTABLISHED, this.#counts.protocols["Tcp"]?.["CurrEstab"]); // newer kernels include those in close_wait
    note(TIME_WAIT, this.#counts.sockets["TCP"]?.["tw"]);
    const wanted = ALL_TCP_STATES.filter((state) => !many.has(state));
    const counts = this.#sources.kernel?.countTcpSockets(wanted, MAX_SOCKETS) ?? this.#listStates();
    if (counts === "too many") problems.push("TCP connections by state: there are more than are counted");
    if (counts === null || counts === "too many") return undefined;
    for (const [state, count] of many) counts[state] = count;
    return tcpStatesByName(counts);
  }

  /** The list of all sockets as text, which takes 20 times as long; for a namespace that is not ours. */
  #listStates(): number[] | "too many" | null {
    const counts: number[] = [];
    const onLine = stateReader(counts);
    const [ipv4, ipv6] = ["tcp", "tcp6"].map((name) =>
      this.#sources.tree.lines(this.#path(name), MAX_TCP_BYTES, onLine)
    );
    if (ipv4 === false || ipv6 === false) return "too many";
    return ipv4 === true ? counts : null;
  }

  #path(name: string): string {
    return this.#sources.tree.proc(this.#sources.directory, name);
  }

  #reason(name: string): string {
    return this.#sources.tree.reason(this.#path(name));
  }
}

function unlessEmpty<T extends object>(record: T): T | undefined {
  return Object.keys(record).length === 0 ? undefined : record;
}
