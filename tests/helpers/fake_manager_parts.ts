import { AppError } from "../../src/core/mod.ts";
import type {
  AuditListQuery,
  AuditPort,
  AuditRecord,
  EventListQuery,
  EventsPort,
  LatestSample,
  ManagerPort,
  SamplesPort,
  SettingsPort,
  TaskListQuery,
  TasksPort,
} from "../../src/manager/api/mod.ts";
import {
  type AuditEntry,
  type Caller,
  FLEET_SERIES,
  type FleetEvent,
  type HostView,
  type ManagerStatus,
  type NewTasks,
  type SettingsRule,
  type Task,
} from "../../src/protocol/mod.ts";

export class FakeAudit implements AuditPort {
  readonly entries: AuditRecord[] = [];
  failing = false;
  readonly waiting = 0;

  record(entry: AuditRecord): Promise<void> {
    if (this.failing) return Promise.reject(new AppError("unavailable", "the disk is full"));
    this.entries.push(entry);
    return Promise.resolve();
  }

  list(_: AuditListQuery): Promise<readonly AuditEntry[]> {
    return Promise.resolve([]);
  }

  verify() {
    return Promise.resolve({ ok: true, entries: this.entries.length });
  }

  /** What was recorded since it was last asked. */
  take(): AuditRecord[] {
    return this.entries.splice(0);
  }
}

export class FakeEvents implements EventsPort {
  readonly kept: FleetEvent[] = [];
  readonly #listeners = new Set<(event: FleetEvent) => void>();

  get listeners(): number {
    return this.#listeners.size;
  }

  report() {
    return { waiting: 0 };
  }

