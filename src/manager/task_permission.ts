import type { Selectable } from "../core/mod.ts";
import { type Caller, type Operation, routeAccess } from "../protocol/mod.ts";
import { LOCAL_CALLER, mayUse, weakerRole } from "./auth/mod.ts";
import type { Store } from "./store/mod.ts";

export interface PermissionPorts {
  readonly store: Pick<Store, "users" | "apiTokens">;
  readonly nowMs: () => number;
}

/** What of a caller's name says that it is an API token's: `token:ada/ci`. */
const TOKEN = /^token:([^/]+)\/(.+)$/s;

/**
 * Whether whoever made a task may still have that done on this host: null, or why not. A task may wait for days, and who
 * made it may have lost his rights meanwhile.
 */
export async function taskRefusal(
  ports: PermissionPorts,
  createdBy: string,
  { method, path }: Operation,
  host: Selectable,
): Promise<string | null> {
  const access = routeAccess(method, path.split("?")[0] ?? "");
  if (access === null) return `no host may be asked ${method} ${path} by its manager`;
  const callers = createdBy === LOCAL_CALLER.actor ? [LOCAL_CALLER] : await callersNamed(ports, createdBy);
  if (callers.length === 0) return `${createdBy}, who made it, is not let in any more`;
  if (callers.some((caller) => mayUse(caller, access.verb, host))) return null;
  return `${createdBy}, who made it, may not do ${access.verb} there any more`;
}

/** With the rights that they have now; several where one user has given tokens the same name. */
async function callersNamed({ store, nowMs }: PermissionPorts, actor: string): Promise<Caller[]> {
  const [, userName = actor, tokenName] = TOKEN.exec(actor) ?? [];
  const user = await store.users.byName(userName);
  if (user === null || user.disabled) return [];
  const own: Caller = {
    ...LOCAL_CALLER,
    actor,
    kind: "session",
    userId: user.id,
    role: user.role,
    scopes: [user.scope],
  };
  if (tokenName === undefined) return [own];
  const tokens = (await store.apiTokens.all()).filter(({ userId, name, expiresMs }) =>
    userId === user.id && name === tokenName && (expiresMs === undefined || expiresMs > nowMs())
  );
  return tokens.map(({ role, scope }) => ({
    ...own,
    kind: "token",
    role: weakerRole(user.role, role),
    scopes: [user.scope, scope],
  }));
}
