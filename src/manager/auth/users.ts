import { AppError, HostSelector } from "../../core/mod.ts";
import type { Caller, NewUser, PasswordChange, User, UserPatch } from "../../protocol/mod.ts";
import { authorise, isUnscoped } from "./authorise.ts";
import { noSuchUser, ownUser, viewOf } from "./own_user.ts";
import { checkNewPassword, checkUserName } from "./passwords/rules.ts";
import type { UserChange, UserRecord } from "./ports.ts";
import { newId } from "./secrets.ts";
import type { Tools } from "./tools.ts";

/**
 * Users, kept by admins without a scope; one with a scope could otherwise make himself a user beyond it. One such admin
 * who is not disabled always remains, or nobody could manage users any more.
 */
export class Users {
  readonly #tools: Tools;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  async list(caller: Caller | null): Promise<User[]> {
    authorise(caller, "user.manage");
    const users = await this.#tools.store.users.all();
    return users.map(viewOf).toSorted((a, b) => a.name < b.name ? -1 : 1);
  }

  /** Himself, or for who manages users any. */
  async get(caller: Caller | null, id: string): Promise<User> {
    authorise(caller, caller?.userId === id ? "self.manage" : "user.manage");
    return viewOf(await this.#find(id));
  }

  async create(caller: Caller | null, user: NewUser, signal?: AbortSignal): Promise<User> {
    authorise(caller, "user.manage");
    return await createUser(this.#tools, user, signal);
  }

  /**
   * Another password, and disabling, end all sessions of the user at once; another role or scope holds from his next
   * request on. API tokens stay, cut to what he has then.
   */
  async change(caller: Caller | null, id: string, patch: UserPatch, signal?: AbortSignal): Promise<User> {
    authorise(caller, "user.manage");
    const { store, callers, passwords, turns } = this.#tools;
    const { password } = patch;
    if (password !== undefined) {
      if (id === caller.userId) {
        throw new AppError("invalid_input", "Change your own password by giving the current one");
      }
      checkNewPassword(password, (await this.#find(id)).name);
    }
    const passwordHash = password === undefined ? undefined : await passwords.hash(password, signal);
    return await turns.run(async () => {
      const before = await this.#find(id);
      const change = changeOf(patch, passwordHash);
      if (Object.keys(change).length === 0) return viewOf(before);
      const after = { ...before, ...change };
      await this.#keepAnAdmin(before, after);
      if (!await store.users.change(id, change)) throw noSuchUser();
      // Also where removing them fails: a disabled user's sessions are not recognised any more.
      callers.changed();
      if (after.disabled || passwordHash !== undefined) await store.sessions.removeOthers(id, null);
      callers.changed();
      return viewOf(after);
    });
  }

  /** With his sessions and API tokens. Gives who he was. */
  async remove(caller: Caller | null, id: string): Promise<User> {
    authorise(caller, "user.manage");
    const { store, callers, turns } = this.#tools;
    return await turns.run(async () => {
      const user = await this.#find(id);
      await this.#keepAnAdmin(user, null);
      if (!await store.users.remove(id)) throw noSuchUser();
      callers.changed();
      return viewOf(user);
    });
  }

  /** One's own password; whoever else is signed in as this user, by the old one, is not any more. */
  async changePassword(
    caller: Caller | null,
    { current, next }: PasswordChange,
    signal?: AbortSignal,
  ): Promise<void> {
    const { userId, sessionId } = ownUser(caller, "change the password");
    const { store, callers, passwords, turns } = this.#tools;
    const user = await this.#find(userId);
    checkNewPassword(next, user.name);
    await this.#checkCurrent(user, caller?.address ?? "", current, signal);
    const passwordHash = await passwords.hash(next, signal);
    await turns.run(async () => {
      const now = await this.#find(userId);
      if (now.passwordHash !== user.passwordHash) {
        throw new AppError("conflict", "The password was changed by somebody else meanwhile; sign in again");
      }
      await store.users.change(userId, { passwordHash });
      await store.sessions.removeOthers(userId, sessionId);
      callers.changed();
    });
  }

  /** As throttled as a login, since it is one for who has got hold of an open session. */
  async #checkCurrent(user: UserRecord, address: string, password: string, signal?: AbortSignal): Promise<void> {
    const { passwords, throttle } = this.#tools;
    const attempt = throttle.begin(user.name, address);
    let outcome: "failed" | "succeeded" | "abandoned" = "abandoned";
    try {
      const { isRight } = await passwords.verify(password, user.passwordHash, signal);
      outcome = isRight ? "succeeded" : "failed";
    } finally {
      attempt.ended(outcome);
    }
    if (outcome === "failed") throw new AppError("forbidden", "The current password is wrong, so it was not changed");
  }

  async #find(id: string): Promise<UserRecord> {
    const user = await this.#tools.store.users.get(id);
    if (user === null) throw noSuchUser();
    return user;
  }

  async #keepAnAdmin(before: UserRecord, after: UserRecord | null): Promise<void> {
    if (!isFullAdmin(before) || (after !== null && isFullAdmin(after))) return;
    const users = await this.#tools.store.users.all();
    if (users.some((user) => user.id !== before.id && isFullAdmin(user))) return;
    throw new AppError(
      "conflict",
      `${before.name} is the last admin of all hosts; make another one before this one goes or has less`,
      { details: { rule: "last_admin" } },
    );
  }
}

/** For whoever has made sure that it may be done. */
export async function createUser(
  { store, clock, random, passwords, turns }: Pick<Tools, "store" | "clock" | "random" | "passwords" | "turns">,
  { name, password, role, scope = "" }: NewUser,
  signal?: AbortSignal,
  /** Asked in its turn; throws where it must not be any more. */
  isAllowed: () => Promise<void> = () => Promise.resolve(),
): Promise<User> {
  checkUserName(name);
  checkNewPassword(password, name);
  const selector = HostSelector.parse(scope);
  const passwordHash = await passwords.hash(password, signal);
  const createdMs = clock.nowMs();
  const user = { id: newId(random), name, role, scope: selector.text, disabled: false, createdMs, passwordHash };
  await turns.run(async () => {
    await isAllowed();
    if (await store.users.byName(name) !== null) {
      throw new AppError("conflict", `There is a user ${name} already; choose another name`, {
        details: { field: "name" },
      });
    }
    await store.users.add(user);
  });
  return viewOf(user);
}

function changeOf({ role, scope, disabled }: UserPatch, passwordHash: string | undefined): UserChange {
  return {
    ...role !== undefined && { role },
    ...scope !== undefined && { scope: HostSelector.parse(scope).text },
    ...disabled !== undefined && { disabled },
    ...passwordHash !== undefined && { passwordHash },
  };
}

function isFullAdmin({ role, disabled, scope }: UserRecord): boolean {
  return role === "admin" && !disabled && isUnscoped([scope]);
}
