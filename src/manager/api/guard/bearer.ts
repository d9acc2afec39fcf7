import { AppError, type Secret } from "../../../core/mod.ts";
import { equalInConstantTime } from "../../../http/mod.ts";

/** For what has a token of its own besides those of users: workers, scrapers. The gate leaves such tokens to the route. */
export function bearerIs(headers: Headers, token: Secret): boolean {
  const given = /^Bearer (\S+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  return given !== undefined && equalInConstantTime(given, token.reveal());
}

export function requireBearer(headers: Headers, token: Secret, whose: string): void {
  if (bearerIs(headers, token)) return;
  throw new AppError("unauthorized", `This needs the bearer token of ${whose}, which the manager's config names`);
}
