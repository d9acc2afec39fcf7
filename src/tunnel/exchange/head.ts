/**
 * The heads of an exchange: JSON of a bounded size, checked member by member. What a peer wrote must not become a header
 * line, a method or a path that the handler, or a proxy behind it, would read differently from this check.
 */
import { AppError } from "../../core/mod.ts";
import type { TunnelLimits } from "../limits.ts";
import { writeUint32 } from "../yamux/frame.ts";

/** Pairs of a lowercase name and a value; a name may come twice. */
export type HeaderPairs = [name: string, value: string][];

export interface RequestHead {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: HeaderPairs;
}

export interface ResponseHead {
  readonly status: number;
  readonly headers: HeaderPairs;
}

/** A head that is refused: what is wrong, and the status that says so to a client. */
export class BadHead extends Error {
  override readonly name = "BadHead";
  readonly status: 400 | 431;

  constructor(status: 400 | 431, message: string) {
    super(message);
    this.status = status;
  }
}

type HeadLimits = Pick<TunnelLimits, "maxHeadBytes" | "maxHeaders">;

export const HEAD_LENGTH_BYTES = 4;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]{1,256}$/;
/** Bytes but control characters; what is beyond ASCII stands for itself, as in the Headers of the runtime. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Visible ASCII but the fragment's sign: a URL has the rest encoded. */
const PATH = /^\/[\x21-\x22\x24-\x7e]*$/;
/** What speaks of one connection of HTTP/1 and means nothing here, or something wrong when it is passed on. */
const OF_ONE_CONNECTION = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
]);

/** A head with its length before it; throws an AppError when it is larger than the other side takes. */
export function encodeHead(head: RequestHead | ResponseHead, limits: HeadLimits): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(head));
  if (json.length > limits.maxHeadBytes || head.headers.length > limits.maxHeaders) {
    throw new AppError(
      "too_large",
      `Cannot send a head of ${json.length} bytes and ${head.headers.length} headers through the tunnel: ` +
        `${limits.maxHeadBytes} bytes and ${limits.maxHeaders} headers are the limit; shorten the address or the headers`,
    );
  }
  const encoded = new Uint8Array(HEAD_LENGTH_BYTES + json.length);
  writeUint32(encoded, 0, json.length);
  encoded.set(json, HEAD_LENGTH_BYTES);
  return encoded;
}

/** The headers that go through the tunnel. */
export function pairsOf(headers: Headers): HeaderPairs {
  const pairs: HeaderPairs = [];
  for (const [name, value] of headers) if (!OF_ONE_CONNECTION.has(name)) pairs.push([name, value]);
  return pairs;
}

/** Throws a BadHead for a length that is not even read. */
export function checkHeadLength(bytes: number, limits: HeadLimits): void {
  if (bytes > limits.maxHeadBytes) throw new BadHead(431, `a head of ${bytes} bytes, at most ${limits.maxHeadBytes}`);
  if (bytes === 0) throw new BadHead(400, "an empty head");
}

export function decodeRequestHead(json: Uint8Array, limits: HeadLimits): RequestHead {
  const { method, path, headers } = parse(json);
  if (typeof method !== "string" || !TOKEN.test(method)) throw new BadHead(400, "no valid method");
  if (typeof path !== "string" || !PATH.test(path)) throw new BadHead(400, "no valid path");
  return { method, path, headers: checkedPairs(headers, limits) };
}

export function decodeResponseHead(json: Uint8Array, limits: HeadLimits): ResponseHead {
  const { status, headers } = parse(json);
  if (typeof status !== "number" || !isStatus(status)) throw new BadHead(400, "no valid status");
  return { status, headers: checkedPairs(headers, limits) };
}

/** 101, or what a Response of the runtime takes. */
function isStatus(status: number): boolean {
  return Number.isInteger(status) && (status === 101 || (status >= 200 && status <= 599));
}

function parse(json: Uint8Array): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
  } catch {
    throw new BadHead(400, "a head that is no JSON"); // what the parser says quotes the peer's text
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new BadHead(400, "no JSON object");
  return value as Readonly<Record<string, unknown>>;
}

function checkedPairs(headers: unknown, limits: HeadLimits): HeaderPairs {
  if (!Array.isArray(headers)) throw new BadHead(400, "no list of headers");
  if (headers.length > limits.maxHeaders) {
    throw new BadHead(431, `${headers.length} headers, at most ${limits.maxHeaders}`);
  }
  const pairs: HeaderPairs = [];
  for (const entry of headers as readonly unknown[]) {
    if (!Array.isArray(entry) || entry.length !== 2) throw new BadHead(400, "a header that is no pair");
    const [name, value] = entry as readonly unknown[];
    if (typeof name !== "string" || !HEADER_NAME.test(name)) throw new BadHead(400, "a header without a valid name");
    if (typeof value !== "string" || !HEADER_VALUE.test(value)) {
      throw new BadHead(400, "a header without a valid value");
    }
    if (!OF_ONE_CONNECTION.has(name)) pairs.push([name, value]);
  }
  return pairs;
}
