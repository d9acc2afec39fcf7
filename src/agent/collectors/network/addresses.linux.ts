import { ipText, kernelAddresses } from "../../../platform/mod.ts";
import { forEachLine } from "../reading/counts.ts";
import type { TreeReader } from "../reading/tree_reader.ts";

/** The addresses of an interface; some sources know it by its number, some by its name. */
export type AddressesOf = (name: string, index: number | undefined) => readonly string[];

interface Route {
  readonly interface: string;
  readonly network: number;
  readonly mask: number;
}

/** A router of the internet has a million routes; its own addresses are not worth reading them all. */
const MAX_FIB_BYTES = 256 * 1024;
const NONE: readonly string[] = [];

/** By one question to the kernel, which is 20 times as fast as `Deno.networkInterfaces` for 500 interfaces. */
export function addressesOfKernel(): AddressesOf | null {
  const addresses = kernelAddresses();
  if (addresses === null) return null;
  const byIndex = new Map<number, string[]>();
  for (const { index, address, prefixLength } of addresses) add(byIndex, index, `${address}/${prefixLength}`);
  return (_name, index) => index === undefined ? NONE : byIndex.get(index) ?? NONE;
}

/** By files, for a namespace that is not ours. A problem says what is missing. */
export function addressesOfFiles(
  tree: TreeReader,
  directory: string,
  problems: string[],
): AddressesOf {
  const path = (file: string) => tree.proc(directory, file);
  const byName = new Map<string, string[]>();
  const found = new Set<string>();
  const onLine = fibTrieReader(found);
  const complete = tree.lines(path("fib_trie"), MAX_FIB_BYTES, onLine);
  if (complete === false) problems.push(`${path("fib_trie")}: it is too long to look for addresses in it`);
  const routes = parseRoutes(tree.text(path("route")) ?? "");
  for (const address of complete === true ? found : []) {
    const owner = ownerOf(address, routes);
    if (owner !== null) add(byName, owner.name, `${address}/${owner.prefixLength}`);
  }
  for (const { name, address } of parseIfInet6(tree.text(path("if_inet6")) ?? "")) add(byName, name, address);
  return (name) => byName.get(name) ?? NONE;
}

/** https://man7.org/linux/man-pages/man5/proc_net.5.html, /proc/net/if_inet6: all numbers are hexadecimal. */
export function parseIfInet6(text: string): { readonly name: string; readonly address: string }[] {
  const found: { name: string; address: string }[] = [];
  forEachLine(text, (start, end) => {
    const [hex = "", _index, prefix = "", _scope, _flags, name] = text.slice(start, end).trim().split(/\s+/);
    if (name === undefined || !/^[\da-f]{32}$/.test(hex) || !/^[\da-f]{2}$/.test(prefix)) return;
    const prefixLength = parseInt(prefix, 16);
    const address = ipText(Uint8Array.from({ length: 16 }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16)));
    if (address !== null && prefixLength <= 128) found.push({ name, address: `${address}/${prefixLength}` });
  });
  return found;
}

/** Collects this host's own IPv4 addresses from the lines of /proc/net/fib_trie: a leaf, and then what it is. */
export function fibTrieReader(found: Set<string>): (line: string) => void {
  let leaf: string | null = null;
  return (line) => {
    const address = /^\s*\|-- (\d{1,3}(?:\.\d{1,3}){3})$/.exec(line)?.[1];
    if (address !== undefined) leaf = ipv4Number(address) === null ? null : address;
    else if (leaf !== null && /^\s*\/32 host LOCAL\b/.test(line)) found.add(leaf);
  };
}

/** The networks at our own links, from /proc/net/route: those without a gateway. */
export function parseRoutes(text: string): Route[] {
  const routes: Route[] = [];
  forEachLine(text, (start, end) => {
    const fields = text.slice(start, end).split("\t");
    const [name = "", destination, gateway, , , , , netmask] = fields;
    const [network, via, mask] = [swapped(destination), swapped(gateway), swapped(netmask)];
    if (network === null || via !== 0 || mask === null || mask === 0 || name.trim() === "") return;
    routes.push({ interface: name.trim(), network, mask });
  });
  return routes;
}

/** The link that has the address, and the length of its prefix there. */
function ownerOf(
  address: string,
  routes: readonly Route[],
): { readonly name: string; readonly prefixLength: number } | null {
  if (address.startsWith("127.")) return { name: "lo", prefixLength: 8 }; // for which there is no route to be seen
  const number = ipv4Number(address);
  let best: Route | null = null;
  for (const route of routes) {
    if (number === null || ((number & route.mask) >>> 0) !== route.network) continue;
    if (best === null || route.mask > best.mask) best = route;
  }
  return best === null ? null : { name: best.interface, prefixLength: bits(best.mask) };
}

function ipv4Number(address: string): number | null {
  const parts = address.split(".").map(Number);
  return parts.every((part) => part <= 255) ? parts.reduce((number, part) => number * 256 + part, 0) : null;
}

/** The kernel prints the four bytes as one number of a little-endian machine. */
function swapped(hex: string | undefined): number | null {
  const [, a, b, c, d] = /^([\dA-F]{2})([\dA-F]{2})([\dA-F]{2})([\dA-F]{2})$/.exec(hex?.trim() ?? "") ?? [];
  return d === undefined ? null : parseInt(`${d}${c}${b}${a}`, 16);
}

function bits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest = (rest << 1) >>> 0) count += rest >>> 31;
  return count;
}

function add<Key>(map: Map<Key, string[]>, key: Key, address: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [address]);
  else known.push(address);
}
