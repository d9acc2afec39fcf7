import type { NetworkSample } from "../../../protocol/mod.ts";
import { count } from "../reading/counts.ts";
import type { HeldFile } from "../reading/tree_reader.ts";
import { readBonds } from "./bonds.linux.ts";
import { neighbourReader, parseConntrackStat, parseSoftnet } from "./packets.linux.ts";
import { type OptionalFile, Seldom } from "./seldom.ts";
import type { Sources } from "./sources.linux.ts";

const EVERY_MS = 9_500;
/** A router knows tens of thousands of neighbours at most, in 80 bytes each. */
const MAX_ARP_BYTES = 4 * 1024 * 1024;

type Packets = Pick<NetworkSample, "arpEntries" | "bonds" | "conntrack" | "softnet">;

/** What becomes of packets on their way: processors, tracked connections, neighbours and bonds. */
export class PacketReader {
  readonly #sources: Sources;
  readonly #softnet: HeldFile;
  readonly #tracked: OptionalFile;
  readonly #limit: OptionalFile;
  readonly #tracking: OptionalFile;
  readonly #seldom: Seldom<Pick<Packets, "arpEntries" | "bonds">>;

  constructor(sources: Sources, isWanted: (name: string) => boolean) {
    this.#sources = sources;
    this.#softnet = sources.hold("softnet_stat");
    this.#tracked = sources.holdOptional("sys", "net", "netfilter", "nf_conntrack_count");
    this.#limit = sources.holdOptional("sys", "net", "netfilter", "nf_conntrack_max");
    this.#tracking = sources.holdOptional(sources.directory, "stat", "nf_conntrack");
    this.#seldom = new Seldom(sources.deps.clock, EVERY_MS, (problems) => ({
      arpEntries: this.#readNeighbours(isWanted, problems),
      bonds: readBonds(sources.tree, sources.directory),
    }));
  }

  read(problems: string[]): Packets {
    return { ...this.#seldom.get(problems), conntrack: this.#readConntrack(), softnet: this.#readSoftnet(problems) };
  }

  #readSoftnet(problems: string[]): NetworkSample["softnet"] {
    const { tree, directory } = this.#sources;
    const text = this.#softnet.text();
    if (text === null) problems.push(tree.reason(tree.proc(directory, "softnet_stat")));
    return text === null ? undefined : parseSoftnet(text);
  }

  /**
   * Connections are tracked only where something asks for it. Files below sys/net are of the reader's own namespace
   * whatever the path, so that for another one the count is taken from its statistics; the limit is that of all.
   */
  #readConntrack(): NetworkSample["conntrack"] {
    const limit = count(this.#limit.text()?.trim() ?? "");
    if (limit === undefined) return undefined;
    const text = this.#tracking.text();
    const stat = text === null ? undefined : parseConntrackStat(text);
    const isOwn = this.#sources.directory === "net";
    const entries = isOwn ? count(this.#tracked.text()?.trim() ?? "") : stat?.entries;
    return entries === undefined ? undefined : { entries, limit, counters: stat?.counters };
  }

  #readNeighbours(isWanted: (name: string) => boolean, problems: string[]): NetworkSample["arpEntries"] {
    const { tree, directory } = this.#sources;
    const path = tree.proc(directory, "arp");
    const found: Record<string, number> = {};
    const complete = tree.lines(path, MAX_ARP_BYTES, neighbourReader(isWanted, found));
    if (complete === false) problems.push(`${path}: it has more neighbours than are looked at`);
    return complete === true ? found : undefined;
  }
}
