import { join } from "node:path";
import { AppError, messageOf } from "../../core/mod.ts";
import type { Logger } from "../../log/mod.ts";
import { ensurePrivateDir, fileError, writePrivateFile } from "../../platform/mod.ts";
import type { NamesInUse, ServerCertificate } from "./contract.ts";
import type { Bytes } from "./der_writer.ts";
import { makeAuthority, makeServerCertificate, SIGNING, SIGNING_HASH, spkiOf } from "./make.ts";
import { missingNames, sortNames } from "./names.ts";
import { pemBlocks, pemText } from "./pem.ts";
import { type Certificate, readCertificate } from "./read.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** Hosts whose clocks are behind must not take it for one of the future. */
const BACKDATED_MS = DAY_MS;
const AUTHORITY_MS = 3_652 * DAY_MS;
const SERVER_MS = 365 * DAY_MS;
const RENEWED_BEFORE_MS = 30 * DAY_MS;
const LABELS = { certificate: "CERTIFICATE", key: "PRIVATE KEY" } as const;

export interface OwnCertificateOptions {
  /** A directory for these files alone. */
  readonly dir: string;
  readonly names: NamesInUse;
  readonly nowMs: number;
  readonly log: Logger;
}

/** A certificate with its key, as one file holds them: so there is never the one without the other. */
interface Pair {
  readonly certificate: Certificate;
  readonly key: Bytes;
}

/**
 * The certificate that the manager makes for itself: found, or made, or renewed when it ends soon or lacks a name. The
 * authority is made once and never again by itself, because hosts hold on to its fingerprint.
 */
export async function ownCertificate({ dir, names, nowMs, log }: OwnCertificateOptions): Promise<ServerCertificate> {
  ensurePrivateDir(dir);
  const authority = await findOrMakeAuthority(join(dir, "authority.pem"), nowMs, log);
  const file = join(dir, "server.pem");
  const found = await readPair(file).catch((error) => {
    log.warn("own certificate cannot be used and is made anew", { file, reason: messageOf(error) });
    return null;
  });
  const reason = found === null ? "there was none" : await reasonToRenew(found, authority.certificate, names, nowMs);
  const server = found !== null && reason === null ? found : await makeServer(authority, names, nowMs);
  if (server !== found) {
    await writePair(file, server);
    log.info("own certificate made", { file, reason, validTo: new Date(server.certificate.toMs).toISOString() });
  }
  return served(server, authority.certificate);
}

async function served(server: Pair, authority: Certificate): Promise<ServerCertificate> {
  const pem = pemText(LABELS.certificate, authority.der);
  return {
    // With the authority in the chain, whoever knows only its fingerprint can check without fetching it first.
    identity: {
      cert: pemText(LABELS.certificate, server.certificate.der) + pem,
      key: pemText(LABELS.key, server.key),
    },
    authority: { pem, fingerprint: await fingerprintOf(authority.der) },
    fromMs: server.certificate.fromMs,
    toMs: server.certificate.toMs,
  };
}

/** SHA-256 of a certificate, as `manager.ca_fingerprint` of an agent takes it. */
export async function fingerprintOf(der: Bytes): Promise<string> {
  return `sha256:${new Uint8Array(await crypto.subtle.digest("SHA-256", der)).toHex()}`;
}

async function findOrMakeAuthority(file: string, nowMs: number, log: Logger): Promise<Pair> {
  const found = await readAuthority(file).catch((error) => {
    const advice = "put it back from a backup; without it, all hosts must be told a new one";
    throw new AppError("internal", `Cannot use the manager's authority ${file}: ${messageOf(error)}; ${advice}`, {
      cause: error,
    });
  });
  if (found !== null) {
    if (found.certificate.toMs - nowMs < SERVER_MS) {
      log.warn("own authority ends soon; remove its file and have all hosts join by the new one before", {
        file,
        validTo: new Date(found.certificate.toMs).toISOString(),
      });
    }
    return found;
  }
  const keys = await generateKeys();
  const commonName = `Farhand manager ${crypto.getRandomValues(new Uint8Array(4)).toHex()}`;
  const validity = { fromMs: nowMs - BACKDATED_MS, toMs: nowMs + AUTHORITY_MS };
  const made = await pairOf(await makeAuthority({ commonName, keys, validity }), keys);
  await writePair(file, made);
  log.info("own authority made", { file, fingerprint: await fingerprintOf(made.certificate.der) });
  return made;
}

