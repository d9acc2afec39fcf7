import type {
  Answer,
  AnyRoute,
  Handled,
  Parsed,
  RawInput,
  RawRoute,
  Route,
  RouteInput,
  Schema,
} from "../../../http/mod.ts";
import type { HostView, Verb } from "../../../protocol/mod.ts";

/** How a route is guarded; the matrix test reads it. */
export interface Guard {
  /** `public`: everybody who can reach the address. `route`: what the agent's own route asks for. */
  readonly verb: Verb | "public" | "route";
  /** What opens it besides, so that it is the route that asks who its caller is. */
  readonly takes?: "ticket" | "scraper's token";
  /** Whether its `id` is a host, which the caller must be allowed to use. */
  readonly isAboutHost: boolean;
  readonly isAudited: boolean;
}

export interface ManagerRoute extends AnyRoute {
  readonly guard: Guard;
}

type Asked<Input, Who, Host> = Omit<Input, "caller"> & { readonly caller: Who; readonly host: Host };

/** What of a request tells what it is about; the body is absent where the caller was refused before it was read. */
export interface Matter<Params, Body, Data> {
  readonly params: Params;
  readonly body: Body | undefined;
  readonly host: HostView | null;
  /** What was answered; absent where it was refused or has failed. */
  readonly data: Data | undefined;
}

/** How a change stands in the audit. Neither may hold a secret. */
export interface AuditSpec<Params, Body, Data> {
  readonly action: string;
  subject(matter: Matter<Params, Body, Data>): string;
  details?(matter: Matter<Params, Body, Data>): Record<string, unknown>;
  /** Who has done it, where the request itself makes him known. */
  actor?(matter: Matter<Params, Body, Data>): string | undefined;
}

type Data<R extends Schema> = Exclude<Handled<R>, Answer<unknown>>;

export type Spec<
  P extends Schema | undefined,
  Q extends Schema | undefined,
  B extends Schema | undefined,
  R extends Schema,
  Who,
  Host,
> = Omit<Route<P, Q, B, R>, "access" | "handle"> & {
  readonly audit?: AuditSpec<Parsed<P>, Parsed<B>, Data<R>>;
  handle(asked: Asked<RouteInput<Parsed<P>, Parsed<Q>, Parsed<B>>, Who, Host>): Promise<Handled<R>> | Handled<R>;
};

export type RawSpec<P extends Schema | undefined, Q extends Schema | undefined, Who, Host> =
  & Omit<RawRoute<P, Q>, "access" | "admit" | "handle">
  & {
    readonly audit?: AuditSpec<Parsed<P>, undefined, Response>;
    handle(asked: Asked<RawInput<Parsed<P>, Parsed<Q>>, Who, Host>): Promise<Response> | Response;
  };

/** A route with its types forgotten: they have been checked against its schemas where it was written. */
export interface Erased extends Omit<AnyRoute, "access" | "handle"> {
  readonly audit?: AuditSpec<unknown, unknown, unknown>;
  handle(asked: unknown): unknown;
}
