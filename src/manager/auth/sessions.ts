import type { Caller, SessionView } from "../../protocol/mod.ts";
import { authorise, mayUse } from "./authorise.ts";
import { noSuchUser, ownUser } from "./own_user.ts";
import type { Tools } from "./tools.ts";

/** Who is signed in from where, and how to end that. */
export class Sessions {
  readonly #tools: Tools;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  /** One's own, or for who manages users those of a user. The one used latest comes first. */
  async list(caller: Caller | null, ofUserId?: string): Promise<SessionView[]> {
    authorise(caller, "self.manage");
    const userId = ofUserId ?? caller.userId;
    if (userId !== caller.userId) authorise(caller, "user.manage");
    if (userId === null) return [];
    const { store, clock } = this.#tools;
    const user = await store.users.get(userId);
    if (user === null) throw noSuchUser();
    const nowMs = clock.nowMs();
    const alive = (await store.sessions.ofUser(userId)).filter(({ expiresMs }) => expiresMs > nowMs);
    return alive.toSorted((a, b) => b.lastSeenMs - a.lastSeenMs).map((session) => {
      const { id, createdMs, expiresMs, lastSeenMs, address, userAgent } = session;
      const current = id === caller.sessionId;
      return { id, userId, user: user.name, createdMs, expiresMs, lastSeenMs, address, userAgent, current };
    });
  }

  /** Ends one of one's own; who manages users can end any. False when there is no such session, or it is not his. */
  async revoke(caller: Caller | null, id: string): Promise<boolean> {
    const { store, callers } = this.#tools;
    if (!mayUse(caller, "user.manage")) {
      const own = await store.sessions.ofUser(ownUser(caller, "end sessions").userId);
      if (!own.some((session) => session.id === id)) return false;
    }
    const revoked = await store.sessions.remove(id);
    callers.changed();
    return revoked;
  }

  /** Ends all of one's own but the one that asks; gives how many. */
  async revokeOthers(caller: Caller | null): Promise<number> {
    const { userId, sessionId } = ownUser(caller, "end sessions");
    const { store, callers } = this.#tools;
    const count = await store.sessions.removeOthers(userId, sessionId);
    callers.changed();
    return count;
  }

  /** Ends the session that asks, if it is one. */
  async end(caller: Caller | null): Promise<boolean> {
    if (caller?.sessionId === undefined || caller.sessionId === null) return false;
    const { store, callers } = this.#tools;
    const ended = await store.sessions.remove(caller.sessionId);
    callers.changed();
    return ended;
  }
}
