import { AppError, messageOf } from "../core/mod.ts";
import { codeOfNumber, type Envelope } from "./envelope.ts";

export interface ApiRequest {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** Calls an API that answers in our envelope; gives `data`, or throws the AppError that the other side described. */
export class ApiClient {
  readonly #fetch: (path: string, init: RequestInit) => Promise<Response>;

  /** @param fetch sends a request for a path to the API, whatever the transport */
  constructor(fetch: (path: string, init: RequestInit) => Promise<Response>) {
    this.#fetch = fetch;
  }

  async call(path: string, { method = "GET", body, signal }: ApiRequest = {}): Promise<unknown> {
    const init: RequestInit = { method, signal: signal ?? null };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { "content-type": "application/json" };
    }
    const response = await this.#fetch(path, init);
    const envelope = await readEnvelope(response, path);
    if (envelope.code !== 0) {
      throw new AppError(codeOfNumber(envelope.code), envelope.msg, { details: envelope.data ?? undefined });
    }
    return envelope.data;
  }
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
