/** The head of an HTTP/1 answer: https://www.rfc-editor.org/rfc/rfc9112. */
export interface HttpHead {
  readonly status: number;
  /** Names in lower case; of several lines with one name, the last. */
  readonly headers: ReadonlyMap<string, string>;
}

/** How the end of a body is told. */
export type BodyKind =
  | { readonly kind: "none" }
  | { readonly kind: "chunked" }
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "to_end" };

const STATUS_LINE = /^HTTP\/1\.\d ([1-5]\d\d)(?: |$)/;
const CARRIAGE_RETURN = 13;
const NEWLINE = 10;

/** Where the body begins, after the empty line; -1 while there is none yet. Lines may end without carriage returns. */
export function endOfHead(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) {
    const next = bytes[at + 1] === CARRIAGE_RETURN ? at + 2 : at + 1;
    if (bytes[next] === NEWLINE) return next + 1;
  }
  return -1;
}

/** Null for what is no HTTP. Lines that are no headers are passed over. */
export function parseHead(text: string): HttpHead | null {
  const [first = "", ...lines] = text.split(/\r?\n/);
  const status = STATUS_LINE.exec(first)?.[1];
  if (status === undefined) return null;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { status: Number(status), headers };
}

export function bodyKind(method: string, { status, headers }: HttpHead): BodyKind {
  if (method === "HEAD" || status === 204 || status === 304) return { kind: "none" };
  if (/\bchunked$/i.test(headers.get("transfer-encoding") ?? "")) return { kind: "chunked" };
  const length = headers.get("content-length");
  return length !== undefined && /^\d{1,15}$/.test(length)
    ? { kind: "length", bytes: Number(length) }
    : { kind: "to_end" };
}
