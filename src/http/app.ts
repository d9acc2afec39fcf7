import { type Context, type Handler, Hono, type Next } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { en } from "zod/locales";
import { AppError, messageOf, toAppError } from "../core/mod.ts";
import type { Logger } from "../log/mod.ts";
import { vouchFor } from "./connections/visitor.ts";
import { envelopeOf, errorEnvelope } from "./envelope.ts";
import type { Access, Connection, Gate } from "./gate.ts";
import { openApiDocument } from "./openapi.ts";
import { type BodyLimits, readBody, refuseTooLarge } from "./request_body.ts";
import { Answer, type AnyRoute, type Schema } from "./route.ts";

/** A request that has been answered, for whoever counts them. */
export interface Answered {
  /** The path as the route declares it; null where there is no such route. */
  readonly route: string | null;
  readonly method: string;
  readonly status: number;
  /** Until the head of the answer was there. */
  readonly durationMs: number;
}

export interface BuildAppOptions {
  /** Names the API in its OpenAPI document. */
  readonly title: string;
  readonly version: string;
  readonly routes: readonly AnyRoute[];
  readonly gate: Gate;
  readonly log: Logger;
  /** Requests with a larger body are refused before it is read. */
  readonly maxBodyBytes?: number;
  /** The same for routes that anybody may use; what they take is short, and reading it costs the server most. */
  readonly maxPublicBodyBytes?: number;
  readonly bodyTimeoutMs?: number;
  /** What every answer carries that does not say otherwise itself. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What an owner's route asks of those whom the gate does not know: "a login or an API token". */
  readonly ownerNeeds?: string;
  readonly onAnswered?: (answered: Answered) => void;
}

type Env = {
  /** Given beside the request by whoever serves the app; a request without it comes from nowhere in particular. */
  Bindings: Partial<Connection>;
  Variables: { requestId: string; access: Access; caller: unknown; address: string; route?: string };
};

const DEFAULT_MAX_BODY_BYTES = 1024 * 1024;
const DEFAULT_BODY_TIMEOUT_MS = 30_000;
const OWNER_NEEDS = "the token of this address's token_file, or the control socket";
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
const REQUEST_ID = /^[\w.-]{1,64}$/;
const englishMessages = en().localeError;

/** Makes the app that answers exactly these routes, `/openapi.json`, and a clear error for everything else. */
export function buildApp(options: BuildAppOptions): Hono<Env> {
  const { routes, gate, log, ownerNeeds = OWNER_NEEDS, onAnswered } = options;
  const headers = Object.entries(options.headers ?? {});
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    const startedMs = performance.now();
    const offered = c.req.header("x-request-id");
    const requestId = offered !== undefined && REQUEST_ID.test(offered) ? offered : crypto.randomUUID();
    c.set("requestId", requestId);
    await next();
    if (!isUpgrade(c.res)) {
      c.header("x-request-id", requestId);
      c.header("cache-control", c.res.headers.get("cache-control") ?? "no-store");
      for (const [name, value] of headers) if (!c.res.headers.has(name)) c.header(name, value);
    }
    const durationMs = performance.now() - startedMs;
    onAnswered?.({ route: c.get("route") ?? null, method: c.req.method, status: c.res.status, durationMs });
    if (log.enabled("debug")) {
      const ms = Math.round(durationMs * 10) / 10;
      log.debug("request", { method: c.req.method, path: c.req.path, status: c.res.status, ms, requestId });
    }
  });
  app.use(async (c, next) => {
    // Hono leaves it undefined where the caller gave nothing.
    const address = (c.env as Partial<Connection> | undefined)?.address ?? "";
    const found = await gate(c.req.raw, { address });
    const { access, caller } = typeof found === "string" ? { access: found, caller: undefined } : found;
    if (access === "owner") vouchFor(c.req.raw);
    c.set("access", access);
    c.set("caller", caller);
    c.set("address", address);
    await next();
  });
  for (const route of routes) {
    const methods = route.method === "ANY" ? [...METHODS] : [route.method];
    const limits = bodyLimits(route, options);
    const steps: Handler<Env>[] = [
      (c, next) => admit(c, route, ownerNeeds, next),
      (c) => answer(c, route, limits),
    ];
    app.on(methods, [honoPath(route)], ...steps);
  }
  app.get("/openapi.json", (c) => c.json(openApiDocument(options)));
  for (const path of new Set(routes.map(honoPath))) app.all(path, (c) => refuseMethod(c, routes, path));
  app.notFound((c) => {
    throw new AppError("not_found", `There is no ${c.req.path} here; /openapi.json lists what there is`);
  });
  app.onError((thrown, c) => failure(c, thrown, log));
  return app;
}

