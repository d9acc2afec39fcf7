import type { KeyObject } from "node:crypto";
import { AppError, messageOf } from "../../core/mod.ts";
import { fileError } from "../../platform/mod.ts";
import type { ServerCertificate } from "./contract.ts";
import { pemBlocks } from "./pem.ts";
import { type Certificate, readCertificate } from "./read.ts";

export interface GivenFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Identifiers of signatures, as they stand in a certificate, that can be checked; the hash is null where it is fixed. */
const SIGNATURE_HASHES: ReadonlyMap<string, string | null> = new Map([
  ["2a8648ce3d040302", "sha256"], // ECDSA
  ["2a8648ce3d040303", "sha384"],
  ["2a8648ce3d040304", "sha512"],
  ["2a864886f70d01010b", "sha256"], // RSA
  ["2a864886f70d01010c", "sha384"],
  ["2a864886f70d01010d", "sha512"],
  ["2b6570", null], // Ed25519
]);

/** The user's own certificate; throws `invalid_config` for one that nobody would accept, and says what is wrong. */
export async function givenCertificate({ certFile, keyFile }: GivenFiles, nowMs: number): Promise<ServerCertificate> {
  const chain = await readChain(certFile);
  const [leaf] = chain;
  if (leaf === undefined) {
    throw wrong(
      "tls.cert_file",
      certFile,
      "there is no certificate in it",
      "name a PEM file with -----BEGIN CERTIFICATE-----",
    );
  }
  await checkKey(leaf, { certFile, keyFile });
  checkLeaf(leaf, certFile, nowMs);
  await checkChain(chain, certFile, nowMs);
  const cert = pemBlocks(await readText("tls.cert_file", certFile)).filter(isCertificate).map(({ text }) => text).join(
    "",
  );
  const key = await readText("tls.key_file", keyFile);
  return { identity: { cert, key }, authority: null, fromMs: leaf.fromMs, toMs: leaf.toMs };
}

const isCertificate = ({ label }: { readonly label: string }) => label === "CERTIFICATE";

async function readChain(file: string): Promise<Certificate[]> {
  const blocks = pemBlocks(await readText("tls.cert_file", file)).filter(isCertificate);
  return blocks.map(({ bytes }, index) => {
    try {
      return readCertificate(bytes);
    } catch (error) {
      throw wrong("tls.cert_file", file, `certificate ${index + 1} in it cannot be read: ${messageOf(error)}`);
    }
  });
}

async function checkKey(leaf: Certificate, { certFile, keyFile }: GivenFiles): Promise<void> {
  const text = await readText("tls.key_file", keyFile);
  const { createPrivateKey, createPublicKey } = await import("node:crypto");
  let key: KeyObject;
  try {
    if (text.includes("ENCRYPTED")) throw new Error("it is protected by a password");
    key = createPrivateKey(text);
  } catch (error) {
    const advice = "name an unencrypted PEM file with the private key of tls.cert_file";
    throw wrong("tls.key_file", keyFile, messageOf(error), advice);
  }
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  if (new Uint8Array(spki).toHex() !== leaf.publicKey.toHex()) {
    throw wrong(
      "tls.key_file",
      keyFile,
      `it is not the key of the first certificate in ${certFile}`,
      "the server's own certificate must come first, those that signed it after it",
    );
  }
}

function checkLeaf(leaf: Certificate, file: string, nowMs: number): void {
  checkTime(leaf, "the certificate", file, nowMs);
  if (leaf.isAuthority && leaf.hosts.length + leaf.addresses.length === 0) {
    throw wrong("tls.cert_file", file, "its first certificate is an authority's", "put the server's own first");
  }
  if (leaf.hosts.length + leaf.addresses.length === 0) {
    throw wrong("tls.cert_file", file, "its certificate names no host", "get one with a subject alternative name");
  }
}

/** Each must have been signed by the next, or clients cannot follow the chain to an authority that they know. */
async function checkChain(chain: readonly Certificate[], file: string, nowMs: number): Promise<void> {
  for (const [index, certificate] of chain.entries()) {
    const next = chain[index + 1];
    if (index > 0) checkTime(certificate, `certificate ${index + 1}`, file, nowMs);
    if (next === undefined) return;
    if (certificate.issuer.toHex() !== next.subject.toHex() || !await isSignedBy(certificate, next)) {
      const advice = "order the chain so that each certificate is followed by the one that signed it";
      throw wrong("tls.cert_file", file, `certificate ${index + 1} was not signed by certificate ${index + 2}`, advice);
    }
  }
}

function checkTime({ fromMs, toMs }: Certificate, which: string, file: string, nowMs: number): void {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  if (nowMs > toMs) throw wrong("tls.cert_file", file, `${which} ended on ${day(toMs)}`, "renew it");
  if (nowMs < fromMs) {
    throw wrong("tls.cert_file", file, `${which} begins on ${day(fromMs)} only`, "check this machine's clock");
  }
}

/** True too where the kind of signature is not known here: a client may know it. */
async function isSignedBy(certificate: Certificate, issuer: Certificate): Promise<boolean> {
  const hash = SIGNATURE_HASHES.get(certificate.algorithm);
  if (hash === undefined) return true;
  const { createPublicKey, verify } = await import("node:crypto");
  try {
    const key = createPublicKey({ key: new Uint8Array(issuer.publicKey) as never, format: "der", type: "spki" });
    return verify(hash, certificate.signed, key, certificate.signature);
  } catch {
    // A kind of key that this runtime lacks: nothing is known against the chain.
    return true;
  }
}

async function readText(key: string, file: string): Promise<string> {
  return await Deno.readTextFile(file).catch((cause) => {
    const { message } = fileError("read", file, cause);
    throw new AppError("invalid_config", `Cannot use ${key}: ${message}`, { cause });
  });
}

function wrong(key: string, file: string, why: string, advice = ""): AppError {
  return new AppError("invalid_config", `Cannot use ${key} ${file}: ${why}${advice === "" ? "" : `; ${advice}`}`);
}
