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

  private constructor({ url, token }: ManagerAddress, client: Deno.HttpClient) {
    this.url = url;
    this.#client = client;
    this.api = new ApiClient((path, init) => this.#fetch(path, init, token));
  }

  static async open(address: ManagerAddress): Promise<ManagerClient> {
    const authority = address.ca ?? await systemAuthorities();
    const client = Deno.createHttpClient(authority === null ? {} : { caCerts: [authority] });
    return new ManagerClient(address, client);
  }

  close(): void {
    this.#client.close();
  }

  async #fetch(path: string, init: RequestInit, token: Secret | undefined): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("user-agent", `farhand/${VERSION}`);
    if (token !== undefined) headers.set("authorization", `Bearer ${token.reveal()}`);
    try {
      return await fetch(new URL(path, this.url), { ...init, headers, client: this.#client });
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
