import { type ReadonlySignal, type Signal, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { FleetSearchLine } from "../../../protocol/mod.ts";
import { api, isAbort } from "../../kit/api.ts";
import { LineBook, type NewLine } from "../../lines/mod.ts";
import { apiQueryOf, type SearchForm } from "./model/search_query.ts";
import { type Hit, SearchResults } from "./model/search_results.ts";

export type SearchPhase = "idle" | "running" | "over" | "cancelled" | "cut" | "failed";

export interface Search {
  readonly phase: ReadonlySignal<SearchPhase>;
  readonly problem: ReadonlySignal<unknown>;
  /** Another one for each search. */
  readonly results: ReadonlySignal<SearchResults>;
  /** The lines that were found, in the order that is wanted. */
  readonly book: LineBook;
  readonly version: Signal<number>;
  /** The hit behind a line of the book. */
  hitOf(seq: number): Hit | undefined;
  run(form: SearchForm): void;
  cancel(): void;
}

export type SearchOrder = "newest" | "oldest";

const FLUSH_MS = 200;
/** Once the order of many lines has changed, they are written anew; not more often than this. */
const REWRITE_MS = 600;
const MAX_LINES = 13_000;
const MAX_CHARS = 64 * 1024 * 1024;

/** Searches, one search at a time; leaving the page ends it on all hosts. */
export function useSearch(order: ReadonlySignal<SearchOrder>): Search {
  const phase = useSignal<SearchPhase>("idle");
  const problem = useSignal<unknown>(undefined);
  const results = useSignal(new SearchResults());
  const version = useSignal(0);
  const running = useRef<AbortController | null>(null);
  const book = useMemo(() => new LineBook({ maxLines: MAX_LINES, maxChars: MAX_CHARS }), []);
  const page = useMemo(() => new HitPage(book), []);
  useEffect(() => () => running.current?.abort(new DOMException("left", "AbortError")), []);
  useEffect(() => {
    page.write(results.peek(), order.value);
    version.value += 1;
  }, [order.value]);
  const run = (form: SearchForm) => {
    running.current?.abort(new DOMException("another search", "AbortError"));
    const controller = running.current = new AbortController();
    const { signal } = controller;
    const found = results.value = new SearchResults();
    page.write(found, order.peek());
    version.value += 1;
    phase.value = "running";
    problem.value = undefined;
    search(form, signal, (lines) => {
      page.add(found, found.take(lines), order.peek());
      version.value += 1;
    }).then(() => {
      if (signal.aborted) return;
      page.write(found, order.peek());
      version.value += 1;
      phase.value = found.isOver ? "over" : "cut";
    }, (error) => {
      if (signal.aborted || isAbort(error)) return;
      problem.value = error;
      phase.value = "failed";
    });
  };
  const cancel = () => {
    running.current?.abort(new DOMException("cancelled", "AbortError"));
    // What was found last may have waited to be written.
    page.write(results.peek(), order.peek());
    version.value += 1;
    phase.value = "cancelled";
  };
  return { phase, problem, results, book, version, hitOf: (seq) => page.hitOf(seq), run, cancel };
}

async function search(
  form: SearchForm,
  signal: AbortSignal,
  onLines: (lines: readonly FleetSearchLine[]) => void,
): Promise<void> {
  let waiting: FleetSearchLine[] = [];
  const flush = () => {
    if (waiting.length === 0 || signal.aborted) return;
    const lines = waiting;
    waiting = [];
    onLines(lines);
  };
  const timer = setInterval(flush, FLUSH_MS);
  try {
    const asking = { query: apiQueryOf(form), signal, timeoutMs: BEGIN_MS };
    for await (const line of api.lines<FleetSearchLine>("/api/v1/logs/search", asking)) waiting.push(line);
  } finally {
    clearInterval(timer);
    flush();
  }
}

/** Until the first line of the answer; hosts that say nothing are told of as such. */
const BEGIN_MS = 30_000;

/** Keeps the book as the hits are: appended where that will do, written anew where their order has changed. */
class HitPage {
  readonly #book: LineBook;
  #hits: Hit[] = [];
  #firstSeq = 0;
  #shown = 0;
  #rewrittenMs = 0;

  constructor(book: LineBook) {
    this.#book = book;
  }

  hitOf(seq: number): Hit | undefined {
    return this.#hits[seq - this.#firstSeq];
  }

  add(results: SearchResults, isReordered: boolean, order: SearchOrder): void {
    if (order === "newest" && !isReordered) {
      const fresh = results.hits.slice(this.#shown);
      this.#hits.push(...fresh);
      this.#shown += fresh.length;
      this.#book.append(fresh.map(lineOf));
    } else if (performance.now() - this.#rewrittenMs >= REWRITE_MS) this.write(results, order);
  }

  write(results: SearchResults, order: SearchOrder): void {
    this.#rewrittenMs = performance.now();
    this.#book.clear();
    this.#hits = order === "newest" ? [...results.hits] : results.hits.toReversed();
    this.#shown = this.#hits.length;
    this.#firstSeq = this.#book.dropped;
    this.#book.append(this.#hits.map(lineOf));
  }
}

function lineOf({ match }: Hit): NewLine {
  const { host, process, file, text, timeMs, cut } = match;
  return {
    source: `${host}\n${process}`,
    file,
    text,
    ...(timeMs !== undefined && { timeMs }),
    ...(cut === true && { isCut: true }),
  };
}
