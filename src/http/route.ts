import type { ErrorCode } from "../core/mod.ts";
import type { ZodMiniType } from "zod/mini";
import type { output } from "zod/mini";

export type Schema = ZodMiniType;

/** What a handler is given: the parts of the request that the route declared, already validated. */
export interface RouteInput<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Aborts when the caller goes away. */
  readonly signal: AbortSignal;
  readonly requestId: string;
}

type Parsed<S> = S extends Schema ? output<S> : undefined;

export interface Route<
  P extends Schema | undefined = undefined,
  Q extends Schema | undefined = undefined,
  B extends Schema | undefined = undefined,
  R extends Schema = Schema,
> {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** In OpenAPI's spelling: `/v1/processes/{id}`. */
  readonly path: string;
  /** One line for the reference page, in the imperative: "Change the log level". */
  readonly summary: string;
  /** `public`: anybody who can reach the address. `owner`: whoever the gate recognises as the host's owner. */
  readonly access: "public" | "owner";
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** The schema of `data` in the answer's envelope. */
  readonly response: R | (() => R);
  /** Codes that its handler answers with besides those that any route can; for the OpenAPI document. */
  readonly errors?: readonly ErrorCode[];
  handle(input: RouteInput<Parsed<P>, Parsed<Q>, Parsed<B>>): Promise<output<R>> | output<R>;
}

/** A route that answers with something else than an envelope: text for a scraper, a stream of events. */
export interface RawRoute<P extends Schema | undefined = undefined, Q extends Schema | undefined = undefined>
  extends Pick<Route<P, Q>, "path" | "summary" | "access" | "params" | "query" | "errors"> {
  readonly method: "GET";
  /** Content types of its answer, for the OpenAPI document. */
  readonly produces: readonly string[];
  handle(input: RawInput<Parsed<P>, Parsed<Q>>): Promise<Response> | Response;
}

export interface RawInput<Params, Query> extends RouteInput<Params, Query, undefined> {
  readonly headers: Headers;
}

/** A route with its types forgotten, as lists of routes hold it. */
export interface AnyRoute extends Omit<Route, "params" | "query" | "body" | "handle" | "response"> {
  readonly params?: Schema | undefined;
  readonly query?: Schema | undefined;
  readonly body?: Schema | undefined;
  /** Made when the OpenAPI document is asked for; most agents never are. Absent for a raw route. */
  readonly response?: Schema | (() => Schema);
  readonly produces?: readonly string[];
  handle(input: RawInput<unknown, unknown> | RouteInput<unknown, unknown, unknown>): unknown;
}

/** Checks a route's handler against its schemas, then forgets the types so that routes can stand in one list. */
export function defineRoute<
  P extends Schema | undefined = undefined,
  Q extends Schema | undefined = undefined,
  B extends Schema | undefined = undefined,
  R extends Schema = Schema,
>(route: Route<P, Q, B, R>): AnyRoute {
  return route as unknown as AnyRoute; // sound: buildApp calls handle only with what these same schemas parsed
}

/** The same for a route that makes the whole of its answer itself. */
export function defineRawRoute<P extends Schema | undefined = undefined, Q extends Schema | undefined = undefined>(
  route: RawRoute<P, Q>,
): AnyRoute {
  return route as unknown as AnyRoute; // sound, for the same reason
}
