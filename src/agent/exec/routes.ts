import { AppError, messageOf } from "../../core/mod.ts";
import { type AnyRoute, defineRawRoute, defineRoute } from "../../http/mod.ts";
import { execReport, type ExecRequest, execRequest } from "../../protocol/mod.ts";
import type { Commands } from "./commands.ts";
import { execStream } from "./exec_stream.ts";

/** Of the request that names the command, its input included. */
const MAX_REQUEST_BYTES = 2 * 1024 * 1024;

/** What the control API has of commands. */
export function execRoutes(commands: Commands): AnyRoute[] {
  return [
    defineRoute({
      method: "POST",
      path: "/v1/exec",
      summary: "Run a command and answer when it has ended, with the beginning of its outputs",
      access: "owner",
      body: execRequest(),
      response: execReport,
      errors: ["not_found", "forbidden", "unsupported", "rate_limited", "unavailable"],
      handle: ({ body, signal, caller }) => commands.run(body, { by: nameOf(caller), signal }),
    }),
    defineRawRoute({
      method: "POST",
      path: "/v1/exec/stream",
      summary: "Run a command and send its outputs as server-sent events; leaving ends it",
      access: "owner",
      produces: ["text/event-stream"],
      errors: ["not_found", "forbidden", "unsupported", "rate_limited", "unavailable", "too_large"],
      handle: async ({ request, signal, caller }) =>
        await execStream(commands, await requestOf(request), { by: nameOf(caller), signal }),
    }),
  ];
}

/** On the addresses that are this host's own the gates tell of nobody in particular. */
function nameOf(caller: unknown): string {
  return caller === undefined ? "owner" : "manager";
}

/** A raw route reads and checks its body itself. */
async function requestOf(request: Request): Promise<ExecRequest> {
  if (!/^application\/json\b/i.test(request.headers.get("content-type") ?? "")) {
    throw new AppError("invalid_input", "The request's content-type must be application/json");
  }
  const parsed = execRequest().safeParse(parseJson(await boundedText(request)));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${["body", ...path].join(".")}: ${message}`);
  throw new AppError("invalid_input", `Cannot accept the request: ${problems.join("; ")}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("invalid_input", `The request's body is not JSON: ${messageOf(cause)}`, { cause });
  }
}

async function boundedText({ body }: Request): Promise<string> {
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_REQUEST_BYTES) {
      throw new AppError("too_large", `A request body may hold ${MAX_REQUEST_BYTES} bytes at most`);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
