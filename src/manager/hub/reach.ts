import { AppError, Duration } from "../../core/mod.ts";
import type { DuplexAnswer, Session } from "../../tunnel/mod.ts";
import type { Directory } from "./hosts/directory.ts";
import type { HostEntry } from "./hosts/host_entry.ts";

export interface ReachOptions {
  /** How long the head of the answer may take. */
  readonly headTimeoutMs?: number;
}

/** Long enough for what a host does before it answers, such as stopping processes; whoever knows better says so. */
const HEAD_TIMEOUT_MS = 300_000;

/**
 * Requests to hosts, through their tunnels. `host_offline` means that nothing was sent; `unavailable` that the connection
 * broke on the way, when nobody knows how far it came.
 */
export class Reach {
  readonly #directory: Directory;

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  async fetch(hostId: string, request: Request, options: ReachOptions = {}): Promise<Response> {
    const { headTimeoutMs = HEAD_TIMEOUT_MS } = options;
    return await this.#ask(hostId, headTimeoutMs, (session) => session.fetch(request, { headTimeoutMs }));
  }

  async duplex(hostId: string, request: Request, options: ReachOptions = {}): Promise<DuplexAnswer> {
    const { headTimeoutMs = HEAD_TIMEOUT_MS } = options;
    return await this.#ask(hostId, headTimeoutMs, (session) => session.duplex(request, { headTimeoutMs }));
  }

  async #ask<T>(hostId: string, limitMs: number, ask: (session: Session) => Promise<T>): Promise<T> {
    const entry = this.#directory.get(hostId);
    if (entry === undefined) throw new AppError("not_found", `There is no host ${hostId}`);
    const session = entry.link?.session;
    if (session === undefined || session.end !== null || session.isDraining) throw offline(entry);
    try {
      return await ask(session);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      throw worded(entry, limitMs, error);
    }
  }
}

function offline({ name, record, presence }: HostEntry): AppError {
  if (record.kind === "worker") {
    return new AppError("unsupported", `${name} only reports and cannot be asked anything; enrol an agent there`);
  }
  // For a moment it counts as it did before, since most are back at once.
  const isTold = presence.state !== "online" && presence.state !== "degraded";
  const reason = isTold ? presence.reason : "its connection was lost a moment ago";
  return new AppError("host_offline", `${name} is not connected: ${reason}`, { retryable: true });
}

function worded({ name }: HostEntry, limitMs: number, error: AppError): AppError {
  const options = { retryable: true, cause: error };
  switch (error.code) {
    case "unavailable":
      return new AppError(
        "unavailable",
        `The connection to ${name} broke before it had answered: ${error.message}`,
        options,
      );
    case "timeout":
      return new AppError("timeout", `${name} did not answer within ${new Duration(limitMs)}`, options);
    case "rate_limited":
      return new AppError("rate_limited", `Too much is asked of ${name} at once: ${error.message}`, options);
    default:
      return error;
  }
}
