import { lazy } from "../lazy.ts";
import { cString } from "./calls.ts";

/** What differs between the systems. */
export interface NameLookupNumbers {
  readonly library: string;
  /** Where struct addrinfo has the pointer to its address: glibc and macOS order two fields differently. */
  readonly addressAt: number;
  /** What getaddrinfo gives when it knows no such name: EAI_NONAME and EAI_NODATA. */
  readonly unknownName: readonly number[];
}

/** The socket addresses of a name, in the system's order of preference; or the number of the error. */
export type NameLookup = (name: string) => Promise<readonly Uint8Array[] | number>;

// struct addrinfo: https://man7.org/linux/man-pages/man3/getaddrinfo.3.html; flags, family, type, protocol, 4 bytes each.
const ADDRINFO_BYTES = 48;
const SOCKTYPE_AT = 8;
const LENGTH_AT = 16;
const NEXT_AT = 40;
/** One kind is asked for, else each address comes once for each kind of socket. */
const SOCK_STREAM = 1;
const MAX_ADDRESSES = 64;
/** A sockaddr_in6 has 28 bytes. */
const MAX_SOCKADDR_BYTES = 128;

/**
 * Looks names up as the system's programs do, hosts file included, on a thread of its own. node:dns does the same, at
 * the cost of 3.5 MB.
 */
export function nameLookup({ library, addressAt }: NameLookupNumbers): NameLookup {
  const symbols = lazy(() =>
    Deno.dlopen(library, {
      getaddrinfo: { parameters: ["buffer", "pointer", "buffer", "buffer"], result: "i32", nonblocking: true },
      freeaddrinfo: { parameters: ["pointer"], result: "void" },
    }).symbols
  );
  /** Memory that another thread reads and writes must not be collected meanwhile. */
  const pending = new Set<unknown>();
  return async (name) => {
    const call = { name: cString(name), hints: new Uint8Array(ADDRINFO_BYTES), first: new BigUint64Array(1) };
    new DataView(call.hints.buffer).setInt32(SOCKTYPE_AT, SOCK_STREAM, true);
    pending.add(call);
    const error = await symbols().getaddrinfo(call.name, null, call.hints, call.first);
    pending.delete(call);
    if (error !== 0) return error;
    const head = Deno.UnsafePointer.create(call.first[0] ?? 0n);
    try {
      return addressesFrom(head, addressAt);
    } finally {
      symbols().freeaddrinfo(head);
    }
  };
}

function addressesFrom(head: Deno.PointerValue, addressAt: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let entry = head; entry !== null && found.length < MAX_ADDRESSES;) {
    const view = new Deno.UnsafePointerView(entry);
    const [length, address] = [view.getUint32(LENGTH_AT), view.getPointer(addressAt)];
    if (address !== null && length <= MAX_SOCKADDR_BYTES) {
      const bytes = new Uint8Array(length);
      new Deno.UnsafePointerView(address).copyInto(bytes);
      found.push(bytes);
    }
    entry = view.getPointer(NEXT_AT);
  }
  return found;
}
