import type { ServerNames } from "./make.ts";
import type { Certificate } from "./read.ts";

/** A certificate of a machine with hundreds of addresses would be too large for a handshake. */
const MOST_NAMES = 100;

/** Host names and addresses apart, each once; what is neither is left out. */
export function sortNames(names: readonly string[]): ServerNames {
  const hosts = new Set<string>();
  const addresses = new Map<string, Uint8Array>();
  for (const name of names.slice(0, MOST_NAMES)) {
    const address = addressBytes(name);
    if (address !== null) addresses.set(address.toHex(), address);
    else {
      const host = hostName(name);
      if (host !== null) hosts.add(host);
    }
  }
  return { hosts: [...hosts], addresses: [...addresses.values()] };
}

/** Those of the names that the certificate does not have. */
export function missingNames(certificate: Certificate, names: readonly string[]): string[] {
  return names.filter((name) => {
    const { hosts: [host], addresses: [address] } = sortNames([name]);
    return (host !== undefined && !certificate.hosts.includes(host)) ||
      (address !== undefined && !certificate.addresses.includes(address.toHex()));
  });
}

/** An IPv4 or IPv6 address as bytes; null for everything else. */
export function addressBytes(text: string): Uint8Array | null {
  const bare = text.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  if (bare.includes(":")) return v6Bytes(bare);
  const parts = bare.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return null;
  return Uint8Array.from(parts, Number);
}

/** The URL parser knows every way to write one, and gives the shortest: at most one `::`, groups without zeros. */
function v6Bytes(text: string): Uint8Array | null {
  const url = URL.parse(`http://[${text}]`);
  if (url === null) return null;
  const [left = "", right] = url.hostname.slice(1, -1).split("::");
  const groups = (part: string) => part === "" ? [] : part.split(":").map((group) => parseInt(group, 16));
  const [before, after] = [groups(left), groups(right ?? "")];
  const zeros = right === undefined ? [] : Array<number>(8 - before.length - after.length).fill(0);
  return Uint8Array.from([...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]));
}

/** As clients compare it: lower case, in ASCII; null for what cannot be a host in a URL. */
function hostName(text: string): string | null {
  if (text.startsWith("*.")) {
    const domain = hostName(text.slice(2));
    return domain === null ? null : `*.${domain}`;
  }
  const hostname = URL.parse(`http://${text}`)?.hostname ?? "";
  return /^[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?\.?$/.test(hostname) && !/[/?#@:]/.test(text)
    ? hostname.replace(/\.$/, "")
    : null;
}
