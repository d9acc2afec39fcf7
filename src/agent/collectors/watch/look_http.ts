import type { Clock } from "../../../core/mod.ts";
import { isWeb, patternOf } from "../../../config/mod.ts";
import {
  basicAuthorization,
  type ByteStream,
  CheckFailure,
  connectTcp,
  exchange,
  expiryOf,
  failureWords,
  type HttpAnswer,
  isCertificateFailure,
  openUnverified,
  serverOf,
  startTls,
  type TlsOptions,
  usingStream,
} from "../../../http/mod.ts";
import type { Header } from "../reading/header_lines.ts";
import { CertificateDates } from "./certificate_dates.ts";
import { readHeaders } from "./headers_file.ts";
import type { WatchOptions } from "./options.ts";
import { down, unknown, up, type Verdict } from "./verdict.ts";

const MAX_REDIRECTS = 5;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const MAX_BODY_BYTES = 1024 * 1024;

/** Looks at one address again and again: up when the answer, after redirects, has a wanted status and body. */
export class HttpLook {
  readonly #options: WatchOptions;
  readonly #target: URL;
  readonly #pattern: RegExp | null;
  readonly #clock: Clock;
  readonly #tls: TlsOptions;
  readonly #dates: CertificateDates;

  constructor(options: WatchOptions, target: URL, clock: Clock, tls: TlsOptions = {}) {
    this.#options = options;
    this.#target = target;
    this.#pattern = options.body === "" ? null : patternOf(options.body);
    this.#clock = clock;
    this.#tls = tls;
    this.#dates = new CertificateDates(clock);
  }

  async look(signal: AbortSignal): Promise<Verdict> {
    let headers: readonly Header[];
    const password = basicAuthorization(this.#target);
    try {
      headers = [...(password === null ? [] : [password]), ...await readHeaders(this.#options.headers_file)];
    } catch (error) {
      if (error instanceof CheckFailure) return unknown(error.message);
      throw error;
    }
    const startedMs = this.#clock.monotonicMs();
    try {
      const answer = await this.#follow(headers, signal);
      const facts = { status: answer.status, latencyMs: this.#clock.monotonicMs() - startedMs };
      const fault = this.#faultOf(answer);
      return await this.#withCertificate(fault === null ? up(facts) : down(fault, facts), undefined, signal);
    } catch (error) {
      signal.throwIfAborted();
      return await this.#withCertificate(down(failureWords(error)), error, signal);
    }
  }

  #faultOf({ status, body }: HttpAnswer): string | null {
    const wanted = this.#options.status;
    const isWanted = wanted.length > 0 ? wanted.includes(status) : status >= 200 && status < 400;
    if (!isWanted) return `status ${status}`;
    return this.#pattern === null || this.#pattern.test(new TextDecoder().decode(body)) ? null : "body does not match";
  }

  /** A redirect that is itself a wanted status is the answer. */
  async #follow(headers: readonly Header[], signal: AbortSignal): Promise<HttpAnswer> {
    let url = this.#target;
    for (let count = 0; count <= MAX_REDIRECTS; count++) {
      const answer = await this.#ask(url, headers, signal);
      const next = this.#options.status.includes(answer.status) ? null : redirectOf(answer, url);
      if (next === null) return answer;
      url = next;
    }
    throw new CheckFailure(`more than ${MAX_REDIRECTS} redirects`);
  }

  /** The user's headers are for the target's own server and nobody else. */
  async #ask(url: URL, headers: readonly Header[], signal: AbortSignal): Promise<HttpAnswer> {
    const stream = await this.#connect(url, signal);
    return await usingStream(stream, signal, () =>
      exchange(stream, {
        method: this.#options.method,
        url,
        headers: url.origin === this.#target.origin ? headers : [],
        bodyBytes: this.#pattern === null ? 0 : MAX_BODY_BYTES,
      }));
  }

  async #connect(url: URL, signal: AbortSignal): Promise<ByteStream> {
    const server = serverOf(url);
    const isTls = url.protocol === "https:";
    if (isTls && this.#options.insecure) {
      const { stream, certificateEndMs } = await openUnverified(server, signal);
      if (url.origin === this.#target.origin) this.#dates.saw(certificateEndMs);
      return stream;
    }
    const conn = await connectTcp(server, signal);
    conn.setNoDelay(true); // else the kernel holds the request back for what the handshake may still send
    return isTls ? await startTls(conn, server.host, signal, this.#tls) : conn;
  }

  /** Adds how long the target's own certificate is good for, where its server was spoken to. */
  async #withCertificate(verdict: Verdict, error: unknown, signal: AbortSignal): Promise<Verdict> {
    if (this.#target.protocol !== "https:") return verdict;
    const refused = error !== undefined && isCertificateFailure(error);
    if (error !== undefined && !refused) return verdict;
    if (refused) this.#dates.saw(expiryOf(error));
    if (!this.#options.insecure) {
      const problem = await this.#dates.refresh(serverOf(this.#target), signal);
      if (problem !== null) return { ...verdict, problem };
    }
    const certificateDaysLeft = this.#dates.daysLeft();
    return certificateDaysLeft === undefined ? verdict : { ...verdict, certificateDaysLeft };
  }
}

function redirectOf({ status, headers }: HttpAnswer, from: URL): URL | null {
  const location = headers.get("location");
  if (!REDIRECTS.includes(status) || location === undefined) return null;
  const url = URL.parse(location, from);
  if (url === null || !isWeb(url)) throw new CheckFailure("it redirects to what is no http or https address");
  return url;
}
