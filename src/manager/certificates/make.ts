import {
  bits,
  boolean,
  type Bytes,
  objectId,
  octets,
  sequence,
  setOf,
  smallNumber,
  tagged,
  time,
  unsigned,
  utf8,
  wrapped,
} from "./der_writer.ts";

/** X.509 certificates as RFC 5280 describes them, signed with ECDSA on P-256: what every client takes. */

export const SIGNING = { name: "ECDSA", namedCurve: "P-256" } as const;
export const SIGNING_HASH = { name: "ECDSA", hash: "SHA-256" } as const;

const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const COMMON_NAME = "2.5.4.3";
const ORGANISATION = "2.5.4.10";
const SUBJECT_KEY_ID = "2.5.29.14";
const KEY_USAGE = "2.5.29.15";
const SUBJECT_ALT_NAME = "2.5.29.17";
const BASIC_CONSTRAINTS = "2.5.29.19";
const AUTHORITY_KEY_ID = "2.5.29.35";
const EXTENDED_KEY_USAGE = "2.5.29.37";
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
/** The bits as they stand in the first byte, the most significant being bit 0. */
const DIGITAL_SIGNATURE = { bits: Uint8Array.of(0x80), unused: 7 } as const;
const CERT_AND_CRL_SIGN = { bits: Uint8Array.of(0x06), unused: 1 } as const;
const SERIAL_BYTES = 16;
/** RFC 5280 allows a common name no more. */
const LONGEST_COMMON_NAME = 64;

export interface Validity {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Names of a server: host names as they stand in a URL, and addresses. */
export interface ServerNames {
  readonly hosts: readonly string[];
  /** Raw, 4 or 16 bytes each. */
  readonly addresses: readonly Uint8Array[];
}

export interface AuthorityRequest {
  readonly commonName: string;
  readonly keys: CryptoKeyPair;
  readonly validity: Validity;
}

/** An authority that signs servers' certificates and no further authorities. */
export async function makeAuthority({ commonName, keys, validity }: AuthorityRequest): Promise<Bytes> {
  const publicKey = await spkiOf(keys.publicKey);
  const subject = nameOf(commonName);
  const extensions = [
    extension(BASIC_CONSTRAINTS, sequence(boolean(true), smallNumber(0)), true),
    extension(KEY_USAGE, bits(CERT_AND_CRL_SIGN.bits, CERT_AND_CRL_SIGN.unused), true),
    extension(SUBJECT_KEY_ID, octets(await keyIdOf(publicKey))),
  ];
  return await sign({ subject, issuer: subject, publicKey, validity, extensions }, keys.privateKey);
}

export interface ServerRequest {
  readonly commonName: string;
  readonly names: ServerNames;
  readonly publicKey: CryptoKey;
  readonly validity: Validity;
  readonly issuer: {
    /** Its name and its public key, as they stand in its certificate. */
    readonly subject: Bytes;
    readonly publicKey: Bytes;
    readonly privateKey: CryptoKey;
  };
}

export async function makeServerCertificate(request: ServerRequest): Promise<Bytes> {
  const { commonName, names, validity, issuer } = request;
  const publicKey = await spkiOf(request.publicKey);
  const extensions = [
    extension(BASIC_CONSTRAINTS, sequence(), true),
    extension(KEY_USAGE, bits(DIGITAL_SIGNATURE.bits, DIGITAL_SIGNATURE.unused), true),
    extension(EXTENDED_KEY_USAGE, sequence(objectId(SERVER_AUTH))),
    extension(SUBJECT_KEY_ID, octets(await keyIdOf(publicKey))),
    extension(AUTHORITY_KEY_ID, sequence(tagged(0, await keyIdOf(issuer.publicKey)))),
    extension(SUBJECT_ALT_NAME, alternativeNames(names)),
  ];
  const subject = nameOf(commonName);
  return await sign({ subject, issuer: issuer.subject, publicKey, validity, extensions }, issuer.privateKey);
}

interface ToBeSigned {
  readonly subject: Bytes;
  readonly issuer: Bytes;
  readonly publicKey: Bytes;
  readonly validity: Validity;
  readonly extensions: readonly Bytes[];
}

async function sign({ subject, issuer, publicKey, validity, extensions }: ToBeSigned, key: CryptoKey): Promise<Bytes> {
  const algorithm = sequence(objectId(ECDSA_WITH_SHA256));
  const serial = crypto.getRandomValues(new Uint8Array(SERIAL_BYTES));
  serial[0] = (serial[0] ?? 0) & 0x7f | 0x40; // of full length, and positive
  const content = sequence(
    wrapped(0, smallNumber(2)), // version 3
    unsigned(serial),
    algorithm,
    issuer,
    sequence(time(validity.fromMs), time(validity.toMs)),
    subject,
    publicKey,
    wrapped(3, sequence(...extensions)),
  );
  const signature = new Uint8Array(await crypto.subtle.sign(SIGNING_HASH, key, content));
  const half = signature.length / 2;
  const pair = sequence(unsigned(signature.subarray(0, half)), unsigned(signature.subarray(half)));
  return sequence(content, algorithm, bits(pair));
}

export async function spkiOf(key: CryptoKey): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.exportKey("spki", key));
}

/** Any value that tells keys apart would do; it is taken of the whole key description. */
async function keyIdOf(spki: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", spki)).slice(0, 20);
}

function nameOf(commonName: string): Bytes {
  const attribute = (id: string, value: string) => setOf(sequence(objectId(id), utf8(value)));
  return sequence(
    attribute(ORGANISATION, "Farhand"),
    attribute(COMMON_NAME, [...commonName].slice(0, LONGEST_COMMON_NAME).join("")),
  );
}

function extension(id: string, value: Bytes, critical = false): Bytes {
  return sequence(objectId(id), ...(critical ? [boolean(true)] : []), octets(value));
}

function alternativeNames({ hosts, addresses }: ServerNames): Bytes {
  return sequence(
    ...hosts.map((host) => tagged(2, new TextEncoder().encode(host))),
    ...addresses.map((address) => tagged(7, Uint8Array.from(address))),
  );
}
