/** Checks a request for tasks, and makes the batch and the tasks of it. */
import { AppError, Duration, HostSelector } from "../../core/mod.ts";
import { MAX_TASK_BODY_BYTES, type NewTasks, type Operation, routeAccess } from "../../protocol/mod.ts";
import type { BatchRecord, NewTaskHost, TaskRecord } from "./ports.ts";

const DEFAULT_EXPIRY_MS = 3_600_000;
const MAX_EXPIRY_MS = 30 * 24 * 3_600_000;
const DEFAULT_TIMEOUT_MS = 600_000;
const MAX_TIMEOUT_MS = 24 * 3_600_000;
const SHORTEST_MS = 1_000;
const DEFAULT_CONCURRENCY = 50;
const MAX_HOSTS = 10_000;
/** The body of an operation is kept once for each host. */
const MAX_BATCH_BYTES = 64 * 1024 * 1024;

/** What goes through a tunnel as it is; the rest has to be encoded. */
const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

export interface TaskTimes {
  readonly expiresInMs: number;
  readonly timeoutMs: number;
}

export function timesOf({ expiresIn, timeout }: NewTasks): TaskTimes {
  return {
    expiresInMs: durationOf("expiresIn", expiresIn, DEFAULT_EXPIRY_MS, MAX_EXPIRY_MS),
    timeoutMs: durationOf("timeout", timeout, DEFAULT_TIMEOUT_MS, MAX_TIMEOUT_MS),
  };
}

function durationOf(key: string, text: string | undefined, absentMs: number, maxMs: number): number {
  if (text === undefined) return absentMs;
  const ms = Duration.parse(text)?.ms;
  if (ms !== undefined && ms >= SHORTEST_MS && ms <= maxMs) return ms;
  const range = `${new Duration(SHORTEST_MS)} to ${new Duration(maxMs)}`;
  throw new AppError("invalid_input", `Cannot make tasks: ${key} must be a duration from ${range}, such as 1h`);
}

/** Throws `invalid_input` for what is no route that may be called on a host, or whose answer has no end. */
export function checkOperation({ method, path, body }: Operation): void {
  const [route = ""] = path.split("?");
  const url = URL.parse(path, "http://host");
  const isPlain = url !== null && url.pathname === route && VISIBLE_ASCII.test(path) && !path.includes("#");
  if (!isPlain || routeAccess(method, route) === null) {
    throw new AppError(
      "invalid_input",
      `Cannot make tasks of ${method} ${route}: hosts take no such request from a manager; see the routes of hosts/{id}/agent`,
    );
  }
  if (route.endsWith("/stream")) {
    const message = `Cannot make tasks of ${method} ${route}: its answer has no end; use the route without /stream`;
    throw new AppError("invalid_input", message);
  }
  if (bytesOf(body) > MAX_TASK_BODY_BYTES) {
    throw new AppError(
      "too_large",
      `Cannot make tasks: the operation's body may have ${MAX_TASK_BODY_BYTES} bytes at most`,
    );
  }
}

function bytesOf(body: unknown): number {
  return body === undefined ? 0 : new TextEncoder().encode(JSON.stringify(body)).length;
}

/** The hosts that are meant, of those that the caller may use; throws for one that is named and is not among them. */
export function chosenHosts({ hosts, select, operation }: NewTasks, allowed: readonly NewTaskHost[]): NewTaskHost[] {
  if ((hosts === undefined) === (select === undefined)) {
    throw new AppError("invalid_input", "Cannot make tasks: say which hosts, either by hosts or by select");
  }
  const chosen = hosts === undefined ? bySelector(select ?? "", allowed) : byId(hosts, allowed);
  if (chosen.length > MAX_HOSTS) {
    const message = `Cannot make tasks for ${chosen.length} hosts: ${MAX_HOSTS} at a time at most; choose fewer`;
    throw new AppError("invalid_input", message);
  }
  if (bytesOf(operation.body) * chosen.length > MAX_BATCH_BYTES) {
    const message = `Cannot make tasks for ${chosen.length} hosts with a body of this size; choose fewer hosts`;
    throw new AppError("too_large", message);
  }
  return chosen;
}

function bySelector(text: string, allowed: readonly NewTaskHost[]): NewTaskHost[] {
  const selector = HostSelector.parse(text);
  return allowed.filter((host) => host.kind === "agent" && selector.matches(host));
}

function byId(ids: readonly string[], allowed: readonly NewTaskHost[]): NewTaskHost[] {
  const known = new Map(allowed.map((host) => [host.id, host]));
  return [...new Set(ids)].map((id) => {
    const host = known.get(id);
    if (host === undefined) {
      throw new AppError("not_found", `Cannot make tasks: there is no host ${id} that you may use`);
    }
    if (host.kind === "agent") return host;
    throw new AppError(
      "invalid_input",
      `Cannot make tasks for ${host.name}: it only reports, and cannot be told anything`,
    );
  });
}

export interface Made {
  readonly batch: BatchRecord;
  readonly tasks: readonly TaskRecord[];
}

export function makeTasks(
  request: NewTasks,
  hosts: readonly NewTaskHost[],
  times: TaskTimes,
  by: { readonly createdBy: string; readonly nowMs: number; readonly newId: () => string },
): Made {
  const { operation, idempotencyKey = null, concurrency = DEFAULT_CONCURRENCY, maxFailures } = request;
  const title = request.title ?? `${operation.method} ${operation.path}`.slice(0, 80);
  const { createdBy, nowMs: createdMs } = by;
  const batch: BatchRecord = {
    id: by.newId(),
    title,
    createdBy,
    createdMs,
    concurrency,
    idempotencyKey,
    ...maxFailures !== undefined && { maxFailures },
  };
  const tasks = hosts.map((host): TaskRecord => ({
    id: by.newId(),
    batchId: batch.id,
    hostId: host.id,
    title,
    operation,
    state: "queued",
    reason: "waits for its turn",
    createdBy,
    createdMs,
    sentMs: null,
    endedMs: null,
    expiresMs: createdMs + times.expiresInMs,
    timeoutMs: times.timeoutMs,
    result: null,
  }));
  return { batch, tasks };
}
