import type { Clock } from "../../core/mod.ts";
import type { Logger } from "../../log/mod.ts";
import type { ApiToken, JoinToken, User } from "../../protocol/mod.ts";
import type { ScryptCost } from "./passwords/scrypt.ts";

/** What auth needs kept. The manager's store is one of these; each method answers once what it has changed is safe. */
export interface AuthStore {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly apiTokens: ApiTokenStore;
  readonly joinTokens: JoinTokenStore;
  readonly facts: FactStore;
}

export interface UserRecord extends User {
  /** Scheme, parameters, salt and hash in one text: see passwords/scrypt.ts. */
  readonly passwordHash: string;
}
export type UserChange = Partial<Omit<UserRecord, "id" | "createdMs">>;
export interface UserStore {
  /** Names are unique: a taken one is `conflict`. */
  add(user: UserRecord): Promise<void>;
  get(id: string): Promise<UserRecord | null>;
  byName(name: string): Promise<UserRecord | null>;
  all(): Promise<UserRecord[]>;
  change(id: string, change: UserChange): Promise<boolean>;
  /** With his sessions and API tokens. */
  remove(id: string): Promise<boolean>;
}

export interface SessionRecord {
  readonly id: string;
  /** SHA-256 of the secret, hex. */
  readonly hash: string;
  readonly userId: string;
  readonly csrf: string;
  readonly createdMs: number;
  readonly expiresMs: number;
  readonly lastSeenMs: number;
  readonly address: string;
  readonly userAgent: string;
}
export interface SessionStore {
  add(session: SessionRecord): Promise<void>;
  byHash(hash: string): Promise<SessionRecord | null>;
  ofUser(userId: string): Promise<SessionRecord[]>;
  seen(id: string, lastSeenMs: number, expiresMs: number): Promise<void>;
  remove(id: string): Promise<boolean>;
  /** All of a user but one. */
  removeOthers(userId: string, exceptId: string | null): Promise<number>;
  removeExpired(beforeMs: number): Promise<number>;
}

export interface ApiTokenRecord extends Omit<ApiToken, "user"> {
  readonly hash: string;
}
export interface ApiTokenStore {
  add(token: ApiTokenRecord): Promise<void>;
  byHash(hash: string): Promise<ApiTokenRecord | null>;
  all(): Promise<ApiTokenRecord[]>;
  used(id: string, lastUsedMs: number): Promise<void>;
  remove(id: string): Promise<boolean>;
}

export interface JoinTokenRecord extends JoinToken {
  readonly hash: string;
}
export interface JoinTokenStore {
  add(token: JoinTokenRecord): Promise<void>;
  all(): Promise<JoinTokenRecord[]>;
  /** Counts one use in the same step in which it finds the token good; null when it is not. */
  use(hash: string, nowMs: number): Promise<JoinTokenRecord | null>;
  revoke(id: string): Promise<boolean>;
  removeExpired(beforeMs: number): Promise<number>;
}

export interface FactStore {
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** So many bytes that nobody can foretell. */
export type Random = (bytes: number) => Uint8Array;

export interface AuthOptions {
  readonly store: AuthStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where people reach the manager, such as `https://manager.example:8443`; pages of these may ask for changes. */
  readonly origins?: () => readonly string[];
  /** Further names by which this machine may be called in a Host header: its host name. */
  readonly hostNames?: () => readonly string[];
  /** Addresses and networks of the proxies whose `x-forwarded-for` and `x-forwarded-proto` are believed. */
  readonly trustedProxies?: readonly string[];
  /** A session ends when it was not used for so long; 12 h. */
  readonly sessionIdleMs?: number;
  /** A session ends so long after the login, however much it was used; 30 d. */
  readonly sessionMaxMs?: number;
  /** What a password costs to check; stored ones of another cost are made anew at their next use. */
  readonly passwordCost?: ScryptCost;
  readonly random?: Random;
}
