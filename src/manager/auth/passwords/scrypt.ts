import { Buffer } from "node:buffer";
import { scrypt, timingSafeEqual } from "node:crypto";

/** What computing one hash costs: memory of 128 · 2^log2N · r bytes, and time in proportion to p as well. */
export interface ScryptCost {
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}

/** The least that OWASP recommends, in its variant of the least memory: 32 MiB and a quarter of a second. */
export const DEFAULT_COST: ScryptCost = { log2N: 15, r: 8, p: 3 };

export interface StoredPassword {
  readonly cost: ScryptCost;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

const HASH_BYTES = 32;
export const SALT_BYTES = 16;
/** What a changed database may not exceed, or it could stop the manager by one password. */
const MAX_MEMORY_BYTES = 256 * 1024 * 1024;
const MAX_P = 16;
const STORED = /^scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9_-]{22,86})\$([A-Za-z0-9_-]{43})$/;

export function formatStored({ cost: { log2N, r, p }, salt, hash }: StoredPassword): string {
  return `scrypt$ln=${log2N},r=${r},p=${p}$${text(salt)}$${text(hash)}`;
}

/** Null for what is no such text, or asks for more than is sensible. */
export function parseStored(stored: string): StoredPassword | null {
  const [, log2N, r, p, salt, hash] = STORED.exec(stored) ?? [];
  if (salt === undefined || hash === undefined) return null;
  const cost = { log2N: Number(log2N), r: Number(r), p: Number(p) };
  const isSensible = cost.log2N >= 1 && cost.r >= 1 && cost.p >= 1 && cost.p <= MAX_P &&
    memoryBytes(cost) <= MAX_MEMORY_BYTES;
  return isSensible ? { cost, salt: Buffer.from(salt, "base64url"), hash: Buffer.from(hash, "base64url") } : null;
}

export function isSameCost(a: ScryptCost, b: ScryptCost): boolean {
  return a.log2N === b.log2N && a.r === b.r && a.p === b.p;
}

/** Computed on another thread. */
export function derive(password: string, salt: Uint8Array, cost: ScryptCost): Promise<Uint8Array> {
  const { r, p } = cost;
  // Twice what it takes by the formula, since the library counts its own buffers too.
  const options = { N: 2 ** cost.log2N, r, p, maxmem: 2 * memoryBytes(cost) + 1024 * 1024 };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, HASH_BYTES, options, (error, key) => error === null ? resolve(key) : reject(error));
  });
}

export function isSameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function memoryBytes({ log2N, r }: ScryptCost): number {
  return 128 * 2 ** log2N * r;
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
