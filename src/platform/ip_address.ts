import { ipText } from "./ip_text.ts";

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const IPV6_CHARACTERS = /^[0-9A-Fa-f:.]{2,45}$/;
const MAPPED_PREFIX = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff] as const;
/** What one customer is commonly given of IPv6: he may take any address in it. */
const IPV6_NETWORK_BYTES = 8;

/** 4 bytes or 16, in network order; an IPv4 address in IPv6 clothes is the IPv4 address. Null for what is none. */
export function ipBytes(text: string): Uint8Array | null {
  if (!text.includes(":")) return ipv4Bytes(text);
  const [address = ""] = text.split("%", 1); // a zone may follow
  const canonical = IPV6_CHARACTERS.test(address) ? URL.parse(`http://[${address}]`)?.hostname : undefined;
  if (canonical === undefined) return null;
  const [head = "", tail] = canonical.slice(1, -1).split("::");
  const [before, after] = [groups(head), groups(tail ?? "")];
  const zeros = Array<number>(8 - before.length - after.length).fill(0);
  const bytes = [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]);
  return undressed(Uint8Array.from(bytes));
}

/** Who speaks IPv4 to a socket of both families is seen by an address of IPv6, and is nobody else for that. */
export function undressed(bytes: Uint8Array): Uint8Array {
  const isMapped = bytes.length === 16 && MAPPED_PREFIX.every((byte, at) => bytes[at] === byte);
  return isMapped ? bytes.subarray(MAPPED_PREFIX.length) : bytes;
}

/** One spelling for one address; what is none stays as it is. */
export function normalIp(text: string): string {
  const bytes = ipBytes(text);
  return bytes === null ? text : ipText(bytes) ?? text;
}

/** Whom an address stands for: itself, or in IPv6 the network that its owner has. */
export function networkOf(address: string): string {
  const bytes = ipBytes(address);
  if (bytes === null || bytes.length === 4) return normalIp(address);
  const network = new Uint8Array(bytes.length);
  network.set(bytes.subarray(0, IPV6_NETWORK_BYTES));
  return `${ipText(network) ?? ""}/64`;
}

export function isLoopback(address: string): boolean {
  const bytes = ipBytes(address);
  if (bytes === null) return false;
  return bytes.length === 4 ? bytes[0] === 127 : bytes.every((byte, at) => byte === (at === 15 ? 1 : 0));
}

function ipv4Bytes(text: string): Uint8Array | null {
  const parts = IPV4.exec(text)?.slice(1).map(Number);
  return parts === undefined || parts.some((part) => part > 255) ? null : Uint8Array.from(parts);
}

function groups(text: string): number[] {
  return text === "" ? [] : text.split(":").map((group) => parseInt(group, 16));
}
