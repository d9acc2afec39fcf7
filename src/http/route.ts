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
  readonly url: string;
  readonly headers: Headers;
  /** What the gate has said of who asks; undefined where it said nothing. */
  readonly caller: unknown;
  /** The caller's IP address; "" where there is none. */
  readonly address: string;
}

/** What is known of a request before its body: enough to decide whether its caller may do that. */
export type RouteKnock<Params> = Pick<
  RouteInput<Params, unknown, unknown>,
  "params" | "caller" | "address" | "url" | "headers"
>;

/** An answer's data, with headers that go along with it: a cookie, say. */
export class Answer<T> {
  constructor(readonly data: T, readonly headers: Readonly<Record<string, string>>) {}
}

/** What comes of a part of the request that a schema has checked. */
export type Parsed<S> = S extends Schema ? output<S> : undefined;

/** What a handler may give for a schema of the answer's data. */
export type Handled<R extends Schema> = output<R> | Answer<output<R>>;

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
  /** What the summary leaves open, for the OpenAPI document. */
  readonly description?: string;
  /** Under which headings the OpenAPI document lists it. */
  readonly tags?: readonly string[];
  /** `public`: anybody who can reach the address. `owner`: whoever the gate recognises as the host's owner. */
  readonly access: "public" | "owner";
  /** True for a public one that asks by itself who its caller is; it is described as an owner's. */
  readonly checksCaller?: boolean;
  /** Asked before a byte of the body is waited for; throws an AppError to turn the caller away. */
  readonly admit?: (knock: RouteKnock<Parsed<P>>) => void | Promise<void>;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** The schema of `data` in the answer's envelope. */
  readonly response: R | (() => R);
  /** Codes that its handler answers with besides those that any route can; for the OpenAPI document. */
  readonly errors?: readonly ErrorCode[];
  handle(input: RouteInput<Parsed<P>, Parsed<Q>, Parsed<B>>): Promise<Handled<R>> | Handled<R>;
}

/**
 * A route that answers with something else than an envelope: text for a scraper, a stream of events, a WebSocket. It
 * reads the body itself, if any, and bounds it.
 */
export interface RawRoute<P extends Schema | undefined = undefined, Q extends Schema | undefined = undefined>
  extends
    Pick<
      Route<P, Q>,
      "path" | "summary" | "description" | "tags" | "access" | "checksCaller" | "admit" | "params" | "query" | "errors"
    > {
  /** `ANY` of them, for what hands requests on. */
  readonly method: Route["method"] | "ANY";
  /** True when the last parameter of the path takes all that follows, slashes included. */
  readonly takesRest?: boolean;
  /** Content types of its answer, for the OpenAPI document. */
  readonly produces: readonly string[];
  /** Those of the body that it reads, if any. */
  readonly consumes?: readonly string[];
  /** What it answers with where that is not 200, and what that tells; `default` for whatever another server says. */
  readonly answers?: Readonly<Record<string, string>>;
  handle(input: RawInput<Parsed<P>, Parsed<Q>>): Promise<Response> | Response;
}

export interface RawInput<Params, Query> extends RouteInput<Params, Query, undefined> {
  readonly request: Request;
}

/** A route with its types forgotten, as lists of routes hold it. */
export interface AnyRoute
  extends Omit<Route, "method" | "admit" | "params" | "query" | "body" | "handle" | "response"> {
  readonly method: RawRoute["method"];
  readonly admit?: (knock: RouteKnock<unknown>) => void | Promise<void>;
  readonly takesRest?: boolean;
  readonly params?: Schema | undefined;
  readonly query?: Schema | undefined;
  readonly body?: Schema | undefined;
  /** Made when the OpenAPI document is asked for; most agents never are. Absent for a raw route. */
  readonly response?: Schema | (() => Schema);
  readonly produces?: readonly string[];
  readonly consumes?: readonly string[];
  readonly answers?: Readonly<Record<string, string>>;
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
