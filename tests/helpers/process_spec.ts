import type { ProcessSpec } from "../../src/agent/supervisor/spec/process_spec.ts";

/** A process with everything at its default. */
export function processSpec(over: Partial<ProcessSpec> = {}): ProcessSpec {
  const id = over.id ?? "shop";
  return {
    id,
    group: id,
    index: 0,
    name: id,
    kind: "service",
    type: "custom",
    labels: {},
    origin: "config",
    enabled: true,
    autostart: true,
    argv: ["/bin/shop"],
    workDir: "/",
    ownsWorkDir: false,
    env: { PATH: "/bin" },
    envFile: "",
    account: { user: "", group: "", umask: null, nice: 0 },
    ulimits: {},
    dependsOn: [],
    readiness: null,
    liveness: null,
    heartbeat: { timeoutMs: 0, onSilence: "restart", socketPath: "", notify: false },
    thresholds: { cpuPercent: 0, memoryBytes: 0, durationMs: 60_000, onThreshold: "event" },
    restart: {
      policy: "always",
      maxRetries: 3,
      retryWindowMs: 600_000,
      backoffBaseMs: 1_000,
      backoffMaxMs: 60_000,
      stableAfterMs: 60_000,
    },
    stop: { signal: "SIGTERM", command: null, timeoutMs: 10_000 },
    limits: { memoryBytes: 0, cpuPercent: 0, tasks: 0 },
    log: { stdout: null, stderr: null, maxBytes: 1_000_000, maxAgeMs: 0, maxFiles: 5, compress: true },
    logPaths: [],
    match: null,
    fingerprint: "f1",
    ...over,
  };
}
