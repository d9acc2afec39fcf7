import { t } from "./i18n/i18n.ts";
import { readEvents, readLines, type StreamEvent } from "./streams.ts";

/** Something that the manager, or a host through it, would not or could not do; its message is for people. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  /** Of the one table of errors; 0 where no answer of the manager came at all. */
  readonly code: number;
  /** HTTP's; 0 likewise. */
  readonly status: number;
  readonly details: unknown;

  constructor(
    message: string,
    meaning: { readonly code: number; readonly status: number; readonly details?: unknown },
  ) {
    super(message);
    this.code = meaning.code;
    this.status = meaning.status;
    this.details = meaning.details;
  }
}

/** Numbers of `ERRORS` in core that pages tell apart. */
export const PROBLEM_CODES = {
  invalidInput: 10001,
  unauthorized: 10003,
  forbidden: 10004,
  notFound: 10005,
  conflict: 10007,
  hostOffline: 20001,
  hostRefuses: 20002,
} as const;

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Asking {
  readonly query?: Query;
  readonly signal?: AbortSignal;
  /** Until the answer is complete; of a stream, until it begins. */
  readonly timeoutMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

interface RawAsking extends Asking {
  readonly body?: BodyInit;
}

interface Envelope {
  readonly code: number;
  readonly msg: string;
  readonly data: unknown;
}

const DEFAULT_TIMEOUT_MS = 20_000;
const UNAUTHORIZED = 401;

let csrf = "";
let onUnauthorized = () => {};

/** Set by session.ts, which knows who is logged in. */
export function setApiSession(options: { readonly csrf?: string; readonly onUnauthorized?: () => void }): void {
  csrf = options.csrf ?? csrf;
  onUnauthorized = options.onUnauthorized ?? onUnauthorized;
}

export const api = {
  get: <T>(path: string, asking: Asking = {}): Promise<T> => call<T>("GET", path, undefined, asking),
  post: <T>(path: string, body?: unknown, asking: Asking = {}): Promise<T> => call<T>("POST", path, body, asking),
  put: <T>(path: string, body?: unknown, asking: Asking = {}): Promise<T> => call<T>("PUT", path, body, asking),
  patch: <T>(path: string, body?: unknown, asking: Asking = {}): Promise<T> => call<T>("PATCH", path, body, asking),
  delete: <T>(path: string, asking: Asking = {}): Promise<T> => call<T>("DELETE", path, undefined, asking),
  raw,
  /** Objects, one a line, as they come. */
  async *lines<T>(path: string, asking: Asking = {}): AsyncGenerator<T, void> {
    const { body } = await raw("GET", path, asking);
    if (body === null) return;
    for await (const line of readLines(body)) yield JSON.parse(line) as T;
  },
  /** Server-sent events, as they come. */
  async *events(path: string, asking: Asking = {}): AsyncGenerator<StreamEvent, void> {
    const { body } = await raw("GET", path, asking);
    if (body !== null) yield* readEvents(body);
  },
} as const;

/** The address of one of a host's own routes, through the manager: `agentPath(id, "/v1/processes")`. */
export function agentPath(hostId: string, path: string): string {
  return `/api/v1/hosts/${encodeURIComponent(hostId)}/agent${path}`;
}

/** `path` with what of the query is there. */
export function withQuery(path: string, query: Query = {}): string {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === null || value === "" ? [] : [[name, String(value)]]
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

async function call<T>(method: string, path: string, body: unknown, asking: Asking): Promise<T> {
  const sent = body === undefined ? {} : {
    body: JSON.stringify(body),
    headers: { ...asking.headers, "content-type": "application/json" },
  };
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = asking;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = asking.signal === undefined ? timeout : AbortSignal.any([asking.signal, timeout]);
  const answer = await ask(method, path, { ...asking, ...sent, signal });
  const { data } = await envelopeOf(answer, path);
  return data as T;
}

/** The answer itself, for what is no envelope: files, streams. Throws ApiProblem where it is an error. */
async function raw(method: string, path: string, asking: RawAsking = {}): Promise<Response> {
  const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = asking;
  const begun = new AbortController();
  const late = setTimeout(() => begun.abort(timeoutError()), timeoutMs);
  try {
    return await ask(method, path, {
      ...asking,
      signal: signal === undefined ? begun.signal : AbortSignal.any([signal, begun.signal]),
    });
  } finally {
    clearTimeout(late);
  }
}

async function ask(method: string, path: string, asking: RawAsking): Promise<Response> {
  const headers = { ...asking.headers, ...(method !== "GET" && { "x-csrf-token": csrf }) };
  const { body, signal } = asking;
  let answer: Response;
  try {
    answer = await fetch(withQuery(path, asking.query), {
      method,
      headers,
      credentials: "same-origin",
      redirect: "error",
      ...(body !== undefined && { body }),
      ...(signal !== undefined && { signal }),
    });
  } catch (error) {
    throw unreached(error, asking.signal);
  }
  if (answer.ok) return answer;
  if (answer.status === UNAUTHORIZED) onUnauthorized();
  throw await problemOf(answer, path);
}

/** Whoever has aborted gets his own error back; the rest is told in words. */
function unreached(error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) {
    const { reason } = signal;
    return isTimeout(reason) ? new ApiProblem(t("problem.timeout"), { code: 0, status: 0 }) : reason;
  }
  return new ApiProblem(t("problem.unreachable"), { code: 0, status: 0, details: String(error) });
}

async function envelopeOf(answer: Response, path: string): Promise<Envelope> {
  try {
    const envelope: Envelope = await answer.json();
    if (typeof envelope === "object" && envelope !== null && "data" in envelope) return envelope;
  } catch (error) {
    if (isTimeout(error)) throw new ApiProblem(t("problem.timeout"), { code: 0, status: answer.status });
    if (isAbort(error)) throw error;
    // Not JSON: told below, like JSON that is something else.
  }
  throw new ApiProblem(t("problem.unreadable", { path }), { code: 0, status: answer.status });
}

async function problemOf(answer: Response, path: string): Promise<ApiProblem> {
  const { status } = answer;
  try {
    const { code, msg, data }: Envelope = await answer.json();
    if (typeof code === "number" && typeof msg === "string") {
      return new ApiProblem(msg, { code, status, details: data });
    }
  } catch {
    // A proxy's page, say: its status has to do.
  }
  return new ApiProblem(t("problem.status", { status, path }), { code: 0, status });
}

function timeoutError(): DOMException {
  return new DOMException("no answer in time", "TimeoutError");
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === "TimeoutError";
}

/** Whether something was only given up by whoever had asked for it: nobody needs to be told. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
