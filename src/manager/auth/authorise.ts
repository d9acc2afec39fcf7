/**
 * The one authorisation of the manager. REST routes, WebSockets and what goes through the tunnel all ask here.
 *
 * The rule, in this order; what it does not allow is refused:
 *
 * 1. Nobody in particular may do nothing.
 * 2. The caller's role must have the verb (`ROLE_VERBS`).
 * 3. A caller without a scope may then do it, on every host. The scopes of a caller are selectors, his user's and his
 *    API token's; empty ones do not count. A scope that cannot be read leaves no host at all.
 * 4. A caller with a scope, by the reach of the verb:
 *    - `self`: his own sessions, password and tokens have nothing to do with hosts, so he may.
 *    - `list`: for a host, it must be in all his scopes. Without one, he may ask: the route then leaves out, or refuses,
 *      each single host by asking again with it. `task.create` is of this kind since a selector that names "all hosts"
 *      means those that he may use: the verb of the task is asked for with each of them.
 *    - `host`: it must be named, and be in all his scopes. Without a host it would be done to the whole fleet.
 *    - `fleet`: never. Users, join tokens and the audit concern hosts beyond any scope, and a scoped admin who could
 *      make users or enrol hosts could leave his scope.
 */
import { AppError, HostSelector, type Selectable } from "../../core/mod.ts";
import { type Caller, type Role, ROLE_VERBS, ROLES, type Verb } from "../../protocol/mod.ts";

type Reach = "self" | "list" | "host" | "fleet";

export const VERB_REACH: Readonly<Record<Verb, Reach>> = {
  "host.view": "list",
  "host.operate": "host",
  "host.deploy": "host",
  "host.exec": "host",
  "host.terminal": "host",
  "host.files.read": "host",
  "host.files.write": "host",
  "host.forward": "host",
  "host.manage": "host",
  "task.view": "list",
  "task.create": "list",
  "settings.view": "list",
  "settings.change": "host",
  "join.manage": "fleet",
  "user.manage": "fleet",
  "audit.view": "fleet",
  "metrics.view": "list",
  "recording.manage": "list",
  "self.manage": "self",
};

/** Who asks by the control socket, which only the owner of the manager's files can open. */
export const LOCAL_CALLER: Caller = {
  actor: "local",
  kind: "local",
  userId: null,
  role: "admin",
  scopes: [],
  sessionId: null,
  csrf: null,
  address: "",
};

type Refusal = "anonymous" | "role" | "host" | "fleet";

/** Throws `unauthorized` or `forbidden`, saying what is missing. */
export function authorise(caller: Caller | null, verb: Verb, host?: Selectable): asserts caller is Caller {
  const refusal = refusalOf(caller, verb, host);
  if (refusal === null) return;
  if (caller === null) {
    throw new AppError("unauthorized", `${verb} needs somebody who is known; sign in, or send an API token`);
  }
  throw new AppError("forbidden", `${caller.actor} may not ${wordsOf(refusal, caller, verb, host)}`, {
    details: { verb, role: caller.role, ...refusal !== "role" && { scope: scopeText(caller.scopes) } },
  });
}

/** The same as an answer; asked for each host of a list, so it makes nothing. */
export function mayUse(caller: Caller | null, verb: Verb, host?: Selectable): boolean {
  return refusalOf(caller, verb, host) === null;
}

/** The verbs that a caller can use at all, if only on some hosts; for showing him what there is. */
export function verbsOf(caller: Caller): Verb[] {
  const isScoped = selectorsOf(caller.scopes)?.length !== 0;
  return roleVerbs(caller.role).filter((verb) => !(isScoped && VERB_REACH[verb] === "fleet"));
}

export function isUnscoped(scopes: readonly string[]): boolean {
  return selectorsOf(scopes)?.length === 0;
}

/** Scopes in one text that all of them must hold for. */
export function scopeText(scopes: readonly string[]): string {
  const terms = scopes.flatMap((scope) => scope.split(",")).map((term) => term.trim()).filter((term) => term !== "");
  return [...new Set(terms)].join(",");
}

export function weakerRole(a: Role, b: Role): Role {
  return ROLES.indexOf(a) < ROLES.indexOf(b) ? a : b;
}

function refusalOf(caller: Caller | null, verb: Verb, host: Selectable | undefined): Refusal | null {
  if (caller === null) return "anonymous";
  if (!roleVerbs(caller.role).includes(verb)) return "role";
  const selectors = selectorsOf(caller.scopes);
  if (selectors?.length === 0) return null;
  switch (VERB_REACH[verb]) {
    case "self":
      return null;
    case "list":
      return host === undefined || holdFor(selectors, host) ? null : "host";
    case "host":
      return host === undefined ? "fleet" : holdFor(selectors, host) ? null : "host";
    case "fleet":
      return "fleet";
  }
}

function holdFor(selectors: readonly HostSelector[] | null, host: Selectable): boolean {
  return selectors?.every((selector) => selector.matches(host)) ?? false;
}

/** A role that is none, as an older program may find it in a newer one's database, has no verbs. */
function roleVerbs(role: Role): readonly Verb[] {
  return Object.hasOwn(ROLE_VERBS, role) ? ROLE_VERBS[role] : [];
}

const read = new WeakMap<readonly string[], readonly HostSelector[] | null>();

/** Those that leave out any host; null where one of them cannot be read. Kept with the list that they were read from. */
function selectorsOf(scopes: readonly string[]): readonly HostSelector[] | null {
  let selectors = read.get(scopes);
  if (selectors === undefined) read.set(scopes, selectors = parseScopes(scopes));
  return selectors;
}

function parseScopes(scopes: readonly string[]): readonly HostSelector[] | null {
  try {
    return scopes.map((scope) => HostSelector.parse(scope)).filter((selector) => !selector.isEverything);
  } catch {
    // It was checked when it was stored; whatever has become of it since, it must not open anything.
    return null;
  }
}

function wordsOf(refusal: Refusal, { role, scopes }: Caller, verb: Verb, host: Selectable | undefined): string {
  if (refusal === "role") {
    const enough = ROLES.find((each) => ROLE_VERBS[each].includes(verb)) ?? "admin";
    return `do ${verb}, which needs the role ${enough}; this one is ${role}. An admin can change that`;
  }
  const scope = `its scope is ${scopeText(scopes)}`;
  if (refusal === "host") return `do ${verb} on ${host?.name ?? "this host"}: ${scope}`;
  return `do ${verb} for all hosts: ${scope}. Somebody without a scope can`;
}
