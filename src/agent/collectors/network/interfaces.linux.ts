import type { NetworkInterface } from "../../../protocol/mod.ts";
import type { HeldFile } from "../reading/tree_reader.ts";
import type { AddressesOf } from "./addresses.linux.ts";
import { FactBook } from "./fact_book.linux.ts";
import type { InterfaceFacts } from "./interface_facts.linux.ts";
import type { LinkNews } from "./link_news.linux.ts";
import { type InterfaceCounters, parseNetDev } from "./net_dev.linux.ts";
import { Seldom } from "./seldom.ts";
import type { Sources } from "./sources.linux.ts";

const ADDRESSES_EVERY_MS = 9_500;
const NO_ADDRESSES: readonly string[] = [];

/** The interfaces that are wanted: their counters from one file, facts and addresses from elsewhere, less often. */
export class InterfaceReader {
  readonly #sources: Sources;
  readonly #isWanted: (name: string) => boolean;
  readonly #file: HeldFile;
  readonly #news: LinkNews;
  readonly #book: FactBook;
  readonly #addresses: Seldom<AddressesOf>;

  constructor(sources: Sources, isWanted: (name: string) => boolean) {
    const { tree, clock } = sources.deps;
    this.#sources = sources;
    this.#isWanted = isWanted;
    this.#file = sources.hold("dev");
    this.#news = sources.news();
    this.#book = new FactBook(tree, clock);
    this.#addresses = new Seldom(clock, ADDRESSES_EVERY_MS, (problems) => sources.addresses(problems));
  }

  read(problems: string[]): NetworkInterface[] | null {
    const text = this.#file.text();
    if (text === null) {
      const { tree, directory } = this.#sources;
      problems.push(tree.reason(tree.proc(directory, "dev")));
      return null;
    }
    const counters = parseNetDev(text, this.#isWanted);
    this.#news.tell(this.#book);
    this.#book.refresh(counters.map(({ name }) => name), this.#news.pacing);
    this.#noteMissingFacts(counters, problems);
    const addressesOf = this.#addresses.get(problems);
    return counters.map((one) => {
      const facts = this.#book.get(one.name);
      return joined(one, facts, addressesOf(one.name, facts?.index));
    });
  }

  /** One or the other may be gone by now; all of them without facts means that there are none to be had. */
  #noteMissingFacts(counters: readonly InterfaceCounters[], problems: string[]): void {
    const [first] = counters;
    if (first === undefined || counters.some(({ name }) => this.#book.get(name)?.state !== undefined)) return;
    const { tree } = this.#sources;
    problems.push(tree.reason(tree.sys("class", "net", first.name, "operstate")));
  }
}

function joined(
  { name, receive, transmit }: InterfaceCounters,
  facts: InterfaceFacts | undefined,
  addresses: readonly string[] = NO_ADDRESSES,
): NetworkInterface {
  const { nohandler, ...known } = facts ?? {};
  return {
    name,
    ...(receive && { receive: nohandler === undefined ? receive : { ...receive, nohandler } }),
    ...(transmit && { transmit }),
    ...known,
    addresses: [...addresses],
  };
}
