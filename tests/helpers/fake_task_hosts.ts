/** Hosts that do a manager's tasks, behind a network that a test decides about. */
import { AppError, type ErrorCode, ERRORS } from "../../src/core/mod.ts";
import type { Caller, NewFleetEvent, TaskDelivery, TaskResult } from "../../src/protocol/mod.ts";
import type { NewTaskHost, TasksPorts, TaskStorePort } from "../../src/manager/tasks/mod.ts";

export const CALLER: Caller = {
  actor: "root",
  kind: "session",
  userId: "u",
  role: "admin",
  scopes: [],
  sessionId: null,
  csrf: null,
  address: "",
};

/** What becomes of a request on its way. */
export type Weather = "fine" | "lost_before" | "lost_after" | "not_sent";

export class FakeHosts {
  /** How often each task was done. */
  readonly done = new Map<string, number>();
  readonly reports: { readonly hostId: string; readonly result: TaskResult }[] = [];
  readonly online = new Set<string>();
  readonly drained = new Set<string>();
  /** How the hosts answer a delivery instead of doing it. */
  answer: ErrorCode | null = null;
  /** Whether tasks end at once; otherwise by `finish`. */
  isQuick = true;
  outcome: TaskResult["outcome"] = "done";
  weather: () => Weather = () => "fine";
  readonly requests: string[] = [];
  /** Of each delivery whether it said that there may have been one before. */
  readonly again: boolean[] = [];
  readonly #known = new Map<string, { hostId: string; result: TaskResult | null }>();

  fetch(hostId: string, request: Request): Promise<Response> {
    const weather = this.online.has(hostId) ? this.weather() : "not_sent";
    if (weather === "not_sent") return Promise.reject(new AppError("host_offline", `${hostId} is not connected`));
    this.requests.push(`${request.method} ${new URL(request.url).pathname}`);
    if (weather === "lost_before") return Promise.reject(new AppError("unavailable", "the tunnel broke"));
    return this.#handle(hostId, request).then((response) => {
      if (weather === "lost_after") throw new AppError("unavailable", "the tunnel broke");
      return response;
    });
  }

  /** The host has done what it was given. */
  finish(id: string): void {
    const known = this.#known.get(id);
    if (known === undefined || known.result !== null) return;
    known.result = resultOf(id, this.outcome);
    this.reports.push({ hostId: known.hostId, result: known.result });
  }

  async #handle(hostId: string, request: Request): Promise<Response> {
    if (this.answer !== null) return refusal(this.answer);
    if (request.method === "DELETE") return refusal("not_found");
    const { id, expiresInMs, again }: TaskDelivery = await request.json();
    this.again.push(again === true);
    if (!this.#known.has(id)) {
      this.#known.set(id, { hostId, result: null });
      if (expiresInMs <= 0) this.#end(id, resultOf(id, "expired"));
      else {
        this.done.set(id, (this.done.get(id) ?? 0) + 1);
        if (this.isQuick) this.finish(id);
      }
    }
    const result = this.#known.get(id)?.result ?? null;
    return told(result === null ? { id, state: "running" } : { id, state: "ended", result });
  }

  #end(id: string, result: TaskResult): void {
    const known = this.#known.get(id);
    if (known === undefined) return;
    known.result = result;
    this.reports.push({ hostId: known.hostId, result });
  }
}

export function resultOf(id: string, outcome: TaskResult["outcome"]): TaskResult {
  return { id, outcome, message: outcome, output: "{}", truncated: false, endedMs: 1 };
}

function told(data: unknown): Response {
  return Response.json({ code: 0, msg: "ok", data });
}

function refusal(code: ErrorCode): Response {
  return Response.json({ code: ERRORS[code].number, msg: `the host says ${code}`, data: null }, {
    status: ERRORS[code].http,
  });
}

export function portsOf(store: TaskStorePort, hosts: FakeHosts, events: NewFleetEvent[] = []): TasksPorts {
  return {
    store,
    hostName: (id) => `name of ${id}`,
    isOnline: (id) => hosts.online.has(id),
    isDrained: (id) => hosts.drained.has(id),
    fetch: (hostId, request) => hosts.fetch(hostId, request),
    refusal: () => Promise.resolve(null),
    publish: (published) => {
      events.push(...published);
      return Promise.resolve();
    },
  };
}

export function newHosts(count: number): NewTaskHost[] {
  return Array.from({ length: count }, (_, at) => ({
    id: `h${at}`,
    name: `host-${at}`,
    labels: {},
    kind: "agent",
    state: "online",
  }));
}
