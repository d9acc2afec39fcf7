import type { Selectable } from "../../core/mod.ts";
import type { Connection, Gate } from "../../http/mod.ts";
import type { Caller, LoginRequest, Me, Verb } from "../../protocol/mod.ts";
import { ApiTokens } from "./api_tokens.ts";
import { authorise, mayUse, scopeText, verbsOf } from "./authorise.ts";
import { Callers } from "./callers.ts";
import { JoinTokens } from "./join_tokens.ts";
import { login, type LoginClient, type LoginResult } from "./login.ts";
import { viewOf } from "./own_user.ts";
import { Passwords } from "./passwords/passwords.ts";
import type { AuthOptions } from "./ports.ts";
import { AddressRanges } from "./request/address_ranges.ts";
import { type Client, clientOf } from "./request/client.ts";
import { clearSessionCookie } from "./request/cookies.ts";
import { createGate } from "./request/gate.ts";
import { OwnNames } from "./request/own_names.ts";
import { systemRandom } from "./secrets.ts";
import { Sessions } from "./sessions.ts";
import { Setup } from "./setup.ts";
import { LoginThrottle } from "./throttle/login_throttle.ts";
import { Tickets } from "./tickets.ts";
import type { Tools } from "./tools.ts";
import { Turns } from "./turns.ts";
import { createUpkeep } from "./upkeep.ts";
import { Users } from "./users.ts";

const HOUR_MS = 3_600_000;
const SESSION_IDLE_MS = 12 * HOUR_MS;
const SESSION_MAX_MS = 30 * 24 * HOUR_MS;

/** For the manager's own metrics. */
export interface AuthReport {
  readonly knownCallers: number;
  readonly tickets: number;
  /** Logins that wait for their password to be checked. */
  readonly waitingLogins: number;
}

/** All of auth for whoever serves the manager's API. */
export class Auth {
  readonly gate: Gate;
  readonly setup: Setup;
  readonly users: Users;
  readonly sessions: Sessions;
  readonly apiTokens: ApiTokens;
  readonly joinTokens: JoinTokens;
  readonly tickets: Tickets;
  readonly #tools: Tools;
  readonly #names: OwnNames;
  readonly #trustedProxies: AddressRanges;

  /** Throws `invalid_config` for trusted proxies that are no addresses. */
  constructor(options: AuthOptions) {
    const { origins = () => [], hostNames = () => [], trustedProxies = [] } = options;
    this.#names = new OwnNames({ origins, hostNames });
    this.#trustedProxies = AddressRanges.parse(trustedProxies);
    this.#tools = toolsOf(options);
    const { callers, clock, random } = this.#tools;
    this.gate = createGate({ callers, names: this.#names, trustedProxies: this.#trustedProxies });
    this.setup = new Setup(this.#tools);
    this.users = new Users(this.#tools);
    this.sessions = new Sessions(this.#tools);
    this.apiTokens = new ApiTokens(this.#tools);
    this.joinTokens = new JoinTokens(this.#tools);
    this.tickets = new Tickets({ clock, random, current: (caller) => callers.current(caller) });
  }

  /** Removes what has expired, now and each hour. */
  component(dependsOn: readonly string[] = []): ReturnType<typeof createUpkeep> {
    return createUpkeep(this.#tools, dependsOn);
  }

  /** See authorise.ts, where the rule is. */
  authorise(caller: Caller | null, verb: Verb, host?: Selectable): void {
    authorise(caller, verb, host);
  }

  mayUse(caller: Caller | null, verb: Verb, host?: Selectable): boolean {
    return mayUse(caller, verb, host);
  }

  login(request: LoginRequest, client: LoginClient, signal?: AbortSignal): Promise<LoginResult> {
    return login(this.#tools, request, client, signal);
  }

  /** Ends the caller's session, if he has one; gives the `set-cookie` that takes it out of the browser. */
  async logout(
    caller: Caller | null,
    client: Client,
  ): Promise<{ readonly ended: boolean; readonly setCookie: string }> {
    const ended = await this.sessions.end(caller);
    return { ended, setCookie: clearSessionCookie(client.isSecure) };
  }

  /** Who a caller is and what he may do, for showing it to him. */
  async me(caller: Caller | null): Promise<Me> {
    authorise(caller, "self.manage");
    const { store, callers } = this.#tools;
    const user = caller.userId === null ? null : await store.users.get(caller.userId);
    const token = callers.tokenName(caller);
    return {
      ...user !== null && { user: viewOf(user) },
      ...token !== null && { token },
      role: caller.role,
      scope: scopeText(caller.scopes),
      verbs: verbsOf(caller),
      ...caller.csrf !== null && { csrf: caller.csrf },
    };
  }

  /** Who is at the other end of a request, behind the trusted proxies. */
  client(request: Pick<Request, "headers" | "url">, connection: Connection): Client {
    return clientOf(request, connection, this.#trustedProxies);
  }

  /** For WebSockets, whose opening is no change to the gate: throws `forbidden` for pages of another origin. */
  checkOrigin(request: Pick<Request, "headers" | "url">, connection: Connection): void {
    this.#names.checkOrigin(request, this.client(request, connection));
  }

  /** The caller with the rights that he has now; null where he would not be let in any more. */
  current(caller: Caller): Promise<Caller | null> {
    return this.#tools.callers.current(caller);
  }

  /** Told after each change of users, sessions and tokens: what stays open for long then asks `current`. */
  onChange(listener: () => void): () => void {
    return this.#tools.callers.onChange(listener);
  }

  report(): AuthReport {
    const { callers, passwords } = this.#tools;
    return { knownCallers: callers.size, tickets: this.tickets.size, waitingLogins: passwords.waiting };
  }
}

function toolsOf(options: AuthOptions): Tools {
  const { store, clock, log, random = systemRandom, passwordCost } = options;
  const { sessionIdleMs = SESSION_IDLE_MS, sessionMaxMs = SESSION_MAX_MS } = options;
  return {
    ...{ store, clock, log, random, sessionIdleMs, sessionMaxMs },
    callers: new Callers({ store, clock, log, sessionIdleMs, sessionMaxMs }),
    passwords: new Passwords({ random, ...passwordCost && { cost: passwordCost } }),
    throttle: new LoginThrottle(clock),
    turns: new Turns(),
  };
}
