import * as z from "zod/mini";
import { HOST_VERBS } from "../uplink/route_access.ts";

/** Who may do what: verbs, the roles that have them, and the hosts that a user or token is limited to. */

export const VERBS = [
  ...HOST_VERBS,
  "host.manage",
  "task.view",
  "task.create",
  "settings.view",
  "settings.change",
  "join.manage",
  "user.manage",
  "audit.view",
  "metrics.view",
  "recording.manage",
  "self.manage",
] as const;
export type Verb = (typeof VERBS)[number];

export const ROLES = ["viewer", "operator", "admin"] as const;
export type Role = (typeof ROLES)[number];

const VIEWER: readonly Verb[] = ["host.view", "task.view", "settings.view", "metrics.view", "self.manage"];
const OPERATOR: readonly Verb[] = [
  ...VIEWER,
  "host.operate",
  "host.deploy",
  "host.exec",
  "host.terminal",
  "host.files.read",
  "host.files.write",
  "host.forward",
  "task.create",
];

/** Reading a host's files is no viewer's: they may hold secrets. */
export const ROLE_VERBS: Readonly<Record<Role, readonly Verb[]>> = { viewer: VIEWER, operator: OPERATOR, admin: VERBS };

/** Who asks the manager for something, as its gate has found; routes and the authorisation understand it. */
export interface Caller {
  /** For the audit: a user's name, token:NAME, or local for the control socket. */
  readonly actor: string;
  readonly kind: "session" | "token" | "local";
  readonly userId: string | null;
  readonly role: Role;
  /** Selectors that a host must all meet: the user's and the token's. Empty ones leave all hosts. */
  readonly scopes: readonly string[];
  readonly sessionId: string | null;
  readonly csrf: string | null;
  readonly address: string;
}

export const roleName = () => z.enum(ROLES);

/** `env=prod,team!=db,name=web-*`, see core's HostSelector; "" or absent is all hosts. */
export const selectorText = () =>
  z.string().check(
    z.maxLength(1_000),
    z.describe("Labels and name patterns, all of which must hold: env=prod,name=web-*"),
  );

export const labels = () =>
  z.record(
    z.string().check(z.regex(/^[A-Za-z0-9](?:[A-Za-z0-9_./-]{0,62}[A-Za-z0-9])?$/, "letters, digits, _ . / -")),
    z.string().check(z.maxLength(200), z.refine((value) => !/\p{Cc}/u.test(value), "no control characters")),
  ).check(z.refine((value) => Object.keys(value).length <= 64, "64 labels at most"));

export const displayName = () =>
  // No pattern, which would stand in the API's description: tools that read it know no classes of characters.
  z.string().check(
    z.minLength(1),
    z.maxLength(80),
    z.refine((value) => !/[\p{Cc}\p{Cf}]/u.test(value), "no control characters"),
  );

export const idText = () => z.string().check(z.minLength(1), z.maxLength(64), z.regex(/^[\w.-]+$/, "not an id"));

/** How long lists are told in parts: `cursor` of the answer before, until it is absent. */
export const pageQuery = () => ({
  limit: z.optional(z.string().check(z.maxLength(5), z.describe("How many; 100 when absent, 1,000 at most."))),
  cursor: z.optional(z.string().check(z.maxLength(800), z.describe("The `next` of the answer before."))),
});
export const nextCursor = () => z.optional(z.string().check(z.describe("Absent at the end of the list.")));
