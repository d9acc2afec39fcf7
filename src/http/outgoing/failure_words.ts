import { messageOf, oneLine } from "../../core/mod.ts";

/** A failure with words of its own, made for people. It says nothing secret. */
export class CheckFailure extends Error {
  override readonly name = "CheckFailure";
}

const MAX_LENGTH = 160;
const MAX_CAUSES = 5;

/** What the runtime and its libraries say, on any system, and what it means. The first match counts. */
const MEANINGS: readonly (readonly [pattern: RegExp, words: string])[] = [
  [
    /no address associated|nodename nor servname|name or service not known|no such host|host not found|ENOTFOUND/i,
    "no such name",
  ],
  [/temporary failure in name resolution|lookup address|EAI_AGAIN/i, "the name cannot be resolved now"],
  [/connection refused|actively refused|ECONNREFUSED/i, "connection refused"],
  [/connection reset|forcibly closed|ECONNRESET|broken pipe|EPIPE/i, "connection reset"],
  [/no route to host|unreachable host|host is unreachable|EHOSTUNREACH/i, "no route to host"],
  [/network (?:is )?unreachable|unreachable network|ENETUNREACH/i, "network unreachable"],
  [/timed out|ETIMEDOUT|did not properly respond/i, "timed out"],
  [/UnknownIssuer|self.signed/i, "the certificate is from nobody whom this host trusts"],
  [/CaUsedAsEndEntity/, "the certificate is one of an authority, not of a server"],
  [/not valid for name|NotValidForName/i, "the certificate is for another name"],
  [/Revoked/, "the certificate is revoked"],
  [/invalid peer certificate/i, "the certificate is not accepted"],
  [
    /corrupt message|InvalidContentType|wrong version number|handshake alert|HandshakeFailure|alert/i,
    "no TLS as it should be",
  ],
  [/unexpected eof|close_notify|peer closed|socket hang up/i, "the connection was closed too early"],
];
const EXPIRED = /not valid after (\d{1,12})\b/;
const NOT_YET = /not valid before (\d{1,12})\b/;

/** What a person understands of why something could not be reached. */
export function failureWords(error: unknown): string {
  if (error instanceof CheckFailure) return error.message;
  const text = wholeText(error);
  const dated = datedWords(text);
  if (dated !== null) return dated;
  const meaning = MEANINGS.find(([pattern]) => pattern.test(text));
  return meaning?.[1] ?? oneLine(messageOf(error).replace(/ \(os error \d+\)/g, ""), MAX_LENGTH);
}

/** An error that fetch throws says little itself; what has happened is in its causes. */
function wholeText(error: unknown): string {
  const messages: string[] = [];
  for (
    let at = error;
    at !== undefined && messages.length < MAX_CAUSES;
    at = at instanceof Error ? at.cause : undefined
  ) {
    messages.push(messageOf(at));
  }
  return messages.join(": ");
}

/** True when the other side spoke, but its certificate is not one to trust. */
export function isCertificateFailure(error: unknown): boolean {
  return /invalid peer certificate/i.test(wholeText(error));
}

/** The end of a certificate that has expired, which is in the message. */
export function expiryOf(error: unknown): number | undefined {
  const seconds = EXPIRED.exec(messageOf(error))?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}

function datedWords(text: string): string | null {
  const [after, before] = [EXPIRED.exec(text)?.[1], NOT_YET.exec(text)?.[1]];
  if (after !== undefined) return `certificate expired on ${day(after)}`;
  return before === undefined ? null : `the certificate is not valid before ${day(before)}`;
}

function day(seconds: string): string {
  return new Date(Number(seconds) * 1_000).toISOString().slice(0, 10);
}
