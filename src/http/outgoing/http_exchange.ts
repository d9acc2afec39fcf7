import { joinedBytes } from "../../core/mod.ts";
import { type ByteStream, writeAll } from "./byte_stream.ts";
import { CheckFailure } from "./failure_words.ts";
import { bodyKind, endOfHead, type HttpHead, parseHead } from "./http_head.ts";

export interface HttpRequest {
  readonly method: "GET" | "HEAD";
  readonly url: URL;
  /** Besides those that every request has; they take their place. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** How much of the body is wanted; the connection is left then, whatever follows. */
  readonly bodyBytes: number;
}

export interface HttpAnswer extends HttpHead {
  readonly body: Uint8Array;
}

const MAX_HEAD_BYTES = 64 * 1024;
/** 100 Continue and its like come before the answer; a few are decent. */
const MAX_INTERIM_HEADS = 8;
const MAX_CHUNK_LINE_BYTES = 1024;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * One request and its answer on a connection of its own, in HTTP/1.1. `fetch` is not used here because it refuses some
 * ports, goes through the proxies of the environment, keeps connections open, which would hide that no new one can be
 * made, and cannot be told to accept a certificate.
 */
export async function exchange(stream: ByteStream, request: HttpRequest): Promise<HttpAnswer> {
  await writeAll(stream, requestBytes(request));
  const reader = new Reader(stream);
  for (let count = 0; count < MAX_INTERIM_HEADS; count++) {
    const head = parseHead(await reader.head());
    if (head === null) throw new CheckFailure("the answer is not HTTP");
    if (head.status >= 200 || head.status === 101) return { ...head, body: await readBody(reader, head, request) };
  }
  throw new CheckFailure("the answer does not come to an end");
}

function requestBytes({ method, url, headers }: HttpRequest): Uint8Array {
  const all = new Map<string, readonly [string, string]>([
    ["host", ["Host", url.host]],
    ["user-agent", ["User-Agent", "farhand"]],
    ["accept", ["Accept", "*/*"]],
    ["accept-encoding", ["Accept-Encoding", "identity"]],
  ]);
  for (const [name, value] of headers) all.set(name.toLowerCase(), [name, value]);
  const lines = [...all.values()].map(headerLine).join("");
  const text = `${method} ${url.pathname}${url.search} HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`;
  return Uint8Array.from(text, (character) => character.charCodeAt(0)); // headers are bytes, not UTF-8
}

/** A line break in a header would begin another one, or another request. */
function headerLine([name, value]: readonly [string, string]): string {
  if (!HEADER_NAME.test(name)) throw new CheckFailure("a header to send has a name that HTTP does not have");
  if (!HEADER_VALUE.test(value)) {
    throw new CheckFailure(`the value of header ${name} has characters that HTTP does not send`);
  }
  return `${name}: ${value}\r\n`;
}

async function readBody(reader: Reader, head: HttpHead, { method, bodyBytes }: HttpRequest): Promise<Uint8Array> {
  const body = bodyKind(method, head);
  if (bodyBytes === 0 || body.kind === "none") return new Uint8Array();
  if (body.kind === "chunked") return await readChunks(reader, bodyBytes);
  const wanted = body.kind === "length" ? Math.min(body.bytes, bodyBytes) : bodyBytes;
  const bytes = await reader.upTo(wanted);
  if (body.kind === "length" && bytes.length < wanted) throw new CheckFailure("the answer was cut short");
  return bytes;
}

async function readChunks(reader: Reader, bodyBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (let total = 0; total < bodyBytes;) {
    const size = /^([0-9a-f]{1,8})\s*(?:;|$)/i.exec(await reader.line())?.[1];
    if (size === undefined) throw new CheckFailure("the answer is not HTTP: it has a broken chunk");
    const wanted = Math.min(parseInt(size, 16), bodyBytes - total);
    if (wanted === 0) break;
    const chunk = await reader.upTo(wanted);
    if (chunk.length < wanted) throw new CheckFailure("the answer was cut short");
    chunks.push(chunk);
    total += chunk.length;
    if (total < bodyBytes) await reader.line();
  }
  return joinedBytes(chunks);
}

/** Reads a stream by lines and by counts. */
class Reader {
  readonly #stream: ByteStream;
  readonly #buffer = new Uint8Array(16 * 1024);
  #rest: Uint8Array = new Uint8Array();

  constructor(stream: ByteStream) {
    this.#stream = stream;
  }

  /** All up to the empty line. */
  async head(): Promise<string> {
    for (;;) {
      const end = endOfHead(this.#rest);
      if (end >= 0) return this.#take(end);
      if (this.#rest.length >= MAX_HEAD_BYTES) throw new CheckFailure("the answer's headers are too large");
      const empty = this.#rest.length === 0;
      if (!await this.#more()) {
        throw new CheckFailure(empty ? "the connection was closed without an answer" : "the answer is not HTTP");
      }
    }
  }

  async line(): Promise<string> {
    for (;;) {
      const newline = this.#rest.indexOf(10);
      if (newline >= 0) return this.#take(newline + 1).trimEnd();
      if (this.#rest.length > MAX_CHUNK_LINE_BYTES || !await this.#more()) {
        throw new CheckFailure("the answer was cut short");
      }
    }
  }

  /** So many bytes, or fewer when the stream ends before. */
  async upTo(count: number): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for (let missing = count; missing > 0;) {
      if (this.#rest.length === 0 && !await this.#more()) break;
      const chunk = this.#rest.subarray(0, missing);
      this.#rest = this.#rest.subarray(chunk.length);
      chunks.push(chunk);
      missing -= chunk.length;
    }
    return joinedBytes(chunks);
  }

  #take(count: number): string {
    const text = new TextDecoder("latin1").decode(this.#rest.subarray(0, count));
    this.#rest = this.#rest.subarray(count);
    return text;
  }

  async #more(): Promise<boolean> {
    const read = await this.#read();
    if (read === null) return false;
    this.#rest = joinedBytes([this.#rest, this.#buffer.subarray(0, read)]);
    return true;
  }

  /** A server that ends TLS by closing the connection is careless, but has said all that it had to say. */
  async #read(): Promise<number | null> {
    try {
      return await this.#stream.read(this.#buffer);
    } catch (error) {
      if (error instanceof Deno.errors.UnexpectedEof) return null;
      throw error;
    }
  }
}
