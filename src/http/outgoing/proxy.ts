import { isIP } from "node:net";
import { AppError, Secret } from "../../core/mod.ts";
import { isLoopbackHost, type ServerAddress, serverOf, unescaped } from "./web_address.ts";

/** Through whom a connection goes. */
export interface ProxyAddress extends ServerAddress {
  /** Without user and password: it may be shown. */
  readonly url: string;
  readonly kind: "http" | "https" | "socks5";
  readonly login: { readonly username: string; readonly password: Secret } | null;
}

const KINDS: Readonly<Record<string, ProxyAddress["kind"]>> = {
  "http:": "http",
  "https:": "https",
  "socks5:": "socks5",
  "socks5h:": "socks5",
};
const USUAL_PORTS: Readonly<Record<ProxyAddress["kind"], number>> = { http: 80, https: 443, socks5: 1080 };
const MAX_NAMES = 1_000;

/**
 * The proxy that the environment names for encrypted connections to this server, as curl reads it: https_proxy, then
 * all_proxy, each in small letters first; no_proxy has the exceptions. Null for none. This host is never reached through
 * another one.
 */
export function proxyFor(target: URL, env: (name: string) => string | undefined): ProxyAddress | null {
  const server = serverOf(new URL(`https://${target.host}`));
  if (isLoopbackHost(server.host)) return null;
  const named = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].find((name) => (env(name) ?? "") !== "");
  if (named === undefined || isExcepted(server, env("no_proxy") ?? env("NO_PROXY") ?? "")) return null;
  return parseProxy(named, env(named) ?? "");
}

function parseProxy(name: string, text: string): ProxyAddress {
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  const kind = url === null ? undefined : KINDS[url.protocol];
  if (url === null || kind === undefined || url.hostname === "") {
    // The text may hold a password.
    throw new AppError("invalid_config", `The variable ${name} must be a proxy such as http://proxy.example.com:3128`);
  }
  const { host } = serverOf(url);
  const port = url.port === "" ? USUAL_PORTS[kind] : Number(url.port);
  const login = url.username === "" && url.password === ""
    ? null
    : { username: unescaped(url.username), password: new Secret(unescaped(url.password)) };
  return { url: `${url.protocol}//${url.hostname}:${port}`, kind, host, port, login };
}

/** Names with all that is below them, addresses, networks, each with or without a port; `*` for everything. */
function isExcepted({ host, port }: ServerAddress, list: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, "");
  return list.split(/[\s,]+/, MAX_NAMES).some((entry) => entry !== "" && fits(entry.toLowerCase(), name, port));
}

function fits(entry: string, host: string, port: number): boolean {
  if (entry === "*") return true;
  const withPort = /^(\[[^\]]+\]|[^:]+):(\d{1,5})$/.exec(entry);
  if (withPort !== null && Number(withPort[2]) !== port) return false;
  const wanted = (withPort?.[1] ?? entry).replace(/^\[(.*)\]$/, "$1");
  if (wanted.includes("/")) return isInNetwork(host, wanted);
  if (isIP(host) !== 0) return wanted === host;
  const domain = wanted.replace(/^\*?\./, "").replace(/\.$/, "");
  return domain !== "" && (host === domain || host.endsWith(`.${domain}`));
}

function isInNetwork(host: string, network: string): boolean {
  const [base = "", bits = ""] = network.split("/");
  if (isIP(host) !== 4 || isIP(base) !== 4 || !/^\d{1,2}$/.test(bits) || Number(bits) > 32) return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(numberOf(host) / size) === Math.floor(numberOf(base) / size);
}

function numberOf(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** As the runtime's clients take it. */
export function clientProxy({ url, kind, login }: ProxyAddress): NonNullable<Deno.CreateHttpClientOptions["proxy"]> {
  return {
    transport: kind,
    url,
    ...(login !== null && { basicAuth: { username: login.username, password: login.password.reveal() } }),
  };
}
