import { type Caller, setCaller } from "../../../protocol/mod.ts";

/** What belongs to one connection, or to the manager alone, and is no host's business. */
const OF_THE_MANAGER = new Set([
  "authorization",
  "connection",
  "cookie",
  "forwarded",
  "host",
  "keep-alive",
  "origin",
  "proxy-authorization",
  "proxy-connection",
  "referer",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "x-csrf-token",
  "x-real-ip",
]);
const PREFIXES_OF_THE_MANAGER = ["sec-", "x-forwarded-", "x-farhand-"];

/** What a host may say about its answer; the rest, cookies above all, would be said in the manager's name. */
const ALLOWED_FROM_HOST = [
  "accept-ranges",
  "allow",
  "cache-control",
  "content-disposition",
  "content-length",
  "content-range",
  "etag",
  "last-modified",
  "retry-after",
];

/** Types that no browser runs. What a host calls by another one, HTML say, becomes a download. */
const HARMLESS_TYPE =
  /^(?:application\/(?:json|[\w.+-]+\+json|x-ndjson|openmetrics-text|octet-stream|zip|gzip|yaml)|text\/(?:plain|event-stream))(?:;|$)/i;

/** The headers of a request on its way to a host. */
export function headersToHost(headers: Headers, caller: Caller, requestId: string): Headers {
  const named = (headers.get("connection") ?? "").toLowerCase().split(",").map((name) => name.trim());
  const sent = new Headers();
  for (const [name, value] of headers) {
    const isManagers = OF_THE_MANAGER.has(name) || PREFIXES_OF_THE_MANAGER.some((prefix) => name.startsWith(prefix));
    if (!isManagers && !named.includes(name)) sent.append(name, value);
  }
  sent.set("x-request-id", requestId);
  setCaller(sent, caller.actor);
  return sent;
}

/** The headers of its answer, as the manager passes them on. */
export function headersFromHost(headers: Headers): Headers {
  const passed = new Headers();
  for (const name of ALLOWED_FROM_HOST) {
    const value = headers.get(name);
    if (value !== null) passed.set(name, value);
  }
  const type = headers.get("content-type");
  if (type !== null) passed.set("content-type", HARMLESS_TYPE.test(type) ? type : "application/octet-stream");
  // Whatever it is: nothing in it is loaded or run, and it is of no origin.
  passed.set("content-security-policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
  return passed;
}
