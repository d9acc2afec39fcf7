/**
 * Which of the agent's own routes may be called through the tunnel, what the host's policy must allow for it, and what
 * the manager's user must be allowed. One table for both ends: a route that is not in it is refused by both.
 */

export const POLICY_KEYS = ["terminal", "exec", "deploy", "files", "forward", "update", "jobs"] as const;
export type PolicyKey = (typeof POLICY_KEYS)[number];

/** What the host's policy must say: `files` needs `read` or `write`. */
export interface PolicyNeed {
  readonly key: PolicyKey;
  readonly write?: boolean;
}

export const HOST_VERBS = [
  "host.view",
  "host.operate",
  "host.deploy",
  "host.exec",
  "host.terminal",
  "host.files.read",
  "host.files.write",
  "host.forward",
] as const;
export type HostVerb = (typeof HOST_VERBS)[number];

export interface RouteAccess {
  readonly method: string;
  /** As the routes are written: `/v1/processes/{id}`. */
  readonly path: string;
  readonly verb: HostVerb;
  /** Absent for what every host allows: monitoring, and supervision of configured processes. */
  readonly policy?: PolicyNeed;
  /** Whether asking is to be in the manager's audit though it changes nothing; what changes something always is. */
  readonly isTold?: true;
}

const view = (...paths: string[]): RouteAccess[] => paths.map((path) => ({ method: "GET", path, verb: "host.view" }));

const TERMINAL: PolicyNeed = { key: "terminal" };
const WRITES: PolicyNeed = { key: "files", write: true };
const readsFiles = (...paths: string[]): RouteAccess[] =>
  paths.map((path) => ({ method: "GET", path, verb: "host.files.read", policy: { key: "files" } }));

/** Left out on purpose: `/v1/stop`, which would cut the host off; `/v1/tasks`, which is the manager's own. */
export const AGENT_ROUTES: readonly RouteAccess[] = [
  ...view("/healthz", "/readyz", "/openapi.json", "/metrics", "/v1/status", "/v1/log-level"),
  ...view("/v1/samples", "/v1/samples/stream", "/v1/collectors"),
  ...view("/v1/processes", "/v1/processes/{id}", "/v1/processes/{id}/usage"),
  ...view("/v1/processes/{id}/logs", "/v1/processes/{id}/logs/stream", "/v1/processes/{id}/logs/files"),
  ...view("/v1/events", "/v1/events/stream"),
  { method: "POST", path: "/v1/processes/actions", verb: "host.operate" },
  { method: "POST", path: "/v1/reload", verb: "host.operate" },
  { method: "PUT", path: "/v1/log-level", verb: "host.operate" },
  { method: "POST", path: "/v1/processes", verb: "host.deploy", policy: { key: "deploy" } },
  { method: "DELETE", path: "/v1/processes/{id}", verb: "host.deploy", policy: { key: "deploy" } },
  { method: "POST", path: "/v1/exec", verb: "host.exec", policy: { key: "exec" } },
  { method: "POST", path: "/v1/exec/stream", verb: "host.exec", policy: { key: "exec" } },
  ...view("/v1/logs/search"),
  { method: "GET", path: "/v1/terminals", verb: "host.terminal", policy: TERMINAL },
  { method: "POST", path: "/v1/terminals", verb: "host.terminal", policy: TERMINAL },
  { method: "DELETE", path: "/v1/terminals/{id}", verb: "host.terminal", policy: TERMINAL },
  { method: "GET", path: "/v1/terminals/{id}/attach", verb: "host.terminal", policy: TERMINAL, isTold: true },
  ...readsFiles("/v1/files", "/v1/files/roots", "/v1/files/stat", "/v1/files/digest"),
  ...readsFiles("/v1/files/content", "/v1/files/tail", "/v1/files/zip").map((route) => ({
    ...route,
    isTold: true as const,
  })),
  { method: "POST", path: "/v1/files/actions", verb: "host.files.write", policy: WRITES },
  { method: "POST", path: "/v1/files/uploads", verb: "host.files.write", policy: WRITES },
  { method: "GET", path: "/v1/files/uploads/{id}", verb: "host.files.write", policy: WRITES },
  { method: "PUT", path: "/v1/files/uploads/{id}", verb: "host.files.write", policy: WRITES },
  { method: "POST", path: "/v1/files/uploads/{id}/commit", verb: "host.files.write", policy: WRITES },
  { method: "DELETE", path: "/v1/files/uploads/{id}", verb: "host.files.write", policy: WRITES },
];

/** The access of a request, or null where it may not come through the tunnel at all. */
export function routeAccess(method: string, path: string): RouteAccess | null {
  const asked = method === "HEAD" ? "GET" : method;
  return AGENT_ROUTES.find((route) => route.method === asked && fits(route.path, path)) ?? null;
}

function fits(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split("/"), path.split("/")];
  return wanted.length === given.length &&
    wanted.every((part, index) => part.startsWith("{") ? given[index] !== "" : part === given[index]);
}
