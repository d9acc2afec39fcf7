import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { Secret } from "../../core/mod.ts";
import type { Random } from "./ports.ts";

/** Each kind of secret begins in its own way, so that whoever finds one in the wrong place knows what it opens. */
const PREFIXES = {
  session: "fhs_",
  apiToken: "fht_",
  joinToken: "fhj_",
  setup: "fhu_",
  ticket: "fhw_",
} as const;
export type SecretKind = keyof typeof PREFIXES;

const SECRET_BYTES = 32;
const ID_BYTES = 10;
const BODY = /^[A-Za-z0-9_-]{43}$/;

export function newSecret(kind: SecretKind, random: Random): Secret {
  return new Secret(PREFIXES[kind] + base64url(random(SECRET_BYTES)));
}

/** True for what has the shape of such a secret; anything else need not be looked up. */
export function looksLike(kind: SecretKind, text: string): boolean {
  const prefix = PREFIXES[kind];
  return text.startsWith(prefix) && BODY.test(text.slice(prefix.length));
}

/**
 * What is stored in place of a secret. A plain hash is enough where the secret is 32 random bytes: there is nothing to
 * guess, so nothing that a slow hash would slow down. The whole text is hashed, with its prefix.
 */
export function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** For what is random, but read by nobody but a header. */
export function newCsrf(random: Random): string {
  return base64url(random(SECRET_BYTES));
}

/** An id says nothing and begins with no dash, so it can stand in a command line. */
export function newId(random: Random): string {
  return Buffer.from(random(ID_BYTES)).toString("hex");
}

export function systemRandom(bytes: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(bytes));
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
