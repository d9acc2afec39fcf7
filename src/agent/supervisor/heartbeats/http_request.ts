import { joinedBytes } from "../../../core/mod.ts";
import { endOfHead } from "../../../http/mod.ts";

/** The head of an HTTP/1 request: https://www.rfc-editor.org/rfc/rfc9112, as much of it as heartbeats need. */
export interface RequestHead {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly host: string | null;
  readonly origin: string | null;
  readonly keepAlive: boolean;
  readonly expectsContinue: boolean;
  readonly body: { readonly kind: "length"; readonly bytes: number } | { readonly kind: "chunked" };
}

/** What is wrong with a request that cannot even be read; the connection is of no more use. */
export interface BadRequest {
  readonly status: 400 | 413 | 431 | 501 | 505;
  readonly reason: string;
}

export const MAX_HEAD_BYTES = 8 * 1024;
export const MAX_BODY_BYTES = 16 * 1024;
/** With the lines around its chunks. */
export const MAX_CHUNKED_BYTES = 2 * MAX_BODY_BYTES;

const REQUEST_LINE = /^([A-Z]{1,16}) (\S{1,2048}) HTTP\/(\d)\.(\d)$/;
const CHUNK_LINE = /^([0-9a-f]{1,8})[ \t]*(?:;.*)?$/i;
const latin1 = new TextDecoder("latin1");

/** Where the head ends, "more" while it does not yet. */
export function findHead(bytes: Uint8Array): number | "more" | BadRequest {
  const end = endOfHead(bytes.subarray(0, MAX_HEAD_BYTES));
  if (end >= 0) return end;
  return bytes.length < MAX_HEAD_BYTES ? "more" : { status: 431, reason: `the headers exceed ${MAX_HEAD_BYTES} bytes` };
}

export function headText(bytes: Uint8Array): string {
  return latin1.decode(bytes);
}

export function parseRequestHead(text: string): RequestHead | BadRequest {
  const [first = "", ...lines] = text.split(/\r?\n/);
  const [, method, target, major, minor] = REQUEST_LINE.exec(first) ?? [];
  if (method === undefined || target === undefined) return { status: 400, reason: "this is no HTTP request" };
  if (major !== "1") return { status: 505, reason: "only HTTP/1 is spoken here" };
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const [name, value] = [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    if (name === "content-length" && (headers.get(name) ?? value) !== value) {
      return { status: 400, reason: "it has two content-lengths" };
    }
    headers.set(name, value);
  }
  const body = bodyOf(headers);
  if ("status" in body) return body;
  const connection = (headers.get("connection") ?? "").toLowerCase();
  return {
    method,
    path: pathOf(target),
    host: headers.get("host") ?? null,
    origin: headers.get("origin") ?? null,
    keepAlive: minor === "0" ? connection.includes("keep-alive") : !connection.includes("close"),
    expectsContinue: /^100-continue$/i.test(headers.get("expect") ?? ""),
    body,
  };
}

/** Some clients send the whole URL as the target. */
function pathOf(target: string): string {
  const [path = ""] = target.replace(/^https?:\/\/[^/?]*/i, "").split("?", 1);
  return path === "" ? "/" : path;
}

function bodyOf(headers: ReadonlyMap<string, string>): RequestHead["body"] | BadRequest {
  const [length, encoding] = [headers.get("content-length"), headers.get("transfer-encoding")];
  if (encoding !== undefined) {
    if (length !== undefined) return { status: 400, reason: "it has both content-length and transfer-encoding" };
    if (encoding.toLowerCase() === "chunked") return { kind: "chunked" };
    return { status: 501, reason: "its transfer-encoding is not supported" };
  }
  if (length === undefined) return { kind: "length", bytes: 0 };
  if (!/^\d{1,15}$/.test(length)) return { status: 400, reason: "its content-length is no number" };
  return Number(length) > MAX_BODY_BYTES ? TOO_LARGE : { kind: "length", bytes: Number(length) };
}

const TOO_LARGE: BadRequest = { status: 413, reason: `a heartbeat may have ${MAX_BODY_BYTES} bytes at most` };

export interface WholeBody {
  readonly bytes: Uint8Array;
  /** How many bytes it took on the wire. */
  readonly wireBytes: number;
}

/** The body that begins where these bytes do. */
export function takeBody(bytes: Uint8Array, body: RequestHead["body"]): WholeBody | "more" | BadRequest {
  if (body.kind === "chunked") return takeChunks(bytes);
  return bytes.length < body.bytes ? "more" : { bytes: bytes.subarray(0, body.bytes), wireBytes: body.bytes };
}

function takeChunks(bytes: Uint8Array): WholeBody | "more" | BadRequest {
  const more = bytes.length < MAX_CHUNKED_BYTES ? "more" : TOO_LARGE;
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (let at = 0;;) {
    const newline = bytes.indexOf(10, at);
    if (newline < 0) return more;
    const size = CHUNK_LINE.exec(latin1.decode(bytes.subarray(at, newline)).trimEnd())?.[1];
    if (size === undefined) return { status: 400, reason: "it has a broken chunk" };
    const [begin, length] = [newline + 1, parseInt(size, 16)];
    if (length === 0) return afterLastChunk(bytes, begin, chunks) ?? more;
    total += length;
    if (total > MAX_BODY_BYTES) return TOO_LARGE;
    const next = bytes.indexOf(10, begin + length);
    if (next < 0) return more;
    if (next > begin + length + 1) return { status: 400, reason: "it has a broken chunk" };
    chunks.push(bytes.subarray(begin, begin + length));
    at = next + 1;
  }
}

/** Trailers are passed over; null while they have not come to their end. */
function afterLastChunk(bytes: Uint8Array, begin: number, chunks: readonly Uint8Array[]): WholeBody | null {
  for (let at = begin;;) {
    const newline = bytes.indexOf(10, at);
    if (newline < 0) return null;
    const isEmpty = newline === at || (newline === at + 1 && bytes[at] === 13);
    if (!isEmpty) {
      at = newline + 1;
      continue;
    }
    return { bytes: joinedBytes(chunks), wireBytes: newline + 1 };
  }
}
