import { Buffer } from "node:buffer";
import type { HostView } from "../../src/protocol/mod.ts";

/** What a command has asked of it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly token: string | null;
  readonly body: unknown;
}

export interface AnsweringApi {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** So that commands ask it without a login. */
  readonly env: Readonly<Record<string, string>>;
}

export type Answers = (asked: Asked) => unknown;

/** A refusal in the API's envelope. */
export class Refused {
  constructor(readonly number: number, readonly message: string, readonly http = 400) {}
}

export const TOKEN = "fht_secret-of-the-test";

export function hostView(name: string, more: Partial<HostView> = {}): HostView {
  return {
    id: `h-${name}`,
    name,
    kind: "agent",
    labels: {},
    state: "online",
    sinceMs: 0,
    reason: "heartbeats arrive",
    enrolledMs: 0,
    drained: false,
    processes: { total: 0, bad: 0 },
    duplicates: [],
    ...more,
  };
}

/** A manager's API as the command line meets it: on loopback, with what a test has it answer. */
export async function withAnsweringApi(answers: Answers, use: (api: AnsweringApi) => Promise<void>): Promise<void> {
  const asked: Asked[] = [];
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    const text = await request.text();
    const one: Asked = {
      method: request.method,
      path: pathname + search,
      token: request.headers.get("authorization"),
      body: text === "" ? undefined : JSON.parse(text),
    };
    asked.push(one);
    return answerOf(answers(one));
  });
  const url = `http://127.0.0.1:${server.addr.port}/`;
  await use({ url, asked, env: { FARHAND_URL: url, FARHAND_TOKEN: TOKEN } });
}

function answerOf(data: unknown): Response {
  if (data instanceof Response) return data;
  if (data instanceof Refused) {
    return Response.json({ code: data.number, msg: data.message, data: null }, { status: data.http });
  }
  return Response.json({ code: 0, msg: "ok", data });
}

/** What `/v1/exec/stream` tells of a command. */
export function execStream(stdout: string, stderr: string, end: object): Response {
  const event = (name: string, data: string) => `event: ${name}\ndata: ${data}\n\n`;
  const text = event("stdout", Buffer.from(stdout).toString("base64")) +
    event("stderr", Buffer.from(stderr).toString("base64")) +
    event("end", JSON.stringify({ timedOut: false, truncated: false, durationMs: 1, ...end }));
  return new Response(text, { headers: { "content-type": "text/event-stream" } });
}
