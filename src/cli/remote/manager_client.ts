import { AppError, type Secret, VERSION } from "../../core/mod.ts";
import { ApiClient, failureWords, isCertificateFailure } from "../../http/mod.ts";
import { systemAuthorities } from "../../platform/mod.ts";

export interface ManagerAddress {
  readonly url: string;
  readonly token?: Secret | undefined;
  /** The authority of the manager's certificate, PEM; the system's when absent. */
  readonly ca?: string | undefined;
}

/** A manager's API over the network. To be closed once nothing more is asked. */
export class ManagerClient {
  readonly url: string;
  readonly api: ApiClient;
  readonly #client: Deno.HttpClient;
  readonly #caCerts: string[];
  readonly #token: Secret | undefined;
  #bulkClient: Deno.HttpClient | null = null;

  private constructor({ url, token }: ManagerAddress, caCerts: string[]) {
    this.url = url;
    this.#client = Deno.createHttpClient({ caCerts });
    this.#caCerts = caCerts;
    this.#token = token;
    this.api = new ApiClient((path, init) => this.#fetch(path, init, this.#client));
  }

  /**
   * The same for what is large. Over HTTP/1.1: the windows of HTTP/2 are too small for a body on its way to the manager, which
   * takes four times as long by them.
   */
  get bulk(): ApiClient {
    const client = this.#bulkClient ??= Deno.createHttpClient({ caCerts: this.#caCerts, http2: false });
    return new ApiClient((path, init) => this.#fetch(path, init, client));
  }

  static async open(address: ManagerAddress): Promise<ManagerClient> {
    const authority = address.ca ?? await systemAuthorities();
    return new ManagerClient(address, authority === null ? [] : [authority]);
  }

  /** A WebSocket of the same user, which is not open yet. */
  socket(path: string): WebSocket {
    const url = new URL(path, this.url);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return new WebSocket(url, { headers: this.#headers(), client: this.#client });
  }

  close(): void {
    this.#client.close();
    this.#bulkClient?.close();
  }

  #headers(given?: HeadersInit): Headers {
    const headers = new Headers(given);
    headers.set("user-agent", `farhand/${VERSION}`);
    if (this.#token !== undefined) headers.set("authorization", `Bearer ${this.#token.reveal()}`);
    return headers;
  }

  async #fetch(path: string, init: RequestInit, client: Deno.HttpClient): Promise<Response> {
    try {
      return await fetch(new URL(path, this.url), { ...init, headers: this.#headers(init.headers), client });
    } catch (error) {
      init.signal?.throwIfAborted();
      throw unreachable(this.url, error);
    }
  }
}

function unreachable(url: string, cause: unknown): AppError {
  const why = failureWords(cause);
  const remedy = isCertificateFailure(cause)
    ? '"agent login" with --ca-fingerprint or --ca-file says whom to trust'
    : "is it running, and is the address right?";
  return new AppError("unavailable", `Cannot reach the manager at ${url}: ${why}; ${remedy}`, {
    cause,
    retryable: true,
  });
}
