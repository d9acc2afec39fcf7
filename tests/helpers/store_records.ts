import type {
  ApiTokenRecord,
  BatchRecord,
  HostRecord,
  JoinTokenRecord,
  ProcessRecord,
  RecordingRecord,
  SessionRecord,
  TaskRecord,
  UserRecord,
} from "../../src/manager/store/contract.ts";
import type { AuditEntry, NewFleetEvent, SettingsRule } from "../../src/protocol/mod.ts";

/** Records for tests of the manager's store and of what uses it; each has something in every field that it must have. */

export const NOW_MS = Date.UTC(2024, 0, 2, 3, 4, 5, 678);

export function hostRecord(id: string, values: Partial<HostRecord> = {}): HostRecord {
  return {
    id,
    name: `name-${id}`,
    kind: "agent",
    publicKey: `key-${id}`,
    labels: { env: "prod" },
    facts: null,
    enrolledMs: NOW_MS,
    drained: false,
    state: "unknown",
    sinceMs: NOW_MS,
    reason: "",
    lastSeenMs: null,
    address: "",
    eventSeq: 0,
    duplicates: [],
    ...values,
  };
}

export function joinTokenRecord(id: string, values: Partial<JoinTokenRecord> = {}): JoinTokenRecord {
  return {
    id,
    hash: `hash-${id}`,
    name: id,
    createdMs: NOW_MS,
    createdBy: "root",
    expiresMs: NOW_MS + 3_600_000,
    maxUses: 1,
    uses: 0,
    labels: {},
    revoked: false,
    ...values,
  };
}

export function processRecord(id: string, values: Partial<ProcessRecord> = {}): ProcessRecord {
  return {
    id,
    name: id,
    hostId: "h",
    state: "running",
    sinceMs: NOW_MS,
    reason: "started",
    labels: {},
    restarts: 0,
    reportedMs: NOW_MS,
    ...values,
  };
}

export function newEvent(message: string, values: Partial<NewFleetEvent> = {}): NewFleetEvent {
  return { timeMs: NOW_MS, kind: "process", level: "info", message, ...values };
}

export function batchRecord(id: string, values: Partial<BatchRecord> = {}): BatchRecord {
  return {
    id,
    title: id,
    createdBy: "root",
    createdMs: NOW_MS,
    concurrency: 50,
    idempotencyKey: null,
    ...values,
  };
}

export function taskRecord(id: string, values: Partial<TaskRecord> = {}): TaskRecord {
  return {
    id,
    batchId: "b",
    hostId: "h",
    title: id,
    operation: { method: "POST", path: "/v1/processes/web/restart" },
    state: "queued",
    reason: "",
    createdBy: "root",
    createdMs: NOW_MS,
    sentMs: null,
    endedMs: null,
    expiresMs: NOW_MS + 3_600_000,
    timeoutMs: 600_000,
    result: null,
    ...values,
  };
}

export function settingsRule(id: string, select: string, values: Partial<SettingsRule> = {}): SettingsRule {
  return {
    id,
    select,
    values: { "collectors.interval": "10s" },
    updatedMs: NOW_MS,
    updatedBy: "root",
    ...values,
  };
}

export function userRecord(id: string, values: Partial<UserRecord> = {}): UserRecord {
  return {
    id,
    name: `name-${id}`,
    role: "viewer",
    scope: "",
    disabled: false,
    createdMs: NOW_MS,
    passwordHash: "scrypt$not-a-hash",
    ...values,
  };
}

export function sessionRecord(id: string, userId: string, values: Partial<SessionRecord> = {}): SessionRecord {
  return {
    id,
    hash: `hash-${id}`,
    userId,
    csrf: "csrf",
    createdMs: NOW_MS,
    expiresMs: NOW_MS + 3_600_000,
    lastSeenMs: NOW_MS,
    address: "192.0.2.1",
    userAgent: "curl",
    ...values,
  };
}

export function apiTokenRecord(id: string, userId: string, values: Partial<ApiTokenRecord> = {}): ApiTokenRecord {
  return {
    id,
    hash: `hash-${id}`,
    name: id,
    userId,
    role: "viewer",
    scope: "",
    createdMs: NOW_MS,
    ...values,
  };
}

export function auditEntry(seq: number, values: Partial<AuditEntry> = {}): AuditEntry {
  return {
    seq,
    timeMs: NOW_MS + seq,
    actor: "root",
    address: "192.0.2.1",
    action: "host.rename",
    subject: "web-1",
    result: "ok",
    details: {},
    hash: `hash-${seq}`,
    ...values,
  };
}

export function recordingRecord(id: string, values: Partial<RecordingRecord> = {}): RecordingRecord {
  return {
    id,
    hostId: "h",
    host: "web-1",
    terminalId: "t",
    actor: "anna",
    user: "",
    shell: "",
    title: "",
    cols: 80,
    rows: 24,
    startedMs: NOW_MS,
    endedMs: null,
    reason: "",
    durationMs: 0,
    sizeBytes: 0,
    isCut: false,
    position: 0,
    ...values,
  };
}
