import { libsystem } from "./darwin/libsystem.ts";
import type { IpFamily } from "./halves.ts";
import { libc } from "./linux/libc.ts";
import { currentOs, select } from "./select.ts";
import { decodeSocketAddress, encodeSocketAddress, familyNumber, ipFamily } from "./socket_address.ts";
import { datagramSource as winsockSource } from "./windows/ffi/ws2_32.ts";

export interface InterfaceAddress {
  readonly interface: string;
  readonly family: IpFamily;
  readonly address: string;
  readonly prefixLength?: number;
  /** Absent for interfaces without one, such as loopback. */
  readonly mac?: string;
}

export interface PrimaryAddress {
  readonly address: string;
  readonly interface?: string;
}

export interface LocalAddresses {
  /** From where this host speaks to the target; a family without a route is absent. */
  readonly primary: { readonly v4?: PrimaryAddress; readonly v6?: PrimaryAddress };
  readonly all: readonly InterfaceAddress[];
}

export interface LocalAddressOptions {
  /** A host name or address; without one, or when it is this very host or cannot be resolved, the default route counts. */
  readonly towards?: string | undefined;
  readonly signal?: AbortSignal;
}

/** Addresses kept for documentation: nobody has a route of their own to them, so they stand for "the internet". */
const DEFAULT_ROUTE_TARGETS: Readonly<Record<IpFamily, string>> = { IPv4: "192.0.2.1", IPv6: "2001:db8::1" };
const NO_MAC = "00:00:00:00:00:00";

/** The addresses of this host. The primary ones are what the kernel itself would choose; no packet is sent for that. */
export async function localAddresses(options: LocalAddressOptions = {}): Promise<LocalAddresses> {
  const targets = options.towards === undefined ? [] : await resolve(options.towards, options.signal);
  const all = interfaceAddresses();
  const primary = (family: IpFamily): PrimaryAddress | undefined => {
    const address = sourceTowards(targets.find((target) => ipFamily(target) === family), family);
    if (address === null) return undefined;
    const owner = all.find((candidate) => candidate.address === address)?.interface;
    return owner === undefined ? { address } : { address, interface: owner };
  };
  const [v4, v6] = [primary("IPv4"), primary("IPv6")];
  return { primary: { ...(v4 && { v4 }), ...(v6 && { v6 }) }, all };
}

/** The address that the kernel would send from, or null when it has no route. */
export function sourceAddress(target: string, family: IpFamily): string | null {
  const os = currentOs();
  const source = select({
    linux: () => libc.datagramSource,
    darwin: () => libsystem.datagramSource,
    windows: () => winsockSource,
  })()(familyNumber(family, os), encodeSocketAddress(target, family, os));
  return source === null ? null : decodeSocketAddress(source, family);
}

/** A loopback source says nothing about the host: then the target is the host itself. */
function sourceTowards(target: string | undefined, family: IpFamily): string | null {
  const source = target === undefined ? null : sourceAddress(target, family);
  if (source !== null && !isLoopback(source)) return source;
  return sourceAddress(DEFAULT_ROUTE_TARGETS[family], family);
}

function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}

async function resolve(host: string, signal?: AbortSignal): Promise<string[]> {
  if (ipFamily(host) !== null) return [host];
  try {
    const found = await untilAborted(lookup(host), signal);
    return found.map(({ address }) => address);
  } catch {
    signal?.throwIfAborted();
    // A name that cannot be resolved now is reported by whoever connects to it; the default route is still known.
    return [];
  }
}

/** As the system's programs resolve names, hosts file included. Loaded when first needed, since few agents need it. */
async function lookup(host: string) {
  const dns = await import("node:dns/promises");
  return await dns.lookup(host, { all: true });
}

/** Gives up waiting when the signal aborts; the lookup itself cannot be stopped and its result is dropped. */
function untilAborted<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

function interfaceAddresses(): InterfaceAddress[] {
  return Deno.networkInterfaces().map(({ name, family, address, cidr, mac }) => {
    const prefixLength = Number(cidr.split("/")[1]);
    return {
      interface: name,
      family,
      address,
      ...(Number.isInteger(prefixLength) && { prefixLength }),
      ...(mac !== NO_MAC && { mac }),
    };
  });
}
