import { Buffer } from "node:buffer";
import { createHash, timingSafeEqual } from "node:crypto";
import { AppError } from "../../core/mod.ts";
import { openUnverified } from "./certificate.ts";
import { exchange } from "./http_exchange.ts";
import { serverOf } from "./web_address.ts";

const MAX_PEM_BYTES = 64 * 1024;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;

/** A certificate authority, and what it can be recognised by. */
export interface Authority {
  readonly pem: string;
  /** SHA-256 of the certificate, 64 hexadecimal digits. */
  readonly fingerprint: string;
}

/**
 * Asks a server for the authority of its own certificate, over a connection that nothing vouches for. What it says is
 * worth as much as the fingerprint that its reader has from elsewhere and compares.
 */
export async function fetchAuthority(url: URL, signal: AbortSignal): Promise<Authority> {
  const { stream } = await openUnverified(serverOf(url), signal);
  try {
    const answer = await exchange(stream, { method: "GET", url, headers: [], bodyBytes: MAX_PEM_BYTES });
    if (answer.status !== 200) throw new AppError("unavailable", `${url} answered with HTTP ${answer.status}`);
    return authorityOf(new TextDecoder().decode(answer.body));
  } finally {
    stream.close();
  }
}

/** The first certificate of a text; throws `invalid_input` where there is none. */
export function authorityOf(text: string): Authority {
  const [first] = certificatesIn(text);
  if (first !== undefined) return first;
  throw new AppError(
    "invalid_input",
    "This is not a certificate in PEM, which begins with -----BEGIN CERTIFICATE-----",
  );
}

/** All certificates of a text, each by itself. */
export function certificatesIn(text: string): Authority[] {
  return [...text.matchAll(CERTIFICATE)].map(([whole, body = ""]) => ({
    pem: `${whole}\n`,
    fingerprint: createHash("sha256").update(Buffer.from(body, "base64")).digest("hex"),
  }));
}

/** `sha256:9F:86…` and `9f86…` are the same. */
export function isSameFingerprint(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => Buffer.from(text.replace(/^sha256:/i, "").replaceAll(":", ""), "hex"));
  return a !== undefined && b !== undefined && a.length === 32 && b.length === 32 && timingSafeEqual(a, b);
}
