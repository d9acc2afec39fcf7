import assert from "node:assert/strict";
import fc from "fast-check";
import { checksum, echoRequest } from "./icmp_echo.ts";

/** The answer as a host gives it: the same bytes under another type. */
function reply(packet: Uint8Array, type: number): Uint8Array {
  const answer = packet.slice();
  answer.set([type, 0, 0, 0]);
  return answer;
}

const IPV4_HEADER = new Uint8Array(24).fill(0x46, 0, 1);

Deno.test("an answer is known by its content, with or without an IP header before it", () => {
  const four = echoRequest("IPv4");
  assert.equal(four.isAnsweredBy(reply(four.packet, 0)), true);
  assert.equal(four.isAnsweredBy(new Uint8Array([...IPV4_HEADER, ...reply(four.packet, 0)])), true);
  const six = echoRequest("IPv6");
  assert.equal(six.isAnsweredBy(reply(six.packet, 129)), true);
});

Deno.test("our own request, somebody else's answer and an error are not the answer", () => {
  const { packet, isAnsweredBy } = echoRequest("IPv4");
  assert.equal(isAnsweredBy(packet), false);
  assert.equal(isAnsweredBy(reply(echoRequest("IPv4").packet, 0)), false);
  assert.equal(isAnsweredBy(reply(packet, 3)), false);
  assert.equal(isAnsweredBy(new Uint8Array([...reply(packet, 0), 0])), false);
});

Deno.test("the checksum of a packet with its checksum is nothing", () => {
  const { packet } = echoRequest("IPv4");
  assert.equal(checksum(packet), 0);
  assert.equal(checksum(new Uint8Array([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7])), 0x220d); // RFC 1071, section 3
});

Deno.test("property: no other packet is taken for the answer", () => {
  for (const family of ["IPv4", "IPv6"] as const) {
    const { isAnsweredBy } = echoRequest(family);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => assert.equal(isAnsweredBy(bytes), false)));
  }
});
