import { type RouteAccess, routeAccess } from "../../../protocol/mod.ts";

/** A request to a host's own control API. */
export interface AgentTarget {
  readonly access: RouteAccess;
  /** With the query, as it is sent. */
  readonly path: string;
  /** What was matched, for people: without the query, decoded. */
  readonly shown: string;
}

const ORIGIN = "http://tunnel";

/**
 * What may be asked of a host by this method and path, or null. The agent decodes the path before it looks for its
 * route; so one that reads as another route once it is decoded, or is made of more parts then, is refused.
 */
export function agentTarget(method: string, path: string): AgentTarget | null {
  if (!path.startsWith("/") || path.startsWith("//")) return null;
  const url = URL.parse(path, ORIGIN);
  if (url === null || url.origin !== ORIGIN || url.hash !== "") return null;
  const decoded = decodedParts(url.pathname);
  if (decoded === null) return null;
  const access = routeAccess(method, url.pathname);
  if (access === null || access !== routeAccess(method, decoded)) return null;
  return { access, path: url.pathname + url.search, shown: decoded };
}

/** What follows `/agent` in the address of a request to the manager, or null where the address is not that. */
export function partAfterAgent(requestUrl: string, hostName: string): string | null {
  const { pathname, search } = new URL(requestUrl);
  const [empty, api, version, hosts, host = "", agent, ...rest] = pathname.split("/");
  const isOurs = [empty, api, version, hosts, agent].join("/") === "/api/v1/hosts/agent";
  return isOurs && decoded(host) === hostName && rest.length > 0 ? `/${rest.join("/")}${search}` : null;
}

function decodedParts(pathname: string): string | null {
  const parts = pathname.split("/").map(decoded);
  const isPlain = parts.every((part) => part !== null && part !== "." && part !== ".." && !/[/\\\p{Cc}]/u.test(part));
  return isPlain ? parts.join("/") : null;
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null; // it is not UTF-8, so nobody could say how the agent reads it
  }
}
