import { LIBRARY as DARWIN_LIBRARY } from "./darwin/library.ts";
import { nameLookup, type NameLookupNumbers } from "./posix/name_lookup.ts";
import { currentOs, type Os, select } from "./select.ts";
import { decodeSocketAddress, familyNumber, ipFamily } from "./socket_address.ts";

/** The addresses of a host, in the system's order of preference, or why there are none. */
export type HostLookup =
  | { readonly addresses: readonly [string, ...string[]] }
  | { readonly addresses?: undefined; readonly reason: string };

const NO_SUCH_NAME = "no such name";
const NOT_NOW = "the name cannot be resolved now";

// <netdb.h> of glibc, and of macOS.
const LINUX: NameLookupNumbers = { library: "libc.so.6", addressAt: 24, unknownName: [-2, -5] };
const DARWIN: NameLookupNumbers = { library: DARWIN_LIBRARY, addressAt: 32, unknownName: [8, 7] };

/**
 * Looks a host up as the system's programs do, hosts file included; an address is its own result. Rejects when the
 * signal aborts; the lookup itself cannot be stopped, and its result is dropped then.
 */
export async function lookUpHost(host: string, signal: AbortSignal): Promise<HostLookup> {
  if (ipFamily(host) !== null) return { addresses: [host] };
  const lookUp = select({ linux: lookUpFromLinux, darwin: lookUpFromDarwin, windows: lookUpFromWindows });
  return await untilAborted(lookUp(host), signal);
}

const lookUpFromLinux = systemLookup(LINUX);
const lookUpFromDarwin = systemLookup(DARWIN);

function systemLookup(numbers: NameLookupNumbers): (host: string) => Promise<HostLookup> {
  const lookUp = nameLookup(numbers);
  return async (host) => {
    const found = await lookUp(host);
    if (typeof found === "number") return { reason: numbers.unknownName.includes(found) ? NO_SUCH_NAME : NOT_NOW };
    const os = currentOs();
    return resultOf(found.flatMap((address) => decoded(address, os) ?? []));
  };
}

async function lookUpFromWindows(host: string): Promise<HostLookup> {
  const dns = await import("node:dns/promises");
  try {
    return resultOf((await dns.lookup(host, { all: true })).map(({ address }) => address));
  } catch (error) {
    const unknown = error instanceof Error && "code" in error && error.code === "ENOTFOUND";
    return { reason: unknown ? NO_SUCH_NAME : NOT_NOW };
  }
}

function resultOf([first, ...others]: readonly string[]): HostLookup {
  return first === undefined ? { reason: NO_SUCH_NAME } : { addresses: [first, ...others] };
}

/** Linux has the family in the first two bytes, of which the second is 0; macOS in the second alone. */
function decoded(address: Uint8Array, os: Os): string | null {
  const family = (os === "darwin" ? address[1] : address[0]) ?? 0;
  for (const ip of ["IPv4", "IPv6"] as const) {
    if (family === familyNumber(ip, os)) return decodeSocketAddress(address, ip);
  }
  return null;
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
