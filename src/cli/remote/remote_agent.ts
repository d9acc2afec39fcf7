import { AppError } from "../../core/mod.ts";
import type { ApiClient, ServerEvent } from "../../http/mod.ts";
import { type AgentStatus, agentStatus } from "../../protocol/mod.ts";
import type { AskOptions } from "../daemon.ts";
import type { AgentReach } from "../reach.ts";

/** Longer than this host's agent may take: there is a network and a tunnel in between. */
const ASK_TIMEOUT_MS = 30_000;

/** Another host's agent: the routes are its own, the manager hands every request on. */
export class RemoteAgent implements AgentReach {
  readonly #api: ApiClient;
  readonly #base: string;
  readonly #name: string;

  constructor(api: ApiClient, host: { readonly id: string; readonly name: string }) {
    this.#api = api;
    this.#name = host.name;
    this.#base = `/api/v1/hosts/${encodeURIComponent(host.id)}/agent`;
  }

  async status(): Promise<AgentStatus> {
    return agentStatus.parse(await this.ask("/v1/status"));
  }

  async ask(path: string, { signal, timeoutMs = ASK_TIMEOUT_MS, ...request }: AskOptions = {}): Promise<unknown> {
    const limit = AbortSignal.timeout(timeoutMs);
    const either = signal === undefined ? limit : AbortSignal.any([signal, limit]);
    try {
      return await this.#api.call(this.#base + path, { ...request, signal: either });
    } catch (error) {
      signal?.throwIfAborted();
      throw limit.aborted ? this.#silent(timeoutMs) : error;
    }
  }

  follow(path: string, signal: AbortSignal, onOpen: () => void = () => {}): AsyncGenerator<ServerEvent, void> {
    return this.#api.events(this.#base + path, { signal, onOpen });
  }

  #silent(timeoutMs: number): AppError {
    const message = `${this.#name} has not answered within ${timeoutMs / 1000} s`;
    return new AppError("timeout", message, { retryable: true });
  }
}
