import assert from "node:assert/strict";
import { CheckFailure, expiryOf, failureWords, isCertificateFailure } from "./failure_words.ts";

const CASES: readonly (readonly [message: string, words: string])[] = [
  ["Connection refused (os error 111)", "connection refused"],
  [
    "No connection could be made because the target machine actively refused it. (os error 10061)",
    "connection refused",
  ],
  ["failed to lookup address information: Name or service not known", "no such name"],
  ["failed to lookup address information: nodename nor servname provided, or not known", "no such name"],
  ["failed to lookup address information: Temporary failure in name resolution", "the name cannot be resolved now"],
  ["No such host is known. (os error 11001)", "no such name"],
  ["Host not found. (os error 11001)", "no such name"],
  ["Connection reset by peer (os error 104)", "connection reset"],
  ["An existing connection was forcibly closed by the remote host. (os error 10054)", "connection reset"],
  ["No route to host (os error 113)", "no route to host"],
  ["Network is unreachable (os error 101)", "network unreachable"],
  ["proto error: request timed out", "timed out"],
  ["invalid peer certificate: UnknownIssuer", "the certificate is from nobody whom this host trusts"],
  [
    'invalid peer certificate: certificate not valid for name "a"; certificate is only valid for DnsName("b")',
    "the certificate is for another name",
  ],
  [
    "invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))",
    "the certificate is one of an authority, not of a server",
  ],
  [
    "invalid peer certificate: certificate expired: verification time 1795249064 (UNIX), but certificate is not valid after 1706745600 (88503464 seconds ago)",
    "certificate expired on 2024-02-01",
  ],
  [
    "invalid peer certificate: certificate not valid yet: verification time 1 (UNIX), but certificate is not valid before 1706745600 (2 seconds in future)",
    "the certificate is not valid before 2024-02-01",
  ],
  ["invalid peer certificate: BadSignature", "the certificate is not accepted"],
  ["received corrupt message of type InvalidContentType", "no TLS as it should be"],
  ["peer closed connection without sending TLS close_notify", "the connection was closed too early"],
  ["something\nnew (os error 7)", "something new"],
];

for (const [message, words] of CASES) {
  Deno.test(`in words: ${message}`, () => assert.equal(failureWords(new Error(message)), words));
}

Deno.test("words of our own stand as they are; the date of an expired certificate is known", () => {
  assert.equal(failureWords(new CheckFailure("status 503 timed out")), "status 503 timed out");
  const expired = new Error("invalid peer certificate: expired, but certificate is not valid after 1706745600 (…)");
  assert.equal(expiryOf(expired), Date.UTC(2024, 1, 1));
  assert.equal(expiryOf(new Error("else")), undefined);
  assert.deepEqual([isCertificateFailure(expired), isCertificateFailure(new Error("else"))], [true, false]);
});