async function readAuthority(file: string): Promise<Pair | null> {
  const pair = await readPair(file);
  if (pair?.certificate.isAuthority === false) throw new AppError("invalid_input", "It is no authority's certificate");
  return pair;
}

async function reasonToRenew(
  { certificate }: Pair,
  authority: Certificate,
  { needed }: NamesInUse,
  nowMs: number,
): Promise<string | null> {
  if (certificate.toMs - nowMs < RENEWED_BEFORE_MS) return "it ends soon";
  if (certificate.fromMs > nowMs) return "it is of the future";
  if (!await isSignedBy(certificate, authority)) return "another authority has signed it";
  const missing = missingNames(certificate, needed);
  return missing.length === 0 ? null : `it lacks ${missing.slice(0, 5).join(", ")}`;
}

async function isSignedBy(certificate: Certificate, authority: Certificate): Promise<boolean> {
  if (certificate.issuer.toHex() !== authority.subject.toHex()) return false;
  const key = await crypto.subtle.importKey("spki", authority.publicKey, SIGNING, false, ["verify"]);
  return await crypto.subtle.verify(SIGNING_HASH, key, plainSignature(certificate.signature), certificate.signed);
}

/** Of the two numbers of a signature, what the Web's API takes: each with 32 bytes. */
function plainSignature(der: Bytes): Bytes {
  const plain = new Uint8Array(64);
  let at = 2;
  for (const end of [32, 64]) {
    const length = der[at + 1] ?? 0;
    const number = der.subarray(at + 2, at + 2 + length);
    const used = number.subarray(Math.max(0, number.length - 32));
    plain.set(used, end - used.length);
    at += 2 + length;
  }
  return plain;
}

async function makeServer(authority: Pair, { needed, besides }: NamesInUse, nowMs: number): Promise<Pair> {
  const keys = await generateKeys();
  const { subject, publicKey, toMs } = authority.certificate;
  const der = await makeServerCertificate({
    commonName: needed[0] ?? "localhost",
    names: sortNames([...needed, ...besides]),
    publicKey: keys.publicKey,
    validity: { fromMs: nowMs - BACKDATED_MS, toMs: Math.min(nowMs + SERVER_MS, toMs) },
    issuer: { subject, publicKey, privateKey: await importKey(authority.key) },
  });
  return await pairOf(der, keys);
}

async function generateKeys(): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey(SIGNING, true, ["sign", "verify"]);
}

async function importKey(pkcs8: Bytes): Promise<CryptoKey> {
  return await crypto.subtle.importKey("pkcs8", pkcs8, SIGNING, true, ["sign"]);
}

async function pairOf(der: Bytes, { privateKey }: CryptoKeyPair): Promise<Pair> {
  const key = new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey));
  return { certificate: readCertificate(der), key };
}

function writePair(file: string, { certificate, key }: Pair): Promise<void> {
  return writePrivateFile(file, pemText(LABELS.certificate, certificate.der) + pemText(LABELS.key, key));
}

/** Null where there is no file; throws for one that is no such pair. */
async function readPair(file: string): Promise<Pair | null> {
  const text = await Deno.readTextFile(file).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return null;
    throw fileError("read", file, error);
  });
  if (text === null) return null;
  const blocks = pemBlocks(text);
  const der = blocks.find(({ label }) => label === LABELS.certificate)?.bytes;
  const key = blocks.find(({ label }) => label === LABELS.key)?.bytes;
  if (der === undefined || key === undefined) {
    throw new AppError("invalid_input", "It lacks its certificate or its key");
  }
  const certificate = readCertificate(der);
  const publicKey = await publicKeyOf(await importKey(key));
  if (certificate.publicKey.toHex() !== publicKey.toHex()) {
    throw new AppError("invalid_input", "Its key is not that of its certificate");
  }
  return { certificate, key };
}

/** The public half of a private key, which the Web's API tells by way of JSON only. */
async function publicKeyOf(key: CryptoKey): Promise<Bytes> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", key);
  const jwk = { kty, crv, x, y } as JsonWebKey;
  return await spkiOf(await crypto.subtle.importKey("jwk", jwk, SIGNING, true, ["verify"]));
}
