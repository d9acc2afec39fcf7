import type { Clock } from "../../core/mod.ts";
import { createStateLog, type Logger, type StateLog } from "../../log/mod.ts";
import type { Caller } from "../../protocol/mod.ts";
import { weakerRole } from "./authorise.ts";
import { BoundedMap } from "./bounded_map.ts";
import type { AuthStore, UserRecord } from "./ports.ts";
import { hashOf, looksLike } from "./secrets.ts";

/** By what a caller proves who he is. A cookie is a session's secret too, but needs the CSRF token for changes. */
export type Proof = "cookie" | "bearer";

export interface CallersOptions {
  readonly store: Pick<AuthStore, "users" | "sessions" | "apiTokens">;
  readonly clock: Clock;
  readonly log: Logger;
  readonly sessionIdleMs: number;
  readonly sessionMaxMs: number;
}

/** What a secret stands for, as the store has said a moment ago. */
interface Known {
  readonly caller: Omit<Caller, "address">;
  readonly tokenName: string | null;
  readonly recordId: string;
  readonly createdMs: number;
  seenMs: number;
  /** Null for never. */
  expiresMs: number | null;
  /** Of the monotonic clock: the store is asked again after that. */
  readonly freshUntilMs: number;
}

/** How a caller was recognised, for recognising him again. */
interface Trace {
  readonly hash: string;
  readonly kind: "session" | "apiToken";
  readonly proof: Proof;
  readonly tokenName: string | null;
}

/** How long another manager's change of the same database may go unnoticed. */
const FRESH_MS = 5_000;
const MAX_KNOWN = 5_000;
const SEEN_EVERY_MS = 60_000;

/**
 * Turns secrets into callers. What was found is kept for some seconds, since a console or a script asks many times a
 * second; every change made here drops all of it at once, so whoever is shut out is shut out by his next request.
 */
export class Callers {
  readonly #options: CallersOptions;
  readonly #known = new BoundedMap<string, Known>(MAX_KNOWN);
  readonly #traces = new WeakMap<Caller, Trace>();
  readonly #listeners = new Set<() => void>();
  readonly #noting: StateLog;
  /** Grows with each change: what was read before one is not kept after it. */
  #generation = 0;

  constructor(options: CallersOptions) {
    this.#options = options;
    this.#noting = createStateLog(options.log, options.clock, "noting when sessions and tokens were last used");
  }

  get size(): number {
    return this.#known.size;
  }

  /** Null for a secret that opens nothing: never made, expired, revoked, or its user disabled. */
  recognise(secret: string, proof: Proof, address: string): Promise<Caller | null> {
    const kind = looksLike("session", secret) ? "session" : looksLike("apiToken", secret) ? "apiToken" : null;
    if (kind === null || (proof === "cookie" && kind !== "session")) return Promise.resolve(null);
    return this.#byHash(hashOf(secret), kind, proof, address);
  }

  /** The same caller with the rights that he has now, or null: for what goes on for long after it was let in. */
  current(caller: Caller): Promise<Caller | null> {
    if (caller.kind === "local") return Promise.resolve(caller);
    const trace = this.#traces.get(caller);
    if (trace === undefined) return Promise.resolve(null);
    return this.#byHash(trace.hash, trace.kind, trace.proof, caller.address);
  }

  tokenName(caller: Caller): string | null {
    return this.#traces.get(caller)?.tokenName ?? null;
  }

  /** To be called after each change of users, sessions or tokens. */
  changed(): void {
    this.#generation++;
    this.#known.clear();
    for (const listener of this.#listeners) listener();
  }

  /** Told after each change, so that what is open can ask `current` again. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async #byHash(hash: string, kind: Trace["kind"], proof: Proof, address: string): Promise<Caller | null> {
    const { clock } = this.#options;
    let known = this.#known.get(hash);
    if (known === undefined || known.freshUntilMs <= clock.monotonicMs()) {
      const generation = this.#generation;
      known = await (kind === "session" ? this.#session(hash) : this.#apiToken(hash)) ?? undefined;
      if (known === undefined) this.#known.delete(hash);
      else if (generation === this.#generation) this.#known.set(hash, known);
    }
    const nowMs = clock.nowMs();
    if (known === undefined || isOver(known, nowMs)) return null;
    if (Math.abs(nowMs - known.seenMs) >= SEEN_EVERY_MS) await this.#seen(known, kind, nowMs);
    const caller = { ...known.caller, csrf: proof === "cookie" ? known.caller.csrf : null, address };
    this.#traces.set(caller, { hash, kind, proof, tokenName: known.tokenName });
    return caller;
  }

  async #session(hash: string): Promise<Known | null> {
    const { store, clock, sessionMaxMs } = this.#options;
    const session = await store.sessions.byHash(hash);
    const user = session === null ? null : await this.#user(session.userId);
    if (session === null || user === null) return null;
    const { id, csrf, createdMs, lastSeenMs, expiresMs } = session;
    return {
      caller: {
        ...{ actor: user.name, kind: "session", userId: user.id, role: user.role },
        ...{ scopes: scopesOf(user.scope), sessionId: id, csrf },
      },
      tokenName: null,
      recordId: id,
      createdMs,
      seenMs: lastSeenMs,
      // A maximum that was shortened since then holds for old sessions too.
      expiresMs: Math.min(expiresMs, createdMs + sessionMaxMs),
      freshUntilMs: clock.monotonicMs() + FRESH_MS,
    };
  }

  async #apiToken(hash: string): Promise<Known | null> {
    const { store, clock } = this.#options;
    const token = await store.apiTokens.byHash(hash);
    const user = token === null ? null : await this.#user(token.userId);
    if (token === null || user === null) return null;
    return {
      caller: {
        // With the user's name, since two users may call their tokens the same.
        ...{ actor: `token:${user.name}/${token.name}`, kind: "token", userId: user.id },
        ...{ role: weakerRole(user.role, token.role), scopes: scopesOf(user.scope, token.scope) },
        ...{ sessionId: null, csrf: null },
      },
      tokenName: token.name,
      recordId: token.id,
      createdMs: token.createdMs,
      seenMs: token.lastUsedMs ?? 0,
      expiresMs: token.expiresMs ?? null,
      freshUntilMs: clock.monotonicMs() + FRESH_MS,
    };
  }

  async #user(id: string): Promise<UserRecord | null> {
    const user = await this.#options.store.users.get(id);
    return user === null || user.disabled ? null : user;
  }

  /** Marked before it is written, so that of many requests at once one writes. */
  async #seen(known: Known, kind: Trace["kind"], nowMs: number): Promise<void> {
    const { store, sessionIdleMs, sessionMaxMs } = this.#options;
    known.seenMs = nowMs;
    try {
      if (kind === "apiToken") await store.apiTokens.used(known.recordId, nowMs);
      else {
        known.expiresMs = Math.min(nowMs + sessionIdleMs, known.createdMs + sessionMaxMs);
        await store.sessions.seen(known.recordId, nowMs, known.expiresMs);
      }
      this.#noting.recovered();
    } catch (error) {
      // It is for display and for the session's expiry; the request can do without.
      this.#noting.failed("the store refused", { error });
    }
  }
}

function isOver({ expiresMs }: Known, nowMs: number): boolean {
  return expiresMs !== null && nowMs >= expiresMs;
}

function scopesOf(...scopes: readonly string[]): readonly string[] {
  return scopes.filter((scope) => scope.trim() !== "");
}
