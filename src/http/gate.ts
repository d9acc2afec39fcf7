import { AppError, type Secret } from "../core/mod.ts";

/** How far a request is let in: `owner` may use every route, `public` the public ones only. */
export type Access = "public" | "owner";

/** Where a request comes from. */
export interface Connection {
  /** The other end's IP address; "" where it has none, as on a Unix socket. */
  readonly address: string;
}

/** What the gate has found out. The caller is for the routes to understand; the kit hands it on as it is. */
export interface Admission {
  readonly access: Access;
  readonly caller: unknown;
}

/** Decides about a request before any route sees it; throws an AppError to turn it away. */
export type Gate = (request: Request, connection: Connection) => Access | Admission | Promise<Admission>;

/** A gate that needs nothing but the request. */
export type SyncGate = (request: Request) => Access;

/** For a transport that only the owner can open, such as a Unix socket of mode 0600. */
export const trustedGate: SyncGate = () => "owner";

/**
 * For an address that serves one thing to other hosts, whatever name they call it by: with a token its bearer only,
 * without one everybody. What a web page of another origin asks for it cannot read, since no answer permits that.
 */
export function bearerGate(token: Secret | undefined): SyncGate {
  return (request) => token === undefined || bearerIs(request, token) ? "owner" : "public";
}

export interface TcpGateOptions {
  /** The host that the server listens on. */
  readonly hostname: string;
  /** Gives its bearer owner access. Without one, nobody gets it over this address. */
  readonly token?: Secret | undefined;
}

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"] as const;

/**
 * For a TCP address, where any local user and, through the browser, any web page may knock. The Host header must name
 * this address, so a rebound DNS name gets nowhere, unless the token is sent, which no web page knows; an Origin, when
 * sent, must be this address too.
 */
export function tcpGate({ hostname, token }: TcpGateOptions): SyncGate {
  const own = URL.parse(`http://${hostname.includes(":") ? `[${hostname}]` : hostname}`)?.hostname ?? hostname;
  const everywhere = own === "0.0.0.0" || own === "[::]";
  const names = new Set<string>([...LOOPBACK_NAMES, own]);
  const known = (name: string) => names.has(name) || (everywhere && isAddress(name));
  return (request) => {
    // HTTP/2 has no such header; what it has instead is in the URL.
    const asked = URL.parse(`http://${request.headers.get("host") ?? new URL(request.url).host}`);
    const isOwner = bearerIs(request, token);
    if (asked === null || !(isOwner || known(asked.hostname))) {
      throw new AppError("forbidden", "The Host header does not name this agent; use the address that it listens on");
    }
    const origin = request.headers.get("origin");
    if (origin !== null && URL.parse(origin)?.host !== asked.host) {
      throw new AppError("forbidden", "Requests from web pages of another origin are not accepted");
    }
    return isOwner ? "owner" : "public";
  };
}

/** An IP literal cannot be rebound, so any of them may name a server that listens on all addresses. */
function isAddress(name: string): boolean {
  return name.startsWith("[") || /^\d+\.\d+\.\d+\.\d+$/.test(name);
}

function bearerIs(request: Request, token: Secret | undefined): boolean {
  const header = request.headers.get("authorization");
  if (header === null) return false;
  const given = /^Bearer (\S+)$/.exec(header)?.[1];
  if (token === undefined || given === undefined || !equalInConstantTime(given, token.reveal())) {
    throw new AppError("unauthorized", "The bearer token is not the one in this address's token_file");
  }
  return true;
}

/** Compares without telling by its duration where two texts begin to differ. */
export function equalInConstantTime(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i % b.length);
  return difference === 0;
}