  happen(more: Partial<FleetEvent> = {}): FleetEvent {
    const seq = (this.kept.at(-1)?.seq ?? 0) + 1;
    const event: FleetEvent = { seq, timeMs: 1, kind: "host", level: "info", message: `event ${seq}`, ...more };
    this.kept.push(event);
    for (const listener of this.#listeners) listener(event);
    return event;
  }

  list({ after, before = Infinity, limit, hostIds, kinds, levels, mayShow }: EventListQuery) {
    const found = this.kept.filter(({ seq, kind, level, hostId }) =>
      seq > (after ?? 0) && seq < before && (kinds === undefined || kinds.includes(kind)) &&
      (levels === undefined || levels.includes(level)) &&
      (hostIds === undefined || hostIds.includes(hostId ?? ""))
    );
    const visible = found.filter(({ hostId }) => mayShow === undefined || hostId === undefined || mayShow(hostId));
    const events = after === undefined ? visible.slice(-limit) : visible.slice(0, limit);
    const isCut = events.length < visible.length;
    const next = (after !== undefined && isCut ? events : found).at(-1)?.seq ?? after ?? 0;
    return Promise.resolve({ events, next, previous: after === undefined && isCut ? events[0]?.seq ?? null : null });
  }

  onEvent(listener: (event: FleetEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

export function fakeTask(id: string, hostId: string, more: Partial<Task> = {}): Task {
  return {
    ...{ id, batchId: "b-1", hostId, host: hostId, title: "reload", state: "queued", reason: "it waits" },
    ...{ operation: { method: "POST", path: "/v1/reload" }, createdBy: "admin", createdMs: 1, expiresMs: 2 },
    timeoutMs: 1_000,
    ...more,
  };
}

export class FakeTasks implements TasksPort {
  readonly kept = new Map<string, Task>();
  readonly made: { request: NewTasks; allowed: readonly HostView[] }[] = [];
  readonly #listeners = new Set<(tasks: readonly Task[]) => void>();

  get listeners(): number {
    return this.#listeners.size;
  }

  change(...tasks: Task[]): void {
    for (const task of tasks) this.kept.set(task.id, task);
    for (const listener of this.#listeners) listener(tasks);
  }

  create(request: NewTasks, _: Caller, allowed: readonly HostView[]) {
    this.made.push({ request, allowed });
    return Promise.resolve({ dryRun: false, hosts: allowed.map(({ id, name, state }) => ({ id, name, state })) });
  }

  list({ hostIds, batchId, isByBatch = false, mayShow, limit, before }: TaskListQuery) {
    const all = [...this.kept.values()].filter(({ id, hostId, batchId: of, createdMs }) =>
      (hostIds === undefined || hostIds.includes(hostId)) && (mayShow === undefined || mayShow(hostId)) &&
      (batchId === undefined || of === batchId) &&
      (before === undefined || createdMs < before.createdMs || (createdMs === before.createdMs && id < before.id))
    ).toSorted((a, b) => b.createdMs - a.createdMs || (a.id < b.id ? 1 : -1));
    const found = isByBatch
      ? all.filter((task, at) => all.findIndex((other) => other.batchId === task.batchId) === at)
      : all;
    const tasks = found.slice(0, limit);
    const last = tasks.at(-1);
    const isMore = found.length > limit && last !== undefined;
    return Promise.resolve({ tasks, next: isMore ? { createdMs: last.createdMs, id: last.id } : null });
  }

  get(id: string) {
    return Promise.resolve(this.kept.get(id) ?? null);
  }

  batch(id: string) {
    const tasks = [...this.kept.values()].filter(({ batchId }) => batchId === id);
    return Promise.resolve(
      tasks.length === 0 ? null : {
        id,
        title: "reload",
        createdBy: "admin",
        createdMs: 1,
        concurrency: 50,
        counts: { queued: tasks.length } as never,
      },
    );
  }

  cancel(id: string) {
    return Promise.resolve({ ...this.kept.get(id) ?? fakeTask(id, "?"), state: "cancelled" as const });
  }

  onChange(listener: (tasks: readonly Task[]) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  counts() {
    return { queued: this.kept.size };
  }
}

export class FakeSamples implements SamplesPort {
  readonly latestOf = new Map<string, LatestSample>();

  report() {
    return { usedBytes: 1_024, maxBytes: 4_096 };
  }

  latest(hostId: string): LatestSample | null {
    return this.latestOf.get(hostId) ?? null;
  }

  query(_: string, { fromMs, toMs, stepMs = 10_000 }: { fromMs: number; toMs: number; stepMs?: number }) {
    return { fromMs, toMs, stepMs, timesMs: [], series: FLEET_SERIES.map((name) => ({ name, values: [] })) };
  }
}

export class FakeSettings implements SettingsPort {
  #rules: SettingsRule[] = [];

  rules() {
    return { version: this.#rules.length, rules: this.#rules };
  }

  put({ select, values }: { select: string; values: Record<string, unknown> }, by: string) {
    this.#rules = [...this.#rules, { id: `r-${this.#rules.length}`, select, values, updatedMs: 1, updatedBy: by }];
    return Promise.resolve();
  }

  remove(id: string) {
    if (id === "unknown") return Promise.reject(new AppError("not_found", "There is no such rule"));
    this.#rules = this.#rules.filter((rule) => rule.id !== id);
    return Promise.resolve();
  }

  explain() {
    return { version: 1, values: {} };
  }
}

const STATUS: ManagerStatus = {
  ...{ state: "ok", managerId: "m", pid: 1, version: "0", target: "t", startedMs: 1, uptimeMs: 1, hostname: "h" },
  config: { file: null, warnings: [] },
  paths: { dataDir: "/d", pidFile: "/p", logFile: "/l", socket: "/s" },
  ...{ listen: "https://0.0.0.0:9443", url: "https://h:9443", setupNeeded: false, sessions: 0 },
  hosts: { online: 0, degraded: 0, unreachable: 0, offline: 0, unknown: 0 },
  memory: { rssBytes: 1, heapUsedBytes: 1 },
  components: [],
};

export class FakeManager implements ManagerPort {
  pem: string | null = "-----BEGIN CERTIFICATE-----\n";
  state: "ok" | "failed" = "ok";

  health() {
    return {
      state: this.state,
      components: [{ name: "store", state: this.state, sinceMs: 1, reason: "/var/lib is full" }],
    };
  }

  status() {
    return STATUS;
  }

  authority() {
    return this.pem;
  }

  store() {
    return { waiting: 0, writes: 12, failures: 0, latencyMs: 3, sizeBytes: 4_096 };
  }

  joinCommands(secret: string) {
    return { linux: `printf %s ${secret} | agent join` };
  }
}