/** Who may not use the route is turned away before a byte of the body is waited for. */
async function admit(c: Context<Env>, route: AnyRoute, ownerNeeds: string, next: Next): Promise<void> {
  c.set("route", route.path);
  if (route.access === "owner" && c.get("access") !== "owner") {
    throw new AppError("unauthorized", `${c.req.method} ${route.path} needs ${ownerNeeds}`);
  }
  await route.admit?.({
    params: parsePart("path", route.params, c.req.param()),
    caller: c.get("caller"),
    address: c.get("address"),
    url: c.req.url,
    headers: c.req.raw.headers,
  });
  await next();
}

function bodyLimits({ access }: AnyRoute, options: BuildAppOptions): BodyLimits {
  const { maxBodyBytes = DEFAULT_MAX_BODY_BYTES, maxPublicBodyBytes = maxBodyBytes } = options;
  const { bodyTimeoutMs: timeoutMs = DEFAULT_BODY_TIMEOUT_MS } = options;
  return { maxBytes: access === "public" ? maxPublicBodyBytes : maxBodyBytes, timeoutMs };
}

/** The runtime knows such an answer by its identity, so it must be handed on untouched. */
function isUpgrade({ status, headers }: Response): boolean {
  return status === 101 || headers.has("upgrade");
}

async function answer(c: Context<Env>, route: AnyRoute, limits: BodyLimits): Promise<Response> {
  const input = {
    params: parsePart("path", route.params, c.req.param()),
    query: parsePart("query", route.query, c.req.query()),
    body: route.body === undefined ? undefined : parsePart("body", route.body, await readJson(c, limits)),
    signal: c.req.raw.signal,
    requestId: c.get("requestId"),
    url: c.req.url,
    headers: c.req.raw.headers,
    caller: c.get("caller"),
    address: c.get("address"),
    request: c.req.raw,
  };
  const answered = await route.handle(input);
  if (answered instanceof Response) return answered;
  if (answered instanceof Answer) return c.json(envelopeOf(answered.data), 200, answered.headers);
  return c.json(envelopeOf(answered));
}

/** JSON must say that it is JSON: a web page cannot send that type to another origin without being asked first. */
async function readJson(c: Context<Env>, limits: BodyLimits): Promise<unknown> {
  refuseTooLarge(c.req.raw, limits.maxBytes);
  if (!/^application\/json\b/i.test(c.req.header("content-type") ?? "")) {
    throw new AppError("invalid_input", "The request's content-type must be application/json");
  }
  const text = await readBody(c.req.raw, limits);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("invalid_input", `The request's body is not JSON: ${messageOf(cause)}`, { cause });
  }
}

function parsePart(part: "path" | "query" | "body", schema: Schema | undefined, value: unknown): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(value, { error: englishMessages });
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => ({
    path: [part, ...issue.path].map(String).join("."),
    message: issue.message,
  }));
  const sentence = problems.map(({ path, message }) => `${path}: ${message}`).join("; ");
  throw new AppError("invalid_input", `Cannot accept the request: ${sentence}`, { details: { problems } });
}

function refuseMethod(c: Context<Env>, routes: readonly AnyRoute[], path: string): never {
  const allowed = routes.filter((route) => honoPath(route) === path).flatMap(({ method }) =>
    method === "ANY" ? METHODS : method
  );
  c.header("allow", allowed.join(", "));
  throw new AppError("method_not_allowed", `${c.req.path} answers ${allowed.join(", ")}, not ${c.req.method}`);
}

/** Errors that were foreseen tell the caller all; others are logged whole and leave only the request id. */
function failure(c: Context<Env>, thrown: unknown, log: Logger): Response {
  const error = hasGone(c.req.raw, thrown) ? new AppError("cancelled", "The caller has gone away") : toAppError(thrown);
  const requestId = c.get("requestId");
  if (error.code === "internal") {
    log.error("request failed", { method: c.req.method, path: c.req.path, requestId, error: thrown });
    const hidden = new AppError("internal", `Something failed inside; the log has it under request id ${requestId}`);
    return c.json(errorEnvelope(hidden), 500);
  }
  if (error.code === "unauthorized") c.header("www-authenticate", "Bearer");
  const { retryAfterMs } = (error.details ?? {}) as { readonly retryAfterMs?: unknown };
  if (typeof retryAfterMs === "number") c.header("retry-after", String(Math.max(1, Math.ceil(retryAfterMs / 1_000))));
  return c.json(errorEnvelope(error), error.meaning.http as ContentfulStatusCode);
}

/** Of a caller that leaves in the middle of its body these errors tell, 2.6's and 2.9's, before the signal aborts. */
function hasGone({ signal, body }: Request, thrown: unknown): boolean {
  const { BadResource, Http } = Deno.errors;
  return signal.aborted || (body !== null && (thrown instanceof Http || thrown instanceof BadResource));
}

function honoPath(route: AnyRoute): string {
  const path = route.path.replaceAll(/\{(\w+)\}/g, ":$1");
  return route.takesRest === true ? `${path}{.+}` : path;
}
