import { AppError, HostSelector, type Secret } from "../../core/mod.ts";
import { durationOf } from "../../http/mod.ts";
import type { ApiToken, Caller, NewApiToken } from "../../protocol/mod.ts";
import { authorise, mayUse, scopeText, weakerRole } from "./authorise.ts";
import { noSuchUser, ownUser } from "./own_user.ts";
import type { ApiTokenRecord, UserRecord } from "./ports.ts";
import { hashOf, newId, newSecret } from "./secrets.ts";
import type { Tools } from "./tools.ts";

export interface MadeApiToken {
  readonly token: ApiToken;
  /** Shown this once: only its hash is kept. */
  readonly secret: Secret;
}

const DAY_MS = 86_400_000;
/** Of one that was made without saying how long it is to live. */
const DEFAULT_LIFE_MS = 90 * DAY_MS;
const MAX_LIFE_MS = 5 * 365 * DAY_MS;
const MAX_TOKENS = 100;

/** Secrets for programs, each a part of what its user may do. */
export class ApiTokens {
  readonly #tools: Tools;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  /** Role and scope are cut to the maker's here, and again at each use to what he has then. */
  async create(caller: Caller | null, wanted: NewApiToken): Promise<MadeApiToken> {
    const { userId } = ownUser(caller, "make API tokens");
    authorise(caller, "self.manage");
    const { store, clock, random, turns } = this.#tools;
    const scope = HostSelector.parse(scopeText([...caller.scopes, HostSelector.parse(wanted.scope ?? "").text])).text;
    const lifeMs = lifeOf(wanted.expiresIn);
    return await turns.run(async () => {
      const user = await store.users.get(userId);
      if (user === null) throw noSuchUser();
      await this.#checkRoom(userId, wanted.name);
      const secret = newSecret("apiToken", random);
      const createdMs = clock.nowMs();
      const record: ApiTokenRecord = {
        id: newId(random),
        name: wanted.name,
        userId,
        role: weakerRole(weakerRole(wanted.role, caller.role), user.role),
        scope,
        createdMs,
        expiresMs: createdMs + lifeMs,
        hash: hashOf(secret.reveal()),
      };
      await store.apiTokens.add(record);
      return { token: viewOf(record, user), secret };
    });
  }

  /** One's own; for who manages users those of all. The latest comes first. */
  async list(caller: Caller | null): Promise<ApiToken[]> {
    authorise(caller, "self.manage");
    const isManager = mayUse(caller, "user.manage");
    const { store } = this.#tools;
    const users = new Map((isManager ? await store.users.all() : []).map((user) => [user.id, user]));
    const own = caller.userId === null ? null : await store.users.get(caller.userId);
    if (own !== null) users.set(own.id, own);
    const views = (await store.apiTokens.all()).flatMap((record) => {
      const user = users.get(record.userId);
      return user === undefined ? [] : [viewOf(record, user)];
    });
    return views.toSorted((a, b) => b.createdMs - a.createdMs);
  }

  /** False when there is no such token, or it is not his. */
  async revoke(caller: Caller | null, id: string): Promise<boolean> {
    const { store, callers } = this.#tools;
    if (!mayUse(caller, "user.manage")) {
      const { userId } = ownUser(caller, "revoke API tokens");
      const own = await store.apiTokens.all();
      if (!own.some((token) => token.id === id && token.userId === userId)) return false;
    }
    const revoked = await store.apiTokens.remove(id);
    callers.changed();
    return revoked;
  }

  async #checkRoom(userId: string, name: string): Promise<void> {
    const own = (await this.#tools.store.apiTokens.all()).filter((token) => token.userId === userId);
    if (own.length >= MAX_TOKENS) {
      throw new AppError("conflict", `You have ${MAX_TOKENS} API tokens, which is the most; revoke one first`);
    }
    // The audit tells them by their names.
    if (own.some((token) => token.name === name)) {
      throw new AppError("conflict", `You have an API token ${name} already; revoke it or choose another name`, {
        details: { field: "name" },
      });
    }
  }
}

function lifeOf(expiresIn: string | undefined): number {
  const lifeMs = expiresIn === undefined ? DEFAULT_LIFE_MS : durationOf("expiresIn", expiresIn);
  if (lifeMs <= MAX_LIFE_MS) return lifeMs;
  throw new AppError("invalid_input", "expiresIn may be 1825d at most, so that a forgotten token ends some day");
}

function viewOf(record: ApiTokenRecord, user: UserRecord): ApiToken {
  const { id, name, userId, role, scope, createdMs, expiresMs, lastUsedMs } = record;
  return {
    ...{ id, name, userId, user: user.name, role, scope, createdMs },
    ...expiresMs !== undefined && { expiresMs },
    ...lastUsedMs !== undefined && { lastUsedMs },
  };
}
