import { dirname } from "node:path";
import { AppError, messageOf } from "../../core/mod.ts";
import { currentOs, isPrivate, writePrivateFile } from "../../platform/mod.ts";

/** As what the manager knows this host. */
export interface Enrolment {
  readonly hostId: string;
  readonly managerId: string;
  readonly name: string;
}

interface IdentityFile {
  readonly version: 1;
  /** PKCS #8, base64. */
  readonly privateKey: string;
  /** Raw, base64url. */
  readonly publicKey: string;
  readonly enrolment: Enrolment | null;
}

const ALGORITHM = "Ed25519";
const BASE64URL = { alphabet: "base64url", omitPadding: true } as const;
const MAX_FILE_BYTES = 16 * 1024;

/** The key pair that this host proves itself with, and what it is to its manager. The private half never leaves the file. */
export class Identity {
  readonly path: string;
  readonly publicKey: string;
  #enrolment: Enrolment | null;
  readonly #file: IdentityFile;
  readonly #key: CryptoKey;

  private constructor(path: string, file: IdentityFile, key: CryptoKey) {
    this.path = path;
    this.publicKey = file.publicKey;
    this.#enrolment = file.enrolment;
    this.#file = file;
    this.#key = key;
  }

  /** Null when there is none yet. A damaged one is an error, never silently replaced: the manager knows the old one. */
  static async load(path: string): Promise<Identity | null> {
    const text = await readIfThere(path);
    if (text === null) return null;
    try {
      const file = parse(text);
      const key = await importKey(file.privateKey);
      await checkPair(key, file.publicKey);
      return new Identity(path, file, key);
    } catch (error) {
      // What a parser says may quote the text, and with it the key.
      throw damaged(path, error instanceof Flaw ? error.message : "it is not what an agent has written");
    }
  }

  /** Makes a new key pair and writes it down, before anybody is told of it. */
  static async create(path: string): Promise<Identity> {
    // The runtime's types know the name of the algorithm as a text only.
    const pair = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]) as CryptoKeyPair;
    const privateKey = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey)).toBase64();
    const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)).toBase64(BASE64URL);
    const file: IdentityFile = { version: 1, privateKey, publicKey, enrolment: null };
    await write(path, file);
    return new Identity(path, file, await importKey(privateKey));
  }

  /** Null until a manager has taken this host. */
  get enrolment(): Enrolment | null {
    return this.#enrolment;
  }

  async enrol(enrolment: Enrolment): Promise<void> {
    await write(this.path, { ...this.#file, enrolment });
    this.#enrolment = enrolment;
  }

  /** In base64url. */
  async sign(text: string): Promise<string> {
    const signature = await crypto.subtle.sign(ALGORITHM, this.#key, new TextEncoder().encode(text));
    return new Uint8Array(signature).toBase64(BASE64URL);
  }

  /** Whether somebody else on this host may have read the private key. */
  get isExposed(): boolean {
    return !isPrivate(this.path);
  }
}

/** What is wrong with the file, in words that tell nothing secret. */
class Flaw extends Error {}

async function readIfThere(path: string): Promise<string | null> {
  try {
    const { size } = await Deno.lstat(path);
    if (size > MAX_FILE_BYTES) throw damaged(path, `it has ${size} bytes`);
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    if (error instanceof AppError) throw error;
    throw new AppError("forbidden", `Cannot read the identity of this host in ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function parse(text: string): IdentityFile {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) throw new Flaw("it is no object");
  const { version, privateKey, publicKey, enrolment } = value as Record<string, unknown>;
  if (version !== 1) throw new Flaw(`its version is ${version}, and this agent knows 1`);
  if (typeof privateKey !== "string" || typeof publicKey !== "string") throw new Flaw("it has no key pair");
  return { version, privateKey, publicKey, enrolment: enrolment === null ? null : enrolmentOf(enrolment) };
}

function enrolmentOf(value: unknown): Enrolment {
  const { hostId, managerId, name } = (value ?? {}) as Record<string, unknown>;
  if (typeof hostId !== "string" || typeof managerId !== "string" || typeof name !== "string" || hostId === "") {
    throw new Flaw("it does not say which host of which manager this is");
  }
  return { hostId, managerId, name };
}

async function importKey(privateKey: string): Promise<CryptoKey> {
  return await crypto.subtle.importKey("pkcs8", Uint8Array.fromBase64(privateKey), ALGORITHM, false, ["sign"]);
}

/** A file whose halves do not belong together would be refused by the manager with words that say nothing of the file. */
async function checkPair(key: CryptoKey, publicKey: string): Promise<void> {
  const raw = Uint8Array.fromBase64(publicKey, { alphabet: "base64url" });
  const verifier = await crypto.subtle.importKey("raw", raw, ALGORITHM, false, ["verify"]);
  const probe = new TextEncoder().encode("farhand");
  const signature = await crypto.subtle.sign(ALGORITHM, key, probe);
  if (!await crypto.subtle.verify(ALGORITHM, verifier, signature, probe)) {
    throw new Flaw("its public key is not that of its private key");
  }
}

async function write(path: string, file: IdentityFile): Promise<void> {
  await writePrivateFile(path, `${JSON.stringify(file, null, 2)}\n`);
  await syncDirectory(dirname(path));
}

/** A join token is good once: a power cut must not take what it was used for. */
async function syncDirectory(path: string): Promise<void> {
  if (currentOs() === "windows") return; // where a rename is durable by itself, and directories cannot be opened
  using directory = await Deno.open(path);
  await directory.sync();
}

function damaged(path: string, reason: string): AppError {
  return new AppError(
    "invalid_config",
    `Cannot use the identity of this host in ${path}: ${reason}; restore it from a backup or, to join as a new host, ` +
      "move it away and give a new join token",
  );
}
