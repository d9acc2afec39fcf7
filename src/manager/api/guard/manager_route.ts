import { AppError } from "../../../core/mod.ts";
import { Answer, type RouteInput, type RouteKnock, type Schema } from "../../../http/mod.ts";
import type { Caller, HostView, Verb } from "../../../protocol/mod.ts";
import type { ApiPorts, Client } from "../ports.ts";
import type { AuditTrail } from "./audit_trail.ts";
import { HostAccess } from "./host_access.ts";
import type { Erased, Guard, ManagerRoute, RawSpec, Spec } from "./route_spec.ts";

/** Who asks, and about which host. */
interface Known {
  readonly caller: Caller | null;
  readonly host: HostView | null;
}

/** What there is of a request before, and after, its body was read. */
type Knock =
  & Pick<RouteInput<unknown, unknown, unknown>, "params" | "caller" | "address" | "url" | "headers">
  & { readonly body?: unknown };

type Outcome = { readonly data: unknown } | { readonly thrown: unknown; readonly wasRefused: boolean };

const NOBODY = "anonymous";

/**
 * Makes the routes of the manager. Whoever may not use one is turned away before a byte of the body is waited for; what
 * changes something is audited with its result, refusals too. There is no other way to make a route here, and none of
 * these leaves out whom it is for.
 */
export class RouteMaker {
  readonly hosts: HostAccess;
  readonly #auth: ApiPorts["auth"];
  readonly #trail: AuditTrail;

  constructor(ports: Pick<ApiPorts, "auth" | "hub">, trail: AuditTrail) {
    this.hosts = new HostAccess(ports);
    this.#auth = ports.auth;
    this.#trail = trail;
  }

  /** For everybody who can reach the address. */
  open<
    P extends Schema | undefined = undefined,
    Q extends Schema | undefined = undefined,
    B extends Schema | undefined = undefined,
    R extends Schema = Schema,
  >(spec: Spec<P, Q, B, R, Caller | null, null>): ManagerRoute {
    return this.#route(spec as unknown as Erased, "public", false);
  }

  /** For callers with this verb. */
  verb<
    P extends Schema | undefined = undefined,
    Q extends Schema | undefined = undefined,
    B extends Schema | undefined = undefined,
    R extends Schema = Schema,
  >(verb: Verb, spec: Spec<P, Q, B, R, Caller, null>): ManagerRoute {
    return this.#route(spec as unknown as Erased, verb, false);
  }

  /** For callers with this verb on the host that `id` names. */
  host<
    P extends Schema,
    Q extends Schema | undefined = undefined,
    B extends Schema | undefined = undefined,
    R extends Schema = Schema,
  >(verb: Verb, spec: Spec<P, Q, B, R, Caller, HostView>): ManagerRoute {
    return this.#route(spec as unknown as Erased, verb, true);
  }

  openRaw<P extends Schema | undefined = undefined, Q extends Schema | undefined = undefined>(
    spec: RawSpec<P, Q, Caller | null, null>,
  ): ManagerRoute {
    return this.#raw(spec as unknown as Erased, "public");
  }

  verbRaw<P extends Schema | undefined = undefined, Q extends Schema | undefined = undefined>(
    verb: Verb,
    spec: RawSpec<P, Q, Caller, null>,
  ): ManagerRoute {
    return this.#raw(spec as unknown as Erased, verb);
  }

  /** For what depends on more than route and host: the handler asks by itself whether its caller may, as it says here. */
  ownGuard<P extends Schema | undefined = undefined, Q extends Schema | undefined = undefined>(
    guard: Guard,
    spec: RawSpec<P, Q, Caller | null, null>,
  ): ManagerRoute {
    const erased = spec as unknown as Erased;
    return {
      ...erased,
      access: guard.takes === undefined ? "owner" : "public",
      checksCaller: guard.takes !== undefined,
      handle: (input) => erased.handle({ ...input, caller: callerOf(input), host: null }),
      guard,
    };
  }

  /** Who is at the other end, behind the proxies that are trusted. */
  client(asked: Pick<Knock, "url" | "headers" | "address">): Client {
    return this.#auth.client(asked, asked);
  }

