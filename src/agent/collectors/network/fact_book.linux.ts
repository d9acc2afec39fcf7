import type { Clock } from "../../../core/mod.ts";
import type { TreeReader } from "../reading/tree_reader.ts";
import { type InterfaceFacts, interfaceFacts } from "./interface_facts.linux.ts";

/** How many are read anew in one collection because of their age, and because of a change. */
const MIN_AGED = 4;
const MAX_CHANGED = 32;
/** Once in so many readings even that is read which had no value. */
const RETRY_EVERY = 16;

/** How often facts are read, besides when something has changed. */
export interface Pacing {
  /** Younger ones need not be read again. */
  readonly freshMs: number;
  /** All of them must come round within this. */
  readonly roundMs: number;
}

interface Entry {
  readonly facts: InterfaceFacts;
  readonly readAtMs: number;
  /** Files that have no value: a link that is down has no speed, and each failed read costs more than one that works. */
  readonly failing: ReadonlySet<string>;
  readonly readings: number;
}

/**
 * The facts of all interfaces. Each takes some 25 files at 11 µs (opening one is what costs; reading, and the way to
 * read, hardly matter), so that 500 interfaces at once would take over 100 ms. After the first time only a few are read
 * in each collection: those that have changed, then the oldest.
 */
export class FactBook {
  readonly #tree: TreeReader;
  readonly #clock: Clock;
  /** In the order of their age, the oldest first. */
  readonly #entries = new Map<string, Entry>();
  readonly #changed = new Set<string>();
  #refreshedAtMs = 0;

  constructor(tree: TreeReader, clock: Clock) {
    this.#tree = tree;
    this.#clock = clock;
  }

  get(name: string): InterfaceFacts | undefined {
    return this.#entries.get(name)?.facts;
  }

  markChanged(name: string): void {
    this.#changed.add(name);
  }

  markAllChanged(): void {
    for (const name of this.#entries.keys()) this.#changed.add(name);
  }

  /** Brings the book up to date for these interfaces. */
  refresh(names: readonly string[], { freshMs, roundMs }: Pacing): void {
    const nowMs = this.#clock.monotonicMs();
    const aged = Math.max(MIN_AGED, Math.ceil(names.length * (nowMs - this.#refreshedAtMs) / roundMs));
    this.#refreshedAtMs = nowMs;
    this.#forgetOthers(names);
    for (const name of names) if (!this.#entries.has(name)) this.#read(name, nowMs, true);
    this.#readChanged(nowMs);
    this.#readAged(nowMs, freshMs, aged);
  }

  /** Those that have to wait are at least known to be others, so that nobody compares their counters. */
  #readChanged(nowMs: number): void {
    let rest = MAX_CHANGED;
    for (const name of this.#changed) {
      const entry = this.#entries.get(name);
      if (entry === undefined) this.#changed.delete(name); // it is not wanted, or gone again
      else if (rest-- > 0) this.#read(name, nowMs, true);
      else this.#entries.set(name, { ...entry, facts: { ...entry.facts, index: this.#indexOf(name) } });
    }
  }

  #indexOf(name: string): number | undefined {
    return this.#tree.number(this.#tree.sys("class", "net", name, "ifindex"));
  }

  #readAged(nowMs: number, freshMs: number, limit: number): void {
    const aged: string[] = [];
    for (const [name, { readAtMs }] of this.#entries) {
      if (aged.length === limit || nowMs - readAtMs < freshMs) break;
      aged.push(name);
    }
    for (const name of aged) {
      const before = this.get(name);
      const facts = this.#read(name, nowMs, false);
      const isOther = facts.state !== before?.state || facts.index !== before?.index ||
        facts.attributes?.["flags"] !== before?.attributes?.["flags"];
      if (isOther) this.#read(name, nowMs, true);
    }
  }

  #read(name: string, nowMs: number, isChanged: boolean): InterfaceFacts {
    const before = this.#entries.get(name);
    const readings = (before?.readings ?? -1) + 1;
    const skipped = isChanged || readings % RETRY_EVERY === 0 ? undefined : before?.failing;
    if (isChanged) this.#changed.delete(name);
    const failing = new Set<string>();
    const directory = this.#tree.sys("class", "net", name);
    const facts = interfaceFacts((file) => {
      const text = skipped?.has(file) ? null : this.#tree.text(`${directory}/${file}`);
      if (text === null) failing.add(file);
      return text?.trim() || null;
    });
    this.#entries.delete(name); // so that it becomes the last
    this.#entries.set(name, { facts, readAtMs: nowMs, failing, readings });
    return facts;
  }

  #forgetOthers(names: readonly string[]): void {
    const present = new Set(names);
    for (const name of this.#entries.keys()) if (!present.has(name)) this.#entries.delete(name);
  }
}
