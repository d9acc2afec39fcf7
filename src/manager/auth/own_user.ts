import { AppError } from "../../core/mod.ts";
import type { Caller, User } from "../../protocol/mod.ts";
import { authorise } from "./authorise.ts";
import type { UserRecord } from "./ports.ts";

/** Whose own things are meant: those of a user who has signed in. */
export interface OwnUser {
  readonly userId: string;
  readonly sessionId: string;
}

/**
 * A token that leaks must not turn into something that lasts: so passwords, sessions and API tokens are their user's to
 * change, signed in, never an API token's.
 */
export function ownUser(caller: Caller | null, what: string): OwnUser {
  authorise(caller, "self.manage");
  const { kind, userId, sessionId } = caller;
  if (kind === "session" && userId !== null && sessionId !== null) return { userId, sessionId };
  throw new AppError("forbidden", `Only a user who has signed in can ${what}; this is ${caller.actor}`);
}

/** Field by field, so that nothing else of the record ever leaves. */
export function viewOf({ id, name, role, scope, disabled, createdMs, lastLoginMs }: UserRecord): User {
  return { id, name, role, scope, disabled, createdMs, ...lastLoginMs !== undefined && { lastLoginMs } };
}

export function noSuchUser(): AppError {
  return new AppError("not_found", "There is no such user; it may have been removed");
}
