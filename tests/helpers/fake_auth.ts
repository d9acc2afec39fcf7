import { AppError, HostSelector, Secret, type Selectable } from "../../src/core/mod.ts";
import type { AuthPort } from "../../src/manager/api/mod.ts";
import { type Caller, type Role, ROLE_VERBS, type User, type Verb } from "../../src/protocol/mod.ts";

export function caller(role: Role, more: Partial<Caller> = {}): Caller {
  return {
    actor: role,
    kind: "session",
    userId: `u-${role}`,
    role,
    scopes: [],
    sessionId: `s-${role}`,
    csrf: null,
    address: "192.0.2.1",
    ...more,
  };
}

/** The same rule as auth's, in few words; who is who the gate of `fakeGate` says. */
export class FakeAuth implements AuthPort {
  readonly #listeners = new Set<() => void>();
  /** Callers that are let in no more. */
  readonly ended = new Set<string>();
  /** What callers have become. */
  readonly became = new Map<string, Caller>();
  readonly ticketsOf = new Map<string, Caller>();

  get listeners(): number {
    return this.#listeners.size;
  }

  readonly setup = {
    needed: () => Promise.resolve(false),
    complete: () => Promise.resolve(userOf("admin")),
  };
  readonly users = {
    list: () => Promise.resolve([userOf("admin")]),
    get: (_: unknown, id: string) => Promise.resolve(userOf(id)),
    create: (_: unknown, user: { name: string }) => Promise.resolve(userOf(user.name)),
    change: (_: unknown, id: string) => Promise.resolve(userOf(id)),
    remove: (_: unknown, id: string) => Promise.resolve(userOf(id)),
    changePassword: () => Promise.resolve(),
  };
  readonly sessions = {
    list: () => Promise.resolve([]),
    revoke: (_: unknown, id: string) => Promise.resolve(id !== "unknown"),
  };
  readonly apiTokens = {
    list: () => Promise.resolve([]),
    create: (_: unknown, { name, role }: { name: string; role: Role }) =>
      Promise.resolve({
        token: { id: "t-1", name, userId: "u", user: "u", role, scope: "", createdMs: 1 },
        secret: new Secret("fht_secret"),
      }),
    revoke: (_: unknown, id: string) => Promise.resolve(id !== "unknown"),
  };
  readonly joinTokens = {
    list: () => Promise.resolve([]),
    create: () =>
      Promise.resolve({
        token: {
          ...{ id: "j-1", name: "j", createdMs: 1, createdBy: "admin", expiresMs: 2, maxUses: 1, uses: 0, labels: {} },
          revoked: false,
        },
        secret: new Secret("fhj_secret"),
      }),
    revoke: (_: unknown, id: string) => Promise.resolve(id !== "unknown"),
  };
  readonly tickets = {
    issue: (who: Caller | null) => {
      const ticket = `ticket-${this.ticketsOf.size}`;
      if (who !== null) this.ticketsOf.set(ticket, who);
      return { ticket: new Secret(ticket), expiresMs: 1 };
    },
    take: (ticket: string) => {
      const who = this.ticketsOf.get(ticket);
      this.ticketsOf.delete(ticket);
      if (who === undefined) throw new AppError("unauthorized", "The ticket is not good");
      return Promise.resolve(who);
    },
  };

  authorise(who: Caller | null, verb: Verb, host?: Selectable): void {
    if (who === null) throw new AppError("unauthorized", "nobody");
    if (!this.mayUse(who, verb, host)) throw new AppError("forbidden", `${who.actor} may not ${verb}`);
  }

  mayUse(who: Caller | null, verb: Verb, host?: Selectable): boolean {
    return who !== null && ROLE_VERBS[who.role].includes(verb) &&
      (host === undefined || who.scopes.every((scope) => HostSelector.parse(scope).matches(host)));
  }

  client(_: unknown, { address }: { address: string }) {
    return { address, isSecure: false };
  }

  checkOrigin({ headers }: Pick<Request, "headers">): void {
    const origin = headers.get("origin");
    if (origin !== null && URL.parse(origin)?.host !== headers.get("host")) {
      throw new AppError("forbidden", "another origin");
    }
  }

  current(who: Caller): Promise<Caller | null> {
    return Promise.resolve(this.ended.has(who.actor) ? null : this.became.get(who.actor) ?? who);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  login({ name, password, bearer }: { name: string; password: string; bearer?: boolean | undefined }) {
    if (password === "wrong") return Promise.reject(new AppError("unauthorized", "Cannot sign in"));
    return Promise.resolve({
      user: userOf(name),
      sessionId: "s-1",
      expiresMs: 2,
      csrf: "csrf",
      token: bearer === true ? new Secret("fhs_secret") : null,
      setCookie: bearer === true ? null : "farhand_session=fhs_secret; HttpOnly",
    });
  }

  logout() {
    return Promise.resolve({ ended: true, setCookie: "farhand_session=; Max-Age=0" });
  }

  report() {
    return { waitingLogins: 0 };
  }

  me(who: Caller | null) {
    const role = who?.role ?? "viewer";
    return Promise.resolve({ role, scope: "", verbs: [...ROLE_VERBS[role]] });
  }
}

function userOf(name: string): User {
  return { id: name, name, role: "admin", scope: "", disabled: false, createdMs: 1 };
}