  /** Throws for who may not do that on this host; a host that is not his to see is not there. */
  authorised(caller: Caller | null, verb: Verb, hostName: string): HostView {
    this.known(caller);
    const host = this.hosts.find(caller, hostName);
    this.#auth.authorise(caller, verb, host);
    return host;
  }

  /** Throws for nobody in particular. */
  known(caller: Caller | null): asserts caller is Caller {
    if (caller === null) throw new AppError("unauthorized", "Nobody is known to ask; log in, or send an API token");
  }

  #route(spec: Erased, verb: Verb | "public", isAboutHost: boolean): ManagerRoute {
    const { audit, ...route } = spec;
    return {
      ...route,
      access: verb === "public" ? "public" : "owner",
      admit: (knock) => this.#admit(spec, verb, isAboutHost, knock),
      handle: (input) => this.#handle(spec, verb, isAboutHost, input),
      guard: { verb, isAboutHost, isAudited: audit !== undefined },
    };
  }

  #raw(spec: Erased, verb: Verb | "public"): ManagerRoute {
    if (spec.audit !== undefined) return this.#route(spec, verb, false);
    return {
      ...spec,
      access: verb === "public" ? "public" : "owner",
      admit: (knock) => void this.#know(verb, false, knock),
      handle: (input) => spec.handle({ ...input, ...this.#know(verb, false, input) }),
      guard: { verb, isAboutHost: false, isAudited: false },
    };
  }

  /** Who asks about which host, when he may. */
  #know(verb: Verb | "public", isAboutHost: boolean, knock: Knock): Known {
    const caller = callerOf(knock);
    if (verb === "public") return { caller, host: null };
    if (isAboutHost) return { caller, host: this.authorised(caller, verb, (knock.params as { id: string }).id) };
    this.#auth.authorise(caller, verb);
    return { caller, host: null };
  }

  async #admit(spec: Erased, verb: Verb | "public", isAboutHost: boolean, knock: RouteKnock<unknown>): Promise<void> {
    try {
      this.#know(verb, isAboutHost, knock);
      await spec.admit?.(knock);
    } catch (error) {
      await this.#note(spec, knock, { caller: callerOf(knock), host: null }, { thrown: error, wasRefused: true });
      throw error;
    }
  }

  async #handle(
    spec: Erased,
    verb: Verb | "public",
    isAboutHost: boolean,
    input: RouteInput<unknown, unknown, unknown>,
  ): Promise<unknown> {
    let known: Known = { caller: callerOf(input), host: null };
    let answer: unknown;
    try {
      // Asked again, because what was true before the body had come may have changed since.
      known = this.#know(verb, isAboutHost, input);
      answer = await spec.handle({ ...input, ...known });
    } catch (error) {
      await this.#note(spec, input, known, { thrown: error, wasRefused: false });
      throw error;
    }
    try {
      await this.#note(spec, input, known, { data: answer instanceof Answer ? answer.data : answer });
    } catch (error) {
      if (answer instanceof Response) await answer.body?.cancel(error);
      throw error;
    }
    return answer;
  }

  async #note(
    { audit }: Erased,
    knock: Knock,
    { caller, host }: Known,
    outcome: Outcome,
  ): Promise<void> {
    if (audit === undefined) return;
    const { params, body } = knock;
    const matter = { params, body, host, data: "data" in outcome ? outcome.data : undefined };
    const entry = {
      actor: audit.actor?.(matter) ?? caller?.actor ?? NOBODY,
      address: caller?.address ?? this.client(knock).address,
      action: audit.action,
      subject: audit.subject(matter),
      ...(host === null ? {} : { hostId: host.id }),
      details: audit.details?.(matter) ?? {},
    };
    if ("data" in outcome) await this.#trail.done(entry);
    else await this.#trail.notDone(entry, { ...outcome, isKnown: caller !== null });
  }
}

function callerOf({ caller }: Pick<Knock, "caller">): Caller | null {
  return (caller ?? null) as Caller | null; // sound: only gates of the manager stand before these routes
}
