import type { IpFamily } from "./halves.ts";
import type { Os } from "./select.ts";

const AF_INET = 2;
const AF_INET6 = { linux: 10, windows: 23, darwin: 30 } as const;

/** Datagrams to the discard port; any number but 0 does, because none is ever sent. */
const PORT = 9;
// sockaddr_in: family 2, port 2, address 4, zeros 8. sockaddr_in6: family 2, port 2, flow 4, address 16, scope 4.
const IPV4 = { bytes: 16, address: 4, addressEnd: 8 } as const;
const IPV6 = { bytes: 28, address: 8, addressEnd: 24 } as const;
const PORT_AT = 2;
const IPV4_TEXT = /^\d{1,3}(?:\.\d{1,3}){3}$/;

export function ipFamily(text: string): IpFamily | null {
  if (IPV4_TEXT.test(text)) return parseIpv4(text).every((part) => part <= 255) ? "IPv4" : null;
  const [address = ""] = text.split("%"); // a zone may follow
  return address.includes(":") && URL.canParse(`http://[${address}]/`) ? "IPv6" : null;
}

export function familyNumber(family: IpFamily, os: Os): number {
  return family === "IPv4" ? AF_INET : AF_INET6[os];
}

/** A sockaddr as this system's calls take it. Only macOS begins with a byte of length, at the cost of a shorter family. */
export function encodeSocketAddress(address: string, family: IpFamily, os: Os): Uint8Array<ArrayBuffer> {
  const layout = family === "IPv4" ? IPV4 : IPV6;
  const bytes = new Uint8Array(layout.bytes);
  const view = new DataView(bytes.buffer);
  if (os === "darwin") bytes.set([layout.bytes, familyNumber(family, os)]);
  else view.setUint16(0, familyNumber(family, os), true);
  view.setUint16(PORT_AT, PORT);
  bytes.set(family === "IPv4" ? parseIpv4(address) : parseIpv6(address), layout.address);
  return bytes;
}

/** The address in a sockaddr of this family. */
export function decodeSocketAddress(bytes: Uint8Array, family: IpFamily): string | null {
  const { address, addressEnd } = family === "IPv4" ? IPV4 : IPV6;
  if (bytes.length < addressEnd) return null;
  const inner = bytes.subarray(address, addressEnd);
  return family === "IPv4" ? inner.join(".") : formatIpv6(inner);
}

function parseIpv4(text: string): number[] {
  return text.split(".").map(Number);
}

function parseIpv6(text: string): number[] {
  const [head = "", tail] = canonicalIpv6(text).split("::");
  const [before, after] = [groups(head), groups(tail ?? "")];
  const zeros = Array<number>(8 - before.length - after.length).fill(0);
  return [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]);
}

function formatIpv6(bytes: Uint8Array): string {
  const hex = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) * 256 + (bytes[2 * i + 1] ?? 0)).toString(16));
  return canonicalIpv6(hex.join(":"));
}

/** The URL parser knows the one canonical spelling of an IPv6 address; a zone after `%` is not part of it. */
function canonicalIpv6(text: string): string {
  return new URL(`http://[${text.split("%", 1)[0]}]`).hostname.slice(1, -1);
}

function groups(text: string): number[] {
  return text === "" ? [] : text.split(":").map((group) => parseInt(group, 16));
}
