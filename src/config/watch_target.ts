import { parseEndpoint } from "./endpoint.ts";

/** What a check is, as far as its parts must fit together. */
export interface WatchParts {
  readonly type: "tcp" | "http" | "icmp" | "dns";
  readonly target: string;
  readonly status: readonly number[];
  readonly body: string;
  readonly headers_file: string;
  readonly method: string;
  readonly insecure: boolean;
  readonly expect: readonly string[];
  readonly server: string;
}

/** A host and a port; port is never 0. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

const HOST_NAME = /^(?!-)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?$/;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const MAX_NAME_LENGTH = 254;
const DNS_PORT = 53;

/**
 * What is wrong with a check beyond what the schema can tell of each key, as a clause that begins with the key; null
 * when nothing is. It never repeats the target or any text of the user, which may hold a password.
 */
export function watchProblem(options: WatchParts): string | null {
  const { type, status, body, headers_file, method, insecure, expect, server } = options;
  const isHttp = type === "http";
  const forHttp = [
    ["status", status.length > 0],
    ["body", body !== ""],
    ["headers_file", headers_file !== ""],
    ["insecure", insecure],
    ["method", method !== "GET"],
  ] as const;
  const strange = isHttp ? undefined : forHttp.find(([, isGiven]) => isGiven);
  if (strange !== undefined) return `${strange[0]} is for checks of type http only`;
  if (type !== "dns" && expect.length > 0) return "expect is for checks of type dns only";
  if (type !== "dns" && server !== "") return "server is for checks of type dns only";
  if (isHttp && method === "HEAD" && body !== "") return "body cannot match: an answer to HEAD has none";
  if (isHttp && patternOf(body) === null) return "body must be a regular expression";
  if (type === "dns" && server !== "" && parseServer(server) === null) {
    return "server must be an address, or an address and a port, such as 192.0.2.53:53";
  }
  return targetProblem(options);
}

function targetProblem({ type, target }: WatchParts): string | null {
  switch (type) {
    case "tcp":
      return parseHostPort(target) === null ? "target must be host:port, such as db:5432 or [2001:db8::1]:5432" : null;
    case "http":
      return parseUrl(target) === null ? "target must be a URL that begins with http:// or https://" : null;
    case "icmp":
      return isHost(target) ? null : "target must be a host name or an address, without a port";
    case "dns":
      return isName(target) ? null : "target must be a name to look up";
  }
}

/** What stands for the target where people see it: without user, password and query, which may hold secrets. */
export function shownTarget({ type, target }: WatchParts): string {
  if (type !== "http") return target.slice(target.lastIndexOf("@") + 1);
  const url = parseUrl(target);
  return url === null ? "" : `${url.origin}${url.pathname}`;
}

export function parseHostPort(text: string): HostPort | null {
  const endpoint = text.startsWith(":") ? null : parseEndpoint(text);
  return endpoint === null || endpoint.port === 0 || !isHost(endpoint.host) ? null : endpoint;
}

export function parseUrl(text: string): URL | null {
  const url = URL.parse(text);
  return url !== null && isWeb(url) && url.port !== "0" ? url : null;
}

export function isWeb(url: URL): boolean {
  return url.protocol === "http:" || url.protocol === "https:";
}

/** A name server: an address, with a port where it is not the usual one. */
export function parseServer(text: string): HostPort | null {
  if (isAddress(text)) return { host: text, port: DNS_PORT };
  const endpoint = parseHostPort(text);
  return endpoint !== null && isAddress(endpoint.host) ? endpoint : null;
}

export function patternOf(text: string): RegExp | null {
  try {
    return new RegExp(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isHost(text: string): boolean {
  return isAddress(text) || isName(text);
}

function isName(text: string): boolean {
  return text.length <= MAX_NAME_LENGTH && HOST_NAME.test(text) && !/^[\d.]+$/.test(text);
}

function isAddress(text: string): boolean {
  if (IPV4.test(text)) return text.split(".").every((part) => Number(part) <= 255);
  const [address = ""] = text.split("%"); // a zone may follow
  return address.includes(":") && URL.canParse(`http://[${address}]/`);
}
