import { AppError, type Secret } from "../../core/mod.ts";
import { durationOf } from "../../http/mod.ts";
import type { Caller, JoinToken, NewJoinToken } from "../../protocol/mod.ts";
import { authorise } from "./authorise.ts";
import type { JoinTokenRecord } from "./ports.ts";
import { hashOf, looksLike, newId, newSecret } from "./secrets.ts";
import type { Tools } from "./tools.ts";

export interface MadeJoinToken {
  readonly token: JoinToken;
  readonly secret: Secret;
}

const DAY_MS = 86_400_000;
const MAX_LIFE_MS = 365 * DAY_MS;
const MAX_TOKENS = 1_000;

/** What hosts enrol by: each for so many of them, for so long, with the labels that they get. */
export class JoinTokens {
  readonly #tools: Tools;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  /** For one host and a day, if nothing else is said. */
  async create(caller: Caller | null, wanted: NewJoinToken): Promise<MadeJoinToken> {
    authorise(caller, "join.manage");
    const { store, clock, random } = this.#tools;
    const lifeMs = wanted.expiresIn === undefined ? DAY_MS : durationOf("expiresIn", wanted.expiresIn);
    if (lifeMs > MAX_LIFE_MS) throw new AppError("invalid_input", "expiresIn of a join token may be 365d at most");
    if ((await store.joinTokens.all()).length >= MAX_TOKENS) {
      throw new AppError("conflict", `There are ${MAX_TOKENS} join tokens, which is the most; wait until some expire`);
    }
    const secret = newSecret("joinToken", random);
    const createdMs = clock.nowMs();
    const record: JoinTokenRecord = {
      id: newId(random),
      name: wanted.name ?? `of ${caller.actor}`,
      createdMs,
      createdBy: caller.actor,
      expiresMs: createdMs + lifeMs,
      maxUses: wanted.maxUses ?? 1,
      uses: 0,
      labels: { ...wanted.labels },
      revoked: false,
      hash: hashOf(secret.reveal()),
    };
    await store.joinTokens.add(record);
    return { token: viewOf(record), secret };
  }

  /** The latest comes first. */
  async list(caller: Caller | null): Promise<JoinToken[]> {
    authorise(caller, "join.manage");
    return (await this.#tools.store.joinTokens.all()).map(viewOf).toSorted((a, b) => b.createdMs - a.createdMs);
  }

  /** False when there is no such token. */
  async revoke(caller: Caller | null, id: string): Promise<boolean> {
    authorise(caller, "join.manage");
    return await this.#tools.store.joinTokens.revoke(id);
  }

  /** Counts one enrolment by it. Throws `unauthorized` for one that is not good, without telling why. */
  async use(secret: string): Promise<JoinToken> {
    const { store, clock } = this.#tools;
    const record = looksLike("joinToken", secret) ? await store.joinTokens.use(hashOf(secret), clock.nowMs()) : null;
    if (record !== null) return viewOf(record);
    throw new AppError(
      "unauthorized",
      "The join token is not good: it is unknown, has expired, is used up or was revoked; make a new one",
    );
  }
}

function viewOf(record: JoinTokenRecord): JoinToken {
  const { id, name, createdMs, createdBy, expiresMs, maxUses, uses, labels, revoked } = record;
  return { id, name, createdMs, createdBy, expiresMs, maxUses, uses, labels, revoked };
}
