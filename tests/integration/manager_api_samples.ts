/** For each route of the manager's API a request that succeeds when its caller may make it. */
import type { Caller } from "../../src/protocol/mod.ts";
import { OFFICE, PASSWORD, type TestAuth } from "../helpers/manager_auth.ts";

export interface Sample {
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SampleWorld {
  readonly test: TestAuth;
  /** Who will ask; null for nobody. */
  readonly caller: Caller | null;
}

type MakeSample = (world: SampleWorld) => Sample | Promise<Sample>;

let count = 0;
const fresh = (word: string) => `${word}${++count}`;
const plain = (path: string): MakeSample => () => ({ path });

async function victim({ test: { auth, admin } }: SampleWorld): Promise<string> {
  const user = await auth.users.create(admin, { name: fresh("victim"), password: PASSWORD, role: "viewer" });
  return user.id;
}

/** Another one of the caller's own; the admin's for nobody. */
async function session({ test: { auth }, caller }: SampleWorld): Promise<string> {
  const name = (caller?.actor ?? "root").replace(/^token:/, "").split("/", 1)[0] ?? "";
  return (await auth.login({ name, password: PASSWORD }, OFFICE)).sessionId;
}

async function token({ test: { auth, admin }, caller }: SampleWorld): Promise<string> {
  const owner: Caller = { ...caller ?? admin, kind: "session", sessionId: "any" };
  return (await auth.apiTokens.create(owner, { name: fresh("t"), role: "viewer" })).token.id;
}

async function joinToken({ test: { auth, admin } }: SampleWorld): Promise<string> {
  return (await auth.joinTokens.create(admin, {})).token.id;
}

const RELOAD = { operation: { method: "POST", path: "/v1/reload" }, hosts: ["prod-1"] };
const ENROL = {
  token: "fhj_something",
  publicKey: "A".repeat(43),
  timeMs: 1,
  signature: "A".repeat(86),
  facts: { hostname: "h", os: "linux", arch: "x86_64", version: "1.0.0" },
};

export const SAMPLES: Readonly<Record<string, MakeSample>> = {
  "GET /api/v1/setup": plain("/api/v1/setup"),
  "POST /api/v1/sessions": () => ({ path: "/api/v1/sessions", body: { name: "root", password: PASSWORD } }),
  "DELETE /api/v1/sessions/current": plain("/api/v1/sessions/current"),
  "GET /api/v1/sessions": plain("/api/v1/sessions"),
  "DELETE /api/v1/sessions/{id}": async (world) => ({ path: `/api/v1/sessions/${await session(world)}` }),
  "GET /api/v1/me": plain("/api/v1/me"),
  "PUT /api/v1/me/password": () => ({
    path: "/api/v1/me/password",
    body: { current: PASSWORD, next: PASSWORD },
  }),
  "POST /api/v1/tickets": plain("/api/v1/tickets"),
  "GET /api/v1/users": plain("/api/v1/users"),
  "POST /api/v1/users": () => ({
    path: "/api/v1/users",
    body: { name: fresh("new"), password: PASSWORD, role: "viewer" },
  }),
  "GET /api/v1/users/{id}": async (world) => ({ path: `/api/v1/users/${await victim(world)}` }),
  "PATCH /api/v1/users/{id}": async (world) => ({
    path: `/api/v1/users/${await victim(world)}`,
    body: { role: "operator" },
  }),
  "DELETE /api/v1/users/{id}": async (world) => ({ path: `/api/v1/users/${await victim(world)}` }),
  "GET /api/v1/tokens": plain("/api/v1/tokens"),
  "POST /api/v1/tokens": () => ({ path: "/api/v1/tokens", body: { name: fresh("token"), role: "viewer" } }),
  "DELETE /api/v1/tokens/{id}": async (world) => ({ path: `/api/v1/tokens/${await token(world)}` }),
  "GET /api/v1/join-tokens": plain("/api/v1/join-tokens"),
  "POST /api/v1/join-tokens": () => ({ path: "/api/v1/join-tokens", body: { maxUses: 2 } }),
  "DELETE /api/v1/join-tokens/{id}": async (world) => ({ path: `/api/v1/join-tokens/${await joinToken(world)}` }),
  "GET /api/v1/hosts": plain("/api/v1/hosts"),
  "GET /api/v1/hosts/{id}": plain("/api/v1/hosts/prod-1"),
  "PATCH /api/v1/hosts/{id}": () => ({ path: "/api/v1/hosts/prod-1", body: { drained: true } }),
  "DELETE /api/v1/hosts/{id}": plain("/api/v1/hosts/prod-1"),
  "GET /api/v1/hosts/{id}/settings": plain("/api/v1/hosts/prod-1/settings"),
  "GET /api/v1/hosts/{id}/samples": plain("/api/v1/hosts/prod-1/samples"),
  "GET /api/v1/samples": plain("/api/v1/samples"),
  "GET /api/v1/processes": plain("/api/v1/processes"),
  "GET /api/v1/logs/search": plain("/api/v1/logs/search?pattern=error"),
  "GET /api/v1/events": plain("/api/v1/events"),
  "GET /api/v1/events/stream": plain("/api/v1/events/stream"),
  "GET /api/v1/tasks": plain("/api/v1/tasks"),
  "POST /api/v1/tasks": () => ({ path: "/api/v1/tasks", body: RELOAD }),
  "GET /api/v1/tasks/{id}": plain("/api/v1/tasks/task-prod"),
  "DELETE /api/v1/tasks/{id}": plain("/api/v1/tasks/task-prod"),
  "GET /api/v1/batches/{id}": plain("/api/v1/batches/b-1"),
  "GET /api/v1/settings": plain("/api/v1/settings"),
  "PUT /api/v1/settings": () => ({
    path: "/api/v1/settings",
    body: { select: "env=prod", values: { "collectors.interval": "10s" } },
  }),
  "DELETE /api/v1/settings/{id}": plain("/api/v1/settings/r-0"),
  "GET /api/v1/recordings": plain("/api/v1/recordings"),
  "GET /api/v1/recordings/{id}": plain("/api/v1/recordings/rec-prod"),
  "GET /api/v1/recordings/{id}/cast": plain("/api/v1/recordings/rec-prod/cast"),
  "DELETE /api/v1/recordings/{id}": plain("/api/v1/recordings/rec-prod"),
  "GET /api/v1/audit": plain("/api/v1/audit"),
  "GET /api/v1/audit/verify": plain("/api/v1/audit/verify"),
  "GET /metrics": plain("/metrics"),
  "GET /api/v1/prometheus/targets": plain("/api/v1/prometheus/targets"),
  "GET /healthz": plain("/healthz"),
  "GET /readyz": plain("/readyz"),
  "GET /api/v1/status": plain("/api/v1/status"),
  "GET /ca.pem": plain("/ca.pem"),
  "POST /api/v1/enrol": () => ({ path: "/api/v1/enrol", body: ENROL }),
  "GET /openapi.json": plain("/openapi.json"),
  "GET /docs": plain("/docs"),
};

/** These have tests of their own: a set-up is done once, the others are WebSockets or have another gate. */
export const ELSEWHERE = [
  "POST /api/v1/setup",
  "GET /tunnel",
  "GET /api/v1/live",
  "GET /api/v1/hosts/{id}/terminals/{terminal}/attach",
  "POST /api/worker/heartbeat",
];

/** Everybody who can reach the address may use these; whoever adds one says here that it is meant so. */
export const PUBLIC = [
  "GET /api/v1/setup",
  "POST /api/v1/setup",
  "POST /api/v1/sessions",
  "GET /healthz",
  "GET /readyz",
  "GET /ca.pem",
  "GET /openapi.json",
  "GET /docs",
  "POST /api/v1/enrol",
  "GET /tunnel",
  "POST /api/worker/heartbeat",
];

/** Only somebody who has signed in may do these, no API token: see auth's own_user.ts. */
export const SIGNED_IN_ONLY = ["PUT /api/v1/me/password", "POST /api/v1/tokens"];
/** These too, but for who manages users, by whatever means. */
export const OWN_OR_MANAGED = ["DELETE /api/v1/sessions/{id}", "DELETE /api/v1/tokens/{id}"];

/** Changes that are not in the audit: a ticket changes nothing yet, and a heartbeat comes every few seconds. */
export const NOT_AUDITED = ["POST /api/v1/tickets", "POST /api/worker/heartbeat"];
