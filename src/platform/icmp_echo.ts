/** One question of ICMP: "are you there?", as bytes. https://www.rfc-editor.org/rfc/rfc792 and rfc4443. */
import type { IpFamily } from "./halves.ts";

const ECHO = { IPv4: { request: 8, reply: 0 }, IPv6: { request: 128, reply: 129 } } as const;
/** Type, code, checksum 2, identifier 2, sequence 2; then what is to be sent back. */
const HEADER_BYTES = 8;
const CHECKSUM_AT = 2;
/** What tells our answer from everybody else's. The identifier does not: some kernels put their own in its place. */
const NONCE_BYTES = 16;

export interface EchoRequest {
  readonly packet: Uint8Array<ArrayBuffer>;
  /** True for the answer to this very request. */
  isAnsweredBy(received: Uint8Array): boolean;
}

export function echoRequest(family: IpFamily): EchoRequest {
  const packet = new Uint8Array(HEADER_BYTES + NONCE_BYTES);
  packet[0] = ECHO[family].request;
  crypto.getRandomValues(packet.subarray(HEADER_BYTES - 4)); // identifier and sequence as well
  // For IPv6 the sum has addresses in it, which only the kernel knows; it fills the sum in.
  if (family === "IPv4") new DataView(packet.buffer).setUint16(CHECKSUM_AT, checksum(packet));
  const nonce = packet.slice(HEADER_BYTES);
  return {
    packet,
    isAnsweredBy(received) {
      const start = ipHeaderBytes(received, family);
      const body = received.subarray(start + HEADER_BYTES);
      const isReply = received[start] === ECHO[family].reply && received[start + 1] === 0;
      return isReply && body.length === NONCE_BYTES && nonce.every((byte, at) => body[at] === byte);
    },
  };
}

/** Some kinds of IPv4 socket give the packet with its IP header, which begins with the version 4 as no echo does. */
function ipHeaderBytes(received: Uint8Array, family: IpFamily): number {
  const first = received[0] ?? 0;
  return family === "IPv4" && first >> 4 === 4 ? (first & 0xf) * 4 : 0;
}

/** The ones' complement of the ones' complement sum: https://www.rfc-editor.org/rfc/rfc1071. */
export function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) + (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}
