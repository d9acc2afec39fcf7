import type { LinkWatch } from "../../../platform/mod.ts";
import type { HeldFile } from "../reading/tree_reader.ts";
import { count, forEachLine } from "../reading/counts.ts";
import type { FactBook, Pacing } from "./fact_book.linux.ts";

/** How a changed interface is noticed without reading the files of all. */
export interface LinkNews {
  /** For what is not noticed. */
  readonly pacing: Pacing;
  /** Marks in the book what has changed since the last call. */
  tell(book: FactBook): void;
  close(): void;
}

/** With room for an interval that begins a little early. */
const TEN_SECONDS_MS = 9_500;
const MINUTE_MS = 60_000;

/** By the kernel's own events, of every change but that of a speed or of packets that nobody wanted. An idle collection pays 1 µs for that. */
export function newsOfKernel(watch: LinkWatch): LinkNews {
  return {
    pacing: { freshMs: 3 * TEN_SECONDS_MS, roundMs: 30 * MINUTE_MS },
    tell(book) {
      const changed = watch.changed();
      if (changed === null) book.markAllChanged();
      else for (const name of changed) book.markChanged(name);
    },
    close: () => watch.close(),
  };
}

/**
 * By one file, for a namespace whose events we do not get: /proc/net/igmp has each interface that is switched on and
 * speaks IPv4, with its index. A lost carrier is noticed when the facts come round.
 */
export function newsOfFile(igmp: HeldFile): LinkNews {
  let before: ReadonlyMap<string, number> = new Map();
  return {
    pacing: { freshMs: TEN_SECONDS_MS, roundMs: 5 * MINUTE_MS },
    tell(book) {
      const now = parseIgmp(igmp.text() ?? "");
      for (const [name, index] of now) if (before.get(name) !== index) book.markChanged(name);
      for (const name of before.keys()) if (!now.has(name)) book.markChanged(name);
      before = now;
    },
    close: () => igmp.close(),
  };
}

/** The lines that begin with a number; those of groups below them begin with a blank. */
export function parseIgmp(text: string): Map<string, number> {
  const found = new Map<string, number>();
  forEachLine(text, (start, end) => {
    const tab = text.indexOf("\t", start);
    const colon = text.lastIndexOf(":", end - 1);
    if (tab <= start || colon <= tab || colon >= end) return;
    const index = count(text.slice(start, tab));
    const name = text.slice(tab + 1, colon).trim();
    if (index !== undefined && name !== "") found.set(name, index);
  });
  return found;
}
