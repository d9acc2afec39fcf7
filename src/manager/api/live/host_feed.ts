import type { HostView } from "../../../protocol/mod.ts";

/** What a feed needs to know of hosts; asked anew for everything that is sent. */
export interface FeedHosts {
  /** All that there are. */
  views(): readonly HostView[];
  view(id: string): HostView | null;
  mayUse(host: HostView): boolean;
  /** Whether that is so for all there are. */
  readonly seesAll: boolean;
  /** The host as JSON, made once for all who are told of it. */
  textOf(host: HostView): string;
}

const HOSTS_A_MESSAGE = 100;

/**
 * What one connection is still to be told of the hosts that it has subscribed to. Only ids wait here, so it is bounded by
 * the number of hosts however slow the reader is, and whatever is told is as it is at that moment.
 */
export class HostFeed {
  readonly #wanted: ReadonlySet<string> | "all";
  readonly #dirty = new Set<string>();
  readonly #removed = new Set<string>();
  /** Of whom the reader knows, so that he is told of the going of none else; null for who may see all. */
  readonly #known: Set<string> | null;
  /** What of the first, complete telling is left. */
  #rest: string[];
  #part = 0;
  readonly #of: number;

  constructor(wanted: "all" | readonly string[], hosts: FeedHosts) {
    this.#known = hosts.seesAll ? null : new Set();
    this.#wanted = wanted === "all" ? "all" : new Set(wanted);
    this.#rest = wanted === "all"
      ? hosts.views().filter((host) => hosts.mayUse(host)).map(({ id }) => id)
      : [...this.#wanted];
    this.#of = Math.max(1, Math.ceil(this.#rest.length / HOSTS_A_MESSAGE));
  }

  /** Whether the first telling goes on. */
  get isBeginning(): boolean {
    return this.#part < this.#of;
  }

  get hasChanges(): boolean {
    return this.#dirty.size > 0 || this.#removed.size > 0;
  }

  changed(ids: readonly string[], removed: readonly string[]): void {
    for (const id of ids) if (this.#wants(id)) this.#dirty.add(id);
    for (const id of removed) {
      this.#dirty.delete(id);
      this.#gone(id);
    }
  }

  /** The next message of the first telling. */
  nextPart(hosts: FeedHosts): string {
    const ids = this.#rest.slice(0, HOSTS_A_MESSAGE);
    this.#rest = this.#rest.slice(HOSTS_A_MESSAGE);
    this.#part++;
    const texts = ids.flatMap((id) => this.#textOf(id, hosts) ?? []);
    return `{"type":"hosts","hosts":[${texts.join(",")}],"part":${this.#part},"of":${this.#of}}`;
  }

  /** The next message of what has changed, or null where it has turned out to be nothing. */
  nextChanges(hosts: FeedHosts): string | null {
    const texts: string[] = [];
    for (const id of this.#dirty) {
      if (texts.length >= HOSTS_A_MESSAGE) break;
      this.#dirty.delete(id);
      const text = this.#textOf(id, hosts);
      if (text !== null) texts.push(text);
      else this.#gone(id);
    }
    if (texts.length === 0 && this.#removed.size === 0) return null;
    const removed = JSON.stringify([...this.#removed]);
    this.#removed.clear();
    return `{"type":"changes","hosts":[${texts.join(",")}],"removed":${removed}}`;
  }

  #gone(id: string): void {
    if (this.#known === null ? this.#wants(id) : this.#known.delete(id)) this.#removed.add(id);
  }

  #wants(id: string): boolean {
    return this.#wanted === "all" || this.#wanted.has(id);
  }

  #textOf(id: string, hosts: FeedHosts): string | null {
    const host = hosts.view(id);
    if (host === null || !hosts.mayUse(host)) return null;
    this.#known?.add(id);
    this.#removed.delete(id);
    return hosts.textOf(host);
  }
}
