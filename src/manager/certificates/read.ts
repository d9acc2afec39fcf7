import { AppError } from "../../core/mod.ts";
import { type Element, elementOf, elementsOf } from "./der_reader.ts";
import type { Bytes } from "./der_writer.ts";

const OBJECT_ID = 0x06;
const OCTET_STRING = 0x04;
const UTC_TIME = 0x17;
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;
/** 2.5.29.17 and 2.5.29.19, as they stand in a certificate. */
const SUBJECT_ALT_NAME = "551d11";
const BASIC_CONSTRAINTS = "551d13";

/** What of a certificate matters to whoever serves with it. */
export interface Certificate {
  readonly der: Bytes;
  /** Names as they stand there: two are the same when their bytes are. */
  readonly subject: Bytes;
  readonly issuer: Bytes;
  readonly fromMs: number;
  readonly toMs: number;
  readonly publicKey: Bytes;
  readonly isAuthority: boolean;
  /** Lower case. */
  readonly hosts: readonly string[];
  /** Raw bytes in hexadecimal digits. */
  readonly addresses: readonly string[];
  /** What is signed, by which algorithm (its identifier's bytes in hexadecimal), and the signature. */
  readonly signed: Bytes;
  readonly algorithm: string;
  readonly signature: Bytes;
}

/** Reads a certificate; throws `invalid_input` for what is none. */
export function readCertificate(der: Bytes): Certificate {
  const [signed, algorithm, signature] = elementsOf(elementOf(der).content);
  if (signed === undefined || algorithm === undefined || signature === undefined) throw noCertificate();
  const fields = elementsOf(signed.content);
  if (fields[0]?.tag === VERSION) fields.shift();
  const [, , issuer, validity, subject, publicKey] = fields;
  if (issuer === undefined || validity === undefined || subject === undefined || publicKey === undefined) {
    throw noCertificate();
  }
  const [from, to] = elementsOf(validity.content);
  const extensions = extensionsOf(fields.find(({ tag }) => tag === EXTENSIONS));
  return {
    der,
    subject: subject.whole,
    issuer: issuer.whole,
    fromMs: epochMsOf(from),
    toMs: epochMsOf(to),
    publicKey: publicKey.whole,
    isAuthority: (extensions.get(BASIC_CONSTRAINTS)?.at(0)?.content[0] ?? 0) !== 0,
    ...alternativeNames(extensions.get(SUBJECT_ALT_NAME) ?? []),
    signed: signed.whole,
    algorithm: elementsOf(algorithm.content)[0]?.content.toHex() ?? "",
    signature: signature.content.subarray(1),
  };
}

/** The elements in each extension, by its identifier. */
function extensionsOf(element: Element | undefined): Map<string, Element[]> {
  const found = new Map<string, Element[]>();
  if (element === undefined) return found;
  for (const { content } of elementsOf(elementOf(element.content).content)) {
    const parts = elementsOf(content);
    const id = parts.find(({ tag }) => tag === OBJECT_ID);
    const value = parts.find(({ tag }) => tag === OCTET_STRING);
    const isWanted = [SUBJECT_ALT_NAME, BASIC_CONSTRAINTS].includes(id?.content.toHex() ?? "");
    if (id === undefined || value === undefined || !isWanted) continue;
    found.set(id.content.toHex(), elementsOf(elementOf(value.content).content));
  }
  return found;
}

function alternativeNames(names: readonly Element[]): Pick<Certificate, "hosts" | "addresses"> {
  const ofTag = (wanted: number) => names.filter(({ tag }) => tag === wanted).map(({ content }) => content);
  return {
    hosts: ofTag(DNS_NAME).map((bytes) => new TextDecoder().decode(bytes).toLowerCase()),
    addresses: ofTag(IP_ADDRESS).map((bytes) => bytes.toHex()),
  };
}

function epochMsOf(element: Element | undefined): number {
  const text = element === undefined ? "" : new TextDecoder().decode(element.content);
  // Two digits of a year below 50 are of this century.
  const full = element?.tag === UTC_TIME ? `${Number(text.slice(0, 2)) < 50 ? "20" : "19"}${text}` : text;
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full) ?? [];
  const [year = NaN, month = NaN, day, hour, minute, second] = parts.map(Number);
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  if (Number.isNaN(ms)) throw noCertificate();
  return ms;
}

function noCertificate(): AppError {
  return new AppError("invalid_input", "It is no X.509 certificate, or one of a kind that is not understood");
}
