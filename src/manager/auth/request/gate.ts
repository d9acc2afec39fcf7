import { AppError } from "../../../core/mod.ts";
import { type Admission, equalInConstantTime, type Gate } from "../../../http/mod.ts";
import type { Caller } from "../../../protocol/mod.ts";
import type { AddressRanges } from "./address_ranges.ts";
import { clientOf } from "./client.ts";
import { sessionCookie } from "./cookies.ts";
import { isLoopback } from "../../../platform/mod.ts";
import type { OwnNames } from "./own_names.ts";

export interface GatePorts {
  readonly callers: {
    recognise(secret: string, proof: "cookie" | "bearer", address: string): Promise<Caller | null>;
  };
  readonly names: OwnNames;
  readonly trustedProxies: AddressRanges;
}

const NOBODY: Admission = { access: "public", caller: null };
/** What the two kinds of bearers begin with; others are for the route to understand, such as a worker's. */
const OWN_BEARER = /^Bearer (fh[st]_\S*)$/i;

/**
 * Who asks. A bearer says so openly, and a wrong one is refused. A cookie is sent by the browser whoever has made it
 * ask, so changes by cookie need what only the manager's own page knows: the session's CSRF token, and its origin. A
 * cookie that opens nothing makes nobody of its sender, who can then sign in again.
 */
export function createGate({ callers, names, trustedProxies }: GatePorts): Gate {
  return async (request, connection) => {
    const client = clientOf(request, connection, trustedProxies);
    const bearer = OWN_BEARER.exec(request.headers.get("authorization") ?? "")?.[1];
    if (bearer !== undefined) {
      const caller = await callers.recognise(bearer, "bearer", client.address);
      if (caller !== null) return { access: "owner", caller };
      throw new AppError(
        "unauthorized",
        "This token opens nothing: it has expired, was revoked, or its user is disabled; sign in, or make a new one",
      );
    }
    if (isLoopback(connection.address) && !trustedProxies.has(connection.address)) names.checkHost(request);
    const isChange = request.method !== "GET" && request.method !== "HEAD";
    if (isChange) names.checkOrigin(request, client);
    const cookie = sessionCookie(request.headers, client.isSecure);
    const caller = cookie === null ? null : await callers.recognise(cookie, "cookie", client.address);
    if (caller === null) return NOBODY;
    if (isChange) checkCsrf(request, caller);
    return { access: "owner", caller };
  };
}

function checkCsrf(request: Request, { csrf }: Caller): void {
  const given = request.headers.get("x-csrf-token");
  if (given !== null && csrf !== null && csrf !== "" && equalInConstantTime(given, csrf)) return;
  throw new AppError("forbidden", "A change by cookie needs the header x-csrf-token of its session; reload the page");
}
