import { AppError, messageOf } from "../core/mod.ts";
import { codeOfNumber, type Envelope } from "./envelope.ts";
import { EventReader, type ServerEvent } from "./event_reader.ts";
import { LineReader } from "./line_reader.ts";

export interface ApiRequest {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

export interface EventsRequest extends ApiRequest {
  readonly signal?: AbortSignal | undefined;
  /** Called when the other side has begun to answer, which may be long before the first event. */
  readonly onOpen?: () => void;
}

export interface RawRequest {
  readonly method?: "GET" | "HEAD" | "PUT";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: BodyInit | null;
  readonly signal?: AbortSignal | undefined;
}

const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const EVENT_STREAM = "text/event-stream";
const JSON_LINES = "application/x-ndjson";
const MAX_LINE_CHARS = 2 * 1024 * 1024;

/** Calls an API that answers in our envelope; gives `data`, or throws the AppError that the other side described. */
export class ApiClient {
  readonly #fetch: (path: string, init: RequestInit) => Promise<Response>;

  /** @param fetch sends a request for a path to the API, whatever the transport */
  constructor(fetch: (path: string, init: RequestInit) => Promise<Response>) {
    this.#fetch = fetch;
  }

  async call(path: string, request: ApiRequest = {}): Promise<unknown> {
    return dataOf(await readEnvelope(await this.#fetch(path, initOf(request)), path));
  }

  /**
   * The answer as it comes, to a request whose body may be anything. One that tells of an error is thrown as `call` throws
   * it; that a range is not there (416) is an answer like any other.
   */
  async raw(path: string, request: RawRequest = {}): Promise<Response> {
    const { method = "GET", body = null, headers = {}, signal = null } = request;
    const response = await this.#fetch(path, { method, body, headers: { ...headers }, signal });
    if (response.ok || response.status === 416) return response;
    dataOf(await readEnvelope(response, path));
    throw new AppError("unavailable", `${path} answered neither what was asked nor why not (HTTP ${response.status})`);
  }

  /** The events of a stream until it ends. Whoever leaves the loop, or aborts, closes the connection. */
  async *events(path: string, { onOpen, ...request }: EventsRequest = {}): AsyncGenerator<ServerEvent, void> {
    const response = await this.#fetch(path, initOf(request, { accept: EVENT_STREAM }));
    if (!(response.headers.get("content-type") ?? "").startsWith(EVENT_STREAM)) {
      dataOf(await readEnvelope(response, path));
      throw new AppError("unavailable", `${path} answered without events (HTTP ${response.status})`);
    }
    onOpen?.();
    const reader = new EventReader();
    for await (const chunk of response.body ?? []) yield* reader.read(chunk);
  }

  /** The values of an answer of lines of JSON until it ends. Whoever leaves the loop, or aborts, closes the connection. */
  async *jsonLines(path: string, { onOpen, ...request }: EventsRequest = {}): AsyncGenerator<unknown, void> {
    const response = await this.#fetch(path, initOf(request, { accept: JSON_LINES }));
    if (!(response.headers.get("content-type") ?? "").startsWith(JSON_LINES)) {
      dataOf(await readEnvelope(response, path));
      throw new AppError("unavailable", `${path} answered without lines of JSON (HTTP ${response.status})`);
    }
    onOpen?.();
    const reader = new LineReader(MAX_LINE_CHARS);
    for await (const chunk of response.body ?? []) {
      for (const line of reader.read(chunk)) yield parseLine(line, path);
    }
  }
}

function parseLine(line: string, path: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new AppError("unavailable", `${path} answered with a line that is not JSON: ${messageOf(cause)}`, { cause });
  }
}

function initOf({ method = "GET", body, signal }: ApiRequest, headers?: Record<string, string>): RequestInit {
  const init: RequestInit = { method, signal: signal ?? null };
  if (headers !== undefined) init.headers = headers;
  if (body === undefined) return init;
  return { ...init, headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(body) };
}

function dataOf({ code, msg, data }: Envelope): unknown {
  if (code !== 0) throw new AppError(codeOfNumber(code), msg, { details: data ?? undefined });
  return data;
}

/** The body as text; one that is larger than any of our answers is refused before it fills the memory. */
export async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) {
      throw new AppError("unavailable", `The answer has more than ${MAX_ANSWER_BYTES} bytes`);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

async function readEnvelope(response: Response, path: string): Promise<Envelope> {
  const text = await textOf(response);
  try {
    const value: unknown = JSON.parse(text);
    if (isEnvelope(value)) return value;
  } catch (cause) {
    throw new AppError(
      "unavailable",
      `${path} answered what is not JSON (HTTP ${response.status}): ${messageOf(cause)}`,
      { cause },
    );
  }
  throw new AppError("unavailable", `${path} answered without an envelope (HTTP ${response.status})`);
}

function isEnvelope(value: unknown): value is Envelope {
  return typeof value === "object" && value !== null && "code" in value && typeof value.code === "number" &&
    "msg" in value && typeof value.msg === "string" && "data" in value;
}
