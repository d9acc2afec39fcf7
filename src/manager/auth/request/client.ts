import type { Connection } from "../../../http/mod.ts";
import type { AddressRanges } from "./address_ranges.ts";
import { ipBytes, normalIp } from "../../../platform/mod.ts";

/** Who is at the other end, behind whatever proxies there are. */
export interface Client {
  readonly address: string;
  /** Whether he came by https. */
  readonly isSecure: boolean;
}

/** What a client and its proxies may write before we stop believing that it is a path. */
const MAX_HOPS = 32;
const WITH_PORT = /^(?:\[([^\]]+)\]|([\d.]+))(?::\d{1,5})?$/;

/**
 * Everybody can write `x-forwarded-for`, and each proxy adds the address that it was called from. So it is read from
 * its end, for as long as what stands there was written by a proxy that is trusted: the first address that is not
 * such a proxy's is the client's. An entry that is no address ends the reading at the proxy that has written it.
 */
export function clientOf(
  request: Pick<Request, "headers" | "url">,
  connection: Connection,
  trustedProxies: AddressRanges,
): Client {
  let address = normalIp(connection.address);
  if (!trustedProxies.has(address)) return { address, isSecure: request.url.startsWith("https:") };
  const hops = (request.headers.get("x-forwarded-for") ?? "").split(",").slice(-MAX_HOPS);
  for (let hop = hops.pop(); hop !== undefined; hop = hops.pop()) {
    const found = hopAddress(hop.trim());
    if (found === null) break;
    address = found;
    if (!trustedProxies.has(address)) break;
  }
  const schemes = request.headers.get("x-forwarded-proto")?.split(",");
  const scheme = schemes?.at(-1)?.trim().toLowerCase();
  return { address, isSecure: scheme === undefined ? request.url.startsWith("https:") : scheme === "https" };
}

/** Some proxies write the port too. */
function hopAddress(text: string): string | null {
  const [, inBrackets, plain] = WITH_PORT.exec(text) ?? [];
  const address = inBrackets ?? plain ?? text;
  return ipBytes(address) === null ? null : normalIp(address);
}
