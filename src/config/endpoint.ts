/** A host and a port, as in `127.0.0.1:8081`, `[::1]:8081` or `:8081` (every address). */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

const FORM = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]*)):(\d{1,5})$/;

/** Reads `host:port`, or returns null for anything else, the empty text included. An empty host means every address. */
export function parseEndpoint(text: string): Endpoint | null {
  const match = FORM.exec(text);
  if (match === null) return null;
  const port = Number(match[3]);
  const host = match[1] ?? match[2] ?? "";
  return port <= 65_535 ? { host: host === "" ? "0.0.0.0" : host, port } : null;
}

/** True when only programs on the same machine can reach this host name. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, "").toLowerCase();
  return name === "localhost" || name === "::1" || /^127(\.\d{1,3}){3}$/.test(name);
}
