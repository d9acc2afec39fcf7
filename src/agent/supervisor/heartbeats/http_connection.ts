import type { Clock } from "../../../core/mod.ts";
import type { Logger } from "../../../log/mod.ts";
import type { DeskAnswer, HeartbeatDesk } from "./desk.ts";
import {
  type BadRequest,
  findHead,
  headText,
  MAX_CHUNKED_BYTES,
  MAX_HEAD_BYTES,
  parseRequestHead,
  type RequestHead,
  takeBody,
} from "./http_request.ts";

/** What is used of a connection; the runtime's own are such. */
export interface Wire {
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  closeWrite(): Promise<void>;
  close(): void;
}

export interface HttpConnectionOptions {
  readonly desk: HeartbeatDesk;
  readonly clock: Clock;
  readonly log: Logger;
  /** Why a request with this head is not to be answered; null when it is. */
  readonly gate: (head: RequestHead) => string | null;
}

/** A heartbeat and its head fit; most connections never need more. */
const FIRST_BUFFER_BYTES = 1024;
const MAX_BUFFER_BYTES = MAX_HEAD_BYTES + MAX_CHUNKED_BYTES;
/** After the last answer what still comes is read, so far: closing over unread bytes would take the answer away. */
const MAX_LINGER_BYTES = 256 * 1024;
/** A request must be there whole within this, and an answer be taken. */
const REQUEST_MS = 10_000;
/** A connection without a request is kept for as long. */
const IDLE_MS = 120_000;

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  501: "Not Implemented",
  505: "HTTP Version Not Supported",
};
const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
const encoder = new TextEncoder();

/**
 * One connection on which heartbeats come, a request after the other. It is written out, instead of left to the
 * runtime's server, because that one lets anybody open connections without end, and leave them half-way, until the agent
 * has no file descriptor left to start a program with; and it is no faster.
 */
export class HttpConnection {
  readonly #wire: Wire;
  readonly #options: HttpConnectionOptions;
  #buffer = new Uint8Array(FIRST_BUFFER_BYTES);
  #length = 0;
  #head: RequestHead | null = null;
  #isContinued = false;
  /** The head before, which most clients repeat to the letter. */
  #last: { readonly text: string; readonly head: RequestHead } | null = null;
  /** Since when something is half-way: a request that comes, or an answer that is not taken. */
  #pendingSinceMs: number | null = null;
  #idleSinceMs: number;
  #isClosed = false;

  constructor(wire: Wire, options: HttpConnectionOptions) {
    this.#wire = wire;
    this.#options = options;
    this.#idleSinceMs = options.clock.monotonicMs();
  }

  /** Null while a request is half-way. */
  get idleSinceMs(): number | null {
    return this.#pendingSinceMs === null ? this.#idleSinceMs : null;
  }

