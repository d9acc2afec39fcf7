import { AppError, oneLine, type Secret } from "../../core/mod.ts";
import type { LoginRequest, User } from "../../protocol/mod.ts";
import { viewOf } from "./own_user.ts";
import type { SessionRecord, UserRecord } from "./ports.ts";
import type { Client } from "./request/client.ts";
import { setSessionCookie } from "./request/cookies.ts";
import { hashOf, newCsrf, newId, newSecret } from "./secrets.ts";
import type { Outcome } from "./throttle/policy.ts";
import type { Tools } from "./tools.ts";

/** From where somebody signs in. */
export interface LoginClient extends Client {
  readonly userAgent?: string | null;
}

export interface LoginResult {
  readonly user: User;
  readonly sessionId: string;
  readonly expiresMs: number;
  readonly csrf: string;
  /** What to send as a bearer; null for who gets a cookie. */
  readonly token: Secret | null;
  /** The value of the answer's `set-cookie`; null for who gets a token. */
  readonly setCookie: string | null;
}

/** One user's sessions; who begins more ends the one that was used least lately. */
const MAX_SESSIONS = 50;
const MAX_NAME_LENGTH = 64;
const MAX_AGENT_LENGTH = 200;

export async function login(
  tools: Tools,
  request: LoginRequest,
  client: LoginClient,
  signal?: AbortSignal,
): Promise<LoginResult> {
  const { throttle, store, turns } = tools;
  const name = request.name.trim().toLowerCase();
  if (name.length > MAX_NAME_LENGTH) throw wrongCredentials();
  const attempt = throttle.begin(name, client.address);
  let outcome: Outcome = "abandoned";
  try {
    const user = await store.users.byName(name);
    const checked = await checkPassword(tools, user, request.password, signal);
    outcome = checked === null ? "failed" : "succeeded";
    if (checked === null) throw wrongCredentials();
    return await turns.run(() => beginSession(tools, checked, client, request.bearer === true));
  } finally {
    attempt.ended(outcome);
  }
}

/** Who has given the right password, and what is to be stored of it from now on. */
interface Checked {
  readonly user: UserRecord;
  readonly newHash: string | null;
}

/** One answer for an unknown name, a wrong password and a disabled user, after the same time. */
async function checkPassword(
  { passwords }: Tools,
  user: UserRecord | null,
  password: string,
  signal: AbortSignal | undefined,
): Promise<Checked | null> {
  const { isRight, isOutdated } = await passwords.verify(password, user?.passwordHash ?? null, signal);
  if (user === null || !isRight || user.disabled) return null;
  return { user, newHash: isOutdated ? await passwords.hash(password, signal) : null };
}

/** In its turn: the user may have been disabled, or given another password, while this one was being checked. */
async function beginSession(
  tools: Tools,
  { user: before, newHash }: Checked,
  client: LoginClient,
  isBearer: boolean,
): Promise<LoginResult> {
  const { store, clock, random, sessionIdleMs, sessionMaxMs } = tools;
  const user = await store.users.get(before.id);
  if (user === null || user.disabled || user.passwordHash !== before.passwordHash) throw wrongCredentials();
  await makeRoom(tools, user.id);
  const nowMs = clock.nowMs();
  const secret = newSecret("session", random);
  const session: SessionRecord = {
    id: newId(random),
    hash: hashOf(secret.reveal()),
    userId: user.id,
    csrf: newCsrf(random),
    createdMs: nowMs,
    expiresMs: nowMs + Math.min(sessionIdleMs, sessionMaxMs),
    lastSeenMs: nowMs,
    address: client.address,
    userAgent: oneLine(client.userAgent ?? "", MAX_AGENT_LENGTH).toWellFormed(),
  };
  await store.sessions.add(session);
  await store.users.change(user.id, { lastLoginMs: nowMs, ...newHash !== null && { passwordHash: newHash } });
  return {
    user: { ...viewOf(user), lastLoginMs: nowMs },
    sessionId: session.id,
    expiresMs: session.expiresMs,
    csrf: session.csrf,
    token: isBearer ? secret : null,
    setCookie: isBearer ? null : setSessionCookie(secret.reveal(), client.isSecure, sessionMaxMs),
  };
}

async function makeRoom({ store, callers }: Tools, userId: string): Promise<void> {
  const sessions = await store.sessions.ofUser(userId);
  if (sessions.length < MAX_SESSIONS) return;
  const oldestFirst = sessions.toSorted((a, b) => a.lastSeenMs - b.lastSeenMs);
  for (const { id } of oldestFirst.slice(0, sessions.length - MAX_SESSIONS + 1)) await store.sessions.remove(id);
  callers.changed();
}

function wrongCredentials(): AppError {
  return new AppError("unauthorized", "Cannot sign in: the name or the password is wrong, or the user is disabled");
}
