import { isLoopback, type ListenUrl, type ManagerConfig, parseListenUrl } from "../config/mod.ts";
import { localAddresses } from "../platform/mod.ts";
import type { NamesInUse } from "./certificates/mod.ts";

/** What this machine is called and where it is, as far as it knows itself. */
export interface MachineFacts {
  readonly hostname: string;
  /** From where it speaks to others, most useful first. */
  readonly primary: readonly string[];
  readonly all: readonly string[];
}

const WILDCARDS: readonly string[] = ["0.0.0.0", "::"];

export async function machineFacts(): Promise<MachineFacts> {
  const { primary, all } = await localAddresses();
  const primaries = [primary.v4, primary.v6].flatMap((source) => source === undefined ? [] : [source.address]);
  return { hostname: Deno.hostname(), primary: primaries, all: all.map(({ address }) => address) };
}

/** The URL by which others reach the manager; without `public_url` the best that this machine can tell. */
export function publicUrl(config: ManagerConfig, { hostname, primary }: MachineFacts, port: number): string {
  if (config.public_url !== "") return new URL(config.public_url).origin;
  const listen = listenOf(config);
  const host = WILDCARDS.includes(listen.host) ? primary[0] ?? hostname : listen.host;
  const scheme = listen.secure ? "https" : "http";
  return URL.parse(`${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`)?.origin ??
    `${scheme}://localhost:${port}`;
}

/** Names for the certificate. Addresses of IPv6 come and go with privacy extensions; link-local ones are of no use. */
export function namesInUse(config: ManagerConfig, { hostname, primary, all }: MachineFacts): NamesInUse {
  const listen = listenOf(config);
  const given = [config.public_url === "" ? "" : new URL(config.public_url).hostname, ...config.tls.names];
  const bound = WILDCARDS.includes(listen.host) ? "" : listen.host;
  const v4 = all.filter((address) => !address.includes(":"));
  const v6 = all.filter((address) => address.includes(":") && !/^fe[89ab]/i.test(address));
  const needed = [hostname, ...given, bound, "localhost", "127.0.0.1", "::1", ...primary.filter(isV4), ...v4];
  return { needed: [...new Set(needed.filter((name) => name !== ""))], besides: [...primary, ...v6] };
}

const isV4 = (address: string) => !address.includes(":");

export function listenOf(config: ManagerConfig): ListenUrl {
  // The schema lets nothing else through.
  return parseListenUrl(config.listen) ?? { secure: true, host: "127.0.0.1", port: 0 };
}

/** Whether only programs on this machine can reach the manager. */
export function isLocalOnly(config: ManagerConfig): boolean {
  return isLoopback(listenOf(config).host);
}
