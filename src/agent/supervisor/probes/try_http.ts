import { type Clock, Duration, oneLine, withinTime } from "../../../core/mod.ts";
import {
  basicAuthorization,
  type ByteStream,
  connectTcp,
  exchange,
  failureWords,
  type HttpAnswer,
  isLoopbackHost,
  openUnverified,
  serverOf,
  startTls,
  usingStream,
} from "../../../http/mod.ts";
import type { ProbeTarget } from "../spec/process_spec.ts";
import type { Outcome } from "./probe_policy.ts";

type HttpTarget = Extract<ProbeTarget, { type: "http" }>;

const MAX_BODY_BYTES = 64 * 1024;
const MAX_SHOWN_URL = 160;
/** What the request says of its own connection and body, whatever the config says. */
const OWN_HEADERS: readonly string[] = ["connection", "content-length", "transfer-encoding", "upgrade"];

/** Good when a GET is answered as it should be. Redirects are answers like others; each try has its own connection. */
export function httpAttempt(target: HttpTarget, timeoutMs: number, clock: Clock) {
  const url = URL.parse(target.url);
  if (url === null) return () => Promise.resolve<Outcome>({ ok: false, reason: "its target is no URL" });
  const what = shownRequest(url);
  return async (signal: AbortSignal): Promise<Outcome> => {
    try {
      const asked = await withinTime(clock, timeoutMs, signal, (within) => ask(target, url, within));
      if (asked.late) return { ok: false, reason: `${what}: no answer within ${new Duration(timeoutMs)}` };
      return judged(target, asked.value, what);
    } catch (error) {
      signal.throwIfAborted();
      return { ok: false, reason: `${what}: ${failureWords(error)}` };
    }
  };
}

/** Without what may be secret: user, password, and the query, where some put tokens. */
function shownRequest(url: URL): string {
  return `GET ${oneLine(`${url.protocol}//${url.host}${url.pathname}`, MAX_SHOWN_URL)}`;
}

async function ask(target: HttpTarget, url: URL, signal: AbortSignal): Promise<HttpAnswer> {
  const password = basicAuthorization(url);
  const own = Object.entries(target.headers).filter(([name]) => !OWN_HEADERS.includes(name.toLowerCase()));
  const headers = password === null ? own : [password, ...own];
  const bodyBytes = target.body === null ? 0 : MAX_BODY_BYTES;
  const stream = await connect(url, signal);
  return await usingStream(stream, signal, () => exchange(stream, { method: "GET", url, headers, bodyBytes }));
}

/** On this very host no certificate has to say who is there; programs often have one for another name, or their own. */
async function connect(url: URL, signal: AbortSignal): Promise<ByteStream> {
  const server = serverOf(url);
  const isTls = url.protocol === "https:";
  if (isTls && isLoopbackHost(server.host)) return (await openUnverified(server, signal)).stream;
  const conn = await connectTcp(server, signal);
  conn.setNoDelay(true); // else the kernel holds the request back for what the handshake may still send
  return isTls ? await startTls(conn, server.host, signal, {}) : conn;
}

function judged(target: HttpTarget, { status, headers, body }: HttpAnswer, what: string): Outcome {
  const wanted = target.status.length > 0 ? target.status.includes(status) : status >= 200 && status <= 299;
  const answered = `${what} answered ${status}`;
  if (!wanted) return { ok: false, reason: answered };
  for (const [name, pattern] of target.expectHeaders) {
    const value = headers.get(name.toLowerCase());
    if (value === undefined) return { ok: false, reason: `${answered} without header ${name}` };
    if (!pattern.test(value)) return { ok: false, reason: `${answered}, but header ${name} does not match` };
  }
  if (target.body !== null && !target.body.test(new TextDecoder().decode(body))) {
    return { ok: false, reason: `${answered}, but the body does not match` };
  }
  return { ok: true, reason: answered };
}
