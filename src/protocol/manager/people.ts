import * as z from "zod/mini";
import { epochMs } from "../samples/units.ts";
import { displayName, idText, labels, nextCursor, pageQuery, roleName, selectorText, VERBS } from "./access.ts";

/** Users, their sessions and tokens, join tokens, the set-up of the first admin, and the audit. */

const userName = () => z.string().check(z.regex(/^[a-z0-9][a-z0-9._@-]{0,63}$/, "lower-case letters, digits, . _ @ -"));
const newPassword = () => z.string().check(z.minLength(12, "12 characters at least"), z.maxLength(256));
const durationText = () => z.string().check(z.maxLength(32), z.describe("A duration such as 24h or 30d."));

export const user = () =>
  z.object({
    id: z.string(),
    name: z.string(),
    role: roleName(),
    scope: z.string().check(z.describe("The hosts that it is limited to, as a selector; empty for all.")),
    disabled: z.boolean(),
    createdMs: epochMs(),
    lastLoginMs: z.optional(epochMs()),
  });
export type User = z.output<ReturnType<typeof user>>;
export const userList = () => z.object({ users: z.array(user()) });
export const userParams = () => z.strictObject({ id: idText() });
export const newUser = () =>
  z.strictObject({ name: userName(), password: newPassword(), role: roleName(), scope: z.optional(selectorText()) });
export type NewUser = z.output<ReturnType<typeof newUser>>;
export const userPatch = () =>
  z.strictObject({
    role: z.optional(roleName()),
    scope: z.optional(selectorText()),
    disabled: z.optional(z.boolean()),
    password: z.optional(newPassword()),
  });
export type UserPatch = z.output<ReturnType<typeof userPatch>>;
export const passwordChange = () =>
  z.strictObject({ current: z.string().check(z.maxLength(256)), next: newPassword() });
export type PasswordChange = z.output<ReturnType<typeof passwordChange>>;

/** `POST /api/v1/setup`: makes the first admin, with the one-time secret of the link that the first run prints. */
export const setupRequest = () =>
  z.strictObject({ secret: z.string().check(z.maxLength(100)), name: userName(), password: newPassword() });
export type SetupRequest = z.output<ReturnType<typeof setupRequest>>;
export const setupState = () => z.object({ needed: z.boolean() });

/** `POST /api/v1/sessions`. A browser gets a cookie; with `bearer` the answer holds a token instead, for a command line. */
export const loginRequest = () =>
  z.strictObject({
    name: z.string().check(z.maxLength(64)),
    password: z.string().check(z.maxLength(256)),
    bearer: z.optional(z.boolean()),
  });
export type LoginRequest = z.output<ReturnType<typeof loginRequest>>;
export const sessionView = () =>
  z.object({
    id: z.string(),
    userId: z.string(),
    user: z.string(),
    createdMs: epochMs(),
    expiresMs: epochMs(),
    lastSeenMs: epochMs(),
    address: z.string(),
    userAgent: z.string(),
    current: z.boolean(),
  });
export type SessionView = z.output<ReturnType<typeof sessionView>>;
export const sessionList = () => z.object({ sessions: z.array(sessionView()) });
export const loginAnswer = () =>
  z.object({
    user: user(),
    expiresMs: epochMs(),
    csrf: z.string().check(z.describe("To be sent as x-csrf-token with every change by cookie.")),
    token: z.optional(z.string()),
  });
export type LoginAnswer = z.output<ReturnType<typeof loginAnswer>>;
/** `GET /api/v1/me`: who asks, and what he may do. */
export const me = () =>
  z.object({
    user: z.optional(user()),
    token: z.optional(z.string().check(z.describe("The API token's name."))),
    role: roleName(),
    scope: z.string(),
    verbs: z.array(z.enum(VERBS)),
    csrf: z.optional(z.string()),
  });
export type Me = z.output<ReturnType<typeof me>>;
/** `POST /api/v1/tickets`: a one-time ticket for opening a WebSocket, good for seconds. */
export const ticket = () => z.object({ ticket: z.string(), expiresMs: epochMs() });
export type Ticket = z.output<ReturnType<typeof ticket>>;

