import { AppError, type Clock, untilAborted } from "../../core/mod.ts";
import { LineReader, toldFailure } from "../../http/mod.ts";
import {
  SEARCH_CONTENT_TYPE,
  SEARCH_LIMITS,
  type SearchEnd,
  type SearchLine,
  searchLine,
  setCaller,
} from "../../protocol/mod.ts";
import type { HostsPort } from "./ports.ts";

export interface HostSearchOptions {
  readonly hosts: HostsPort;
  readonly clock: Clock;
  /** The query as the host takes it. */
  readonly query: URLSearchParams;
  readonly actor: string;
  readonly requestId: string;
  /** How long the host itself searches. */
  readonly timeoutMs: number;
  /** More matches it has no right to send. */
  readonly limit: number;
}

/** A host answers at once, and then says something twice a second. */
const SILENCE_MS = 15_000;
/** Beyond what it may search, for the way and for its own haste. */
const GRACE_MS = 15_000;
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

/** What one host finds, line by line; its end is the result. Whatever a host answers, nothing but an AppError is thrown. */
export async function* searchHost(
  hostId: string,
  options: HostSearchOptions,
  signal: AbortSignal,
): AsyncGenerator<Exclude<SearchLine, SearchEnd>, SearchEnd> {
  const watch = new Watch(options, signal);
  let body: ReadableStreamDefaultReader<Uint8Array> | undefined;
  try {
    const response = await ask(hostId, options, watch.signal);
    body = response.body?.getReader();
    if (body === undefined) throw broken("it answered with nothing");
    const lines = new CheckedLines(options.limit);
    for (;;) {
      watch.heard();
      const { done, value } = await untilAborted(body.read(), watch.signal);
      if (done) throw broken("its answer broke off");
      for (const line of lines.read(value)) {
        if (line.type === "end") return line;
        yield line;
      }
    }
  } catch (error) {
    throw watch.reason ?? error;
  } finally {
    watch.end();
    await body?.cancel().catch(() => {
      // It has broken already, which was told.
    });
  }
}

async function ask(hostId: string, options: HostSearchOptions, signal: AbortSignal): Promise<Response> {
  const { hosts, query, actor, requestId } = options;
  const headers = new Headers({ accept: SEARCH_CONTENT_TYPE, "x-request-id": requestId });
  setCaller(headers, actor);
  const request = new Request(`http://tunnel/v1/logs/search?${query}`, { headers, signal });
  const response = await hosts.fetch(hostId, request, { headTimeoutMs: SILENCE_MS });
  const type = response.headers.get("content-type") ?? "";
  if (response.status === 200 && type.startsWith(SEARCH_CONTENT_TYPE)) return response;
  throw await refusal(response);
}

/** Ends the request when the host is silent, or takes longer than it may. */
class Watch {
  readonly signal: AbortSignal;
  readonly #clock: Clock;
  readonly #late = new AbortController();
  readonly #ended = new AbortController();
  readonly #limitMs: number;
  #heardMs: number;

  constructor({ clock, timeoutMs }: HostSearchOptions, signal: AbortSignal) {
    this.#clock = clock;
    this.#heardMs = clock.monotonicMs();
    this.#limitMs = this.#heardMs + timeoutMs + GRACE_MS;
    this.signal = AbortSignal.any([signal, this.#late.signal]);
    void this.#look();
  }

  /** Why it has ended the request; null when it has not. */
  get reason(): AppError | null {
    return this.#late.signal.aborted ? this.#late.signal.reason : null;
  }

  heard(): void {
    this.#heardMs = this.#clock.monotonicMs();
  }

  end(): void {
    this.#ended.abort();
  }

  async #look(): Promise<void> {
    while (!this.#ended.signal.aborted && !this.#late.signal.aborted) {
      const nowMs = this.#clock.monotonicMs();
      const dueMs = Math.min(this.#heardMs + SILENCE_MS, this.#limitMs);
      if (nowMs >= dueMs) {
        const what = nowMs >= this.#limitMs ? "it did not end in time" : `it was silent for ${SILENCE_MS / 1_000} s`;
        this.#late.abort(new AppError("timeout", what, { retryable: true }));
        return;
      }
      // It is only ever cut short when the search has ended.
      await this.#clock.sleep(dueMs - nowMs, this.#ended.signal).catch(() => {});
    }
  }
}

/** Lines that a host sends, which may be anybody's idea of lines. */
class CheckedLines {
  readonly #reader = new LineReader(SEARCH_LIMITS.lineBytes);
  readonly #schema = searchLine();
  readonly #limit: number;
  #matches = 0;
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  *read(chunk: Uint8Array): Generator<SearchLine, void> {
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_ANSWER_BYTES) throw broken("its answer is too long");
    for (const text of this.#reader.read(chunk)) {
      const line = this.#parse(text);
      if (line.type === "match" && ++this.#matches > this.#limit) {
        throw broken("it sends more matches than were asked for");
      }
      yield line;
    }
  }

  #parse(text: string): SearchLine {
    try {
      return this.#schema.parse(JSON.parse(text));
    } catch (cause) {
      throw broken("its answer is not what a search answers", cause);
    }
  }
}

function broken(why: string, cause?: unknown): AppError {
  return new AppError("unavailable", why, { ...(cause !== undefined && { cause }), retryable: true });
}

/** Why a host does not search, in its own words. Whoever answers without a code is no agent of ours, or an old one. */
async function refusal(response: Response): Promise<AppError> {
  const { code = null, words = "" } = await toldFailure(response) ?? {};
  return code === null ? broken(`it answered with HTTP ${response.status}`) : new AppError(code, words);
}