  /** Resolves when the connection is closed, by whomever. */
  async serve(): Promise<void> {
    try {
      while (await this.#turn());
    } catch (error) {
      // The other side has gone, or we have closed: then this connection is over, and nobody waits for it.
      if (!isOfTheWire(error)) this.#options.log.error("a heartbeat could not be answered", { error });
    } finally {
      this.close();
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#wire.close();
  }

  /** True when the connection has had its time. */
  isOverdue(nowMs: number): boolean {
    return this.#pendingSinceMs === null
      ? nowMs - this.#idleSinceMs > IDLE_MS
      : nowMs - this.#pendingSinceMs > REQUEST_MS;
  }

  /** Reads once and answers all that is complete; false when the connection is done. */
  async #turn(): Promise<boolean> {
    if (this.#length === this.#buffer.length) this.#grow();
    const read = await this.#wire.read(this.#buffer.subarray(this.#length));
    if (read === null) return false;
    this.#pendingSinceMs ??= this.#options.clock.monotonicMs();
    this.#length += read;
    const { text, isLast } = this.#answers();
    if (text !== "") await this.#writeAll(encoder.encode(text));
    if (isLast) await this.#linger();
    else if (this.#length === 0 && this.#head === null) this.#rest();
    return !isLast;
  }

  /** Nothing is half-way any more. */
  #rest(): void {
    this.#pendingSinceMs = null;
    this.#idleSinceMs = this.#options.clock.monotonicMs();
    if (this.#buffer.length > FIRST_BUFFER_BYTES) this.#buffer = new Uint8Array(FIRST_BUFFER_BYTES);
  }

  #grow(): void {
    const larger = new Uint8Array(Math.min(this.#buffer.length * 4, MAX_BUFFER_BYTES));
    larger.set(this.#buffer);
    this.#buffer = larger;
  }

  /** To as many requests as have come. */
  #answers(): { readonly text: string; readonly isLast: boolean } {
    let text = "";
    let at = 0;
    let isLast = false;
    while (!isLast && at < this.#length) {
      const step = this.#next(this.#buffer.subarray(at, this.#length));
      text += step.text;
      at += step.used;
      isLast = step.isLast;
      if (step.used === 0) break;
      this.#pendingSinceMs = this.#options.clock.monotonicMs(); // what follows has its own time
    }
    this.#buffer.copyWithin(0, at, this.#length);
    this.#length -= at;
    return { text, isLast };
  }

  /** One head, or one body with its answer; nothing is used while it is incomplete. */
  #next(bytes: Uint8Array): { readonly text: string; readonly used: number; readonly isLast: boolean } {
    if (this.#head === null) {
      const end = findHead(bytes);
      if (end === "more") return { text: "", used: 0, isLast: false };
      const head = typeof end === "number" ? this.#parsed(headText(bytes.subarray(0, end))) : end;
      if ("status" in head) return this.#refused(head);
      const forbidden = this.#options.gate(head);
      if (forbidden !== null) return last(this.#options.desk.refuse("forbidden", 403, forbidden));
      this.#head = head;
      this.#isContinued = false;
      const body = this.#next(bytes.subarray(Number(end)));
      return { ...body, used: body.used + Number(end) };
    }
    const { method, path, keepAlive, body, expectsContinue } = this.#head;
    const whole = takeBody(bytes, body);
    if (whole === "more") {
      const text = expectsContinue && !this.#isContinued ? CONTINUE : "";
      this.#isContinued = true;
      return { text, used: 0, isLast: false };
    }
    if ("status" in whole) return this.#refused(whole);
    this.#head = null;
    const answer = this.#options.desk.answer(method, path, whole.bytes);
    return { text: responseText(answer, keepAlive), used: whole.wireBytes, isLast: !keepAlive };
  }

  #parsed(text: string): RequestHead | BadRequest {
    if (this.#last?.text === text) return this.#last.head;
    const head = parseRequestHead(text);
    if (!("status" in head)) this.#last = { text, head };
    return head;
  }

  #refused({ status, reason }: BadRequest) {
    return last(this.#options.desk.refuse(status === 413 ? "too_large" : "bad_request", status, reason));
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#wire.write(bytes.subarray(at));
  }

  async #linger(): Promise<void> {
    await this.#wire.closeWrite();
    for (let total = 0; total < MAX_LINGER_BYTES;) {
      const read = await this.#wire.read(this.#buffer);
      if (read === null) return;
      total += read;
    }
  }
}

/** The runtime's own errors, all of which here are about the connection. */
function isOfTheWire(error: unknown): boolean {
  return error instanceof Error && error.name in Deno.errors;
}

/** An answer after which the connection is of no more use. */
function last(answer: DeskAnswer) {
  return { text: responseText(answer, false), used: 0, isLast: true };
}

function responseText({ status, text, header }: DeskAnswer, keepAlive: boolean): string {
  const length = encoder.encode(text).length;
  const head = `HTTP/1.1 ${status} ${
    REASONS[status] ?? ""
  }\r\ncontent-type: application/json\r\ncontent-length: ${length}`;
  return `${head}\r\ncache-control: no-store\r\n${header}connection: ${
    keepAlive ? "keep-alive" : "close"
  }\r\n\r\n${text}`;
}