export const apiToken = () =>
  z.object({
    id: z.string(),
    name: z.string(),
    userId: z.string(),
    user: z.string(),
    role: roleName(),
    scope: z.string(),
    createdMs: epochMs(),
    expiresMs: z.optional(epochMs()),
    lastUsedMs: z.optional(epochMs()),
  });
export type ApiToken = z.output<ReturnType<typeof apiToken>>;
export const apiTokenList = () => z.object({ tokens: z.array(apiToken()) });
/** Never more than its maker has: role and scope are cut to his, at making and at every use. */
export const newApiToken = () =>
  z.strictObject({
    name: displayName(),
    role: roleName(),
    scope: z.optional(selectorText()),
    expiresIn: z.optional(durationText()),
  });
export type NewApiToken = z.output<ReturnType<typeof newApiToken>>;
export const madeApiToken = () =>
  z.object({ token: apiToken(), secret: z.string().check(z.describe("Shown this once.")) });
export type MadeApiToken = z.output<ReturnType<typeof madeApiToken>>;

export const joinToken = () =>
  z.object({
    id: z.string(),
    name: z.string(),
    createdMs: epochMs(),
    createdBy: z.string(),
    expiresMs: epochMs(),
    maxUses: z.number(),
    uses: z.number(),
    labels: z.record(z.string(), z.string()).check(z.describe("That hosts get which enrol by it.")),
    revoked: z.boolean(),
  });
export type JoinToken = z.output<ReturnType<typeof joinToken>>;
export const joinTokenList = () => z.object({ tokens: z.array(joinToken()) });
export const newJoinToken = () =>
  z.strictObject({
    name: z.optional(displayName()),
    expiresIn: z.optional(durationText()),
    maxUses: z.optional(z.int().check(z.minimum(1), z.maximum(100_000))),
    labels: z.optional(labels()),
  });
export type NewJoinToken = z.output<ReturnType<typeof newJoinToken>>;
export const madeJoinToken = () =>
  z.object({
    token: joinToken(),
    secret: z.string().check(z.describe("Shown this once.")),
    /** One command for each system; the secret is read from standard input, never from the command line. */
    commands: z.record(z.string(), z.string()),
  });
export type MadeJoinToken = z.output<ReturnType<typeof madeJoinToken>>;
export const tokenParams = () => z.strictObject({ id: idText() });
export const revocation = () => z.object({ id: z.string(), revoked: z.boolean() });

export const AUDIT_RESULTS = ["ok", "refused", "failed"] as const;
export type AuditResult = (typeof AUDIT_RESULTS)[number];
export const auditEntry = () =>
  z.object({
    seq: z.number(),
    timeMs: epochMs(),
    /** A user's name, token:NAME, local (control socket), host:NAME or system. */
    actor: z.string(),
    address: z.string(),
    action: z.string().check(z.describe("host.rename, process.stop, session.create …")),
    subject: z.string().check(z.describe("What it was done to.")),
    hostId: z.optional(z.string()),
    result: z.enum(AUDIT_RESULTS),
    details: z.record(z.string(), z.unknown()),
    hash: z.string().check(
      z.describe("SHA-256 over this entry and the hash before, so that none can be changed or left out unseen."),
    ),
  });
export type AuditEntry = z.output<ReturnType<typeof auditEntry>>;
export const auditList = () => z.object({ entries: z.array(auditEntry()), next: nextCursor() });
export const auditQuery = () =>
  z.strictObject({
    ...pageQuery(),
    actor: z.optional(z.string().check(z.maxLength(80))),
    action: z.optional(z.string().check(z.maxLength(80))),
    host: z.optional(idText()),
    since: z.optional(z.string().check(z.maxLength(40))),
  });
export const auditVerification = () =>
  z.object({
    ok: z.boolean(),
    entries: z.number(),
    firstBadSeq: z.optional(z.number()),
    reason: z.optional(z.string()),
  });
export type AuditVerification = z.output<ReturnType<typeof auditVerification>>;
