import { join } from "node:path";
import { fillTemplate, type ProcessConfig, type Replica, replicaOf, type TemplateWords } from "../../../config/mod.ts";
import { mergedEnvironment, ownVariables } from "./environment.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { expression, livenessOf, readinessOf } from "./probe_specs.ts";
import type {
  HeartbeatSpec,
  LogSpec,
  MatchSpec,
  ProcessSpec,
  RestartSpec,
  StopSpec,
  ThresholdSpec,
} from "./process_spec.ts";
import { filledArgv, programOf } from "./program.ts";

/** What somebody wants to run: an item of the config, or one that was registered by the API. */
export interface OwnedProcess {
  readonly config: ProcessConfig;
  readonly origin: "config" | "api";
}

/** What the agent gives to its processes. */
export interface Surroundings {
  /** `agent.work_dir`. */
  readonly workDir: string;
  /** The directory of the agent's own log. */
  readonly logDir: string;
  /** What every process has in its environment. */
  readonly agentEnv: Readonly<Record<string, string>>;
  /** Whether `Path` and `PATH` are the same variable, as they are on Windows. */
  readonly envIgnoresCase?: boolean;
}

const ULIMITS = ["nofile", "nproc", "core", "fsize", "data", "stack", "as", "memlock"] as const;

/** All that is to be run, each replica by itself, in the order of the config. */
export function resolveSpecs(owned: readonly OwnedProcess[], surroundings: Surroundings): ProcessSpec[] {
  return owned.flatMap((one) =>
    Array.from(
      { length: one.config.replicas },
      (_, index) => resolveSpec(one, replicaOf(one.config, index, surroundings.workDir), surroundings),
    )
  );
}

function resolveSpec({ config, origin }: OwnedProcess, replica: Replica, surroundings: Surroundings): ProcessSpec {
  const { words } = replica;
  const ownEnv = ownVariables(config, words);
  const spec = {
    id: replica.id,
    group: config.id,
    index: replica.index,
    name: replica.name,
    kind: config.kind,
    type: config.type,
    labels: config.labels,
    origin,
    enabled: config.enabled,
    autostart: config.autostart,
    argv: programOf(config, words),
    workDir: replica.workDir,
    ownsWorkDir: config.work_dir === "",
    env: mergedEnvironment(surroundings.agentEnv, ownEnv, surroundings.envIgnoresCase ?? false),
    envFile: fillTemplate(config.env_file, words),
    account: {
      user: config.user,
      group: config.group,
      umask: config.umask === "" ? null : Number.parseInt(config.umask, 8),
      nice: config.nice,
    },
    ulimits: ulimitsOf(config),
    dependsOn: config.depends_on,
    readiness: readinessOf(config, words),
    liveness: livenessOf(config, words),
    heartbeat: heartbeatOf(config, words),
    thresholds: thresholdsOf(config),
    restart: restartOf(config),
    stop: stopOf(config, words),
    limits: { memoryBytes: config.limits.memory.bytes, cpuPercent: config.limits.cpu, tasks: config.limits.tasks },
    log: logOf(config, replica, surroundings.logDir),
    logPaths: config.log_paths.map((path) => fillTemplate(path, words)),
    match: matchOf(config, words),
  };
  return { ...spec, fingerprint: fingerprintOf(spec, ownEnv) };
}

function ulimitsOf({ limits }: ProcessConfig): Record<string, string> {
  return Object.fromEntries(ULIMITS.flatMap((name) => limits[name] === "" ? [] : [[name, limits[name]]]));
}

function heartbeatOf(
  { health_check, readiness, socket_path, notify }: ProcessConfig,
  words: TemplateWords,
): HeartbeatSpec {
  return {
    timeoutMs: health_check.heartbeat_timeout.ms,
    onSilence: health_check.on_silence,
    socketPath: fillTemplate(socket_path, words),
    notify: notify || readiness.type === "notify",
  };
}

function thresholdsOf({ health_check: health }: ProcessConfig): ThresholdSpec {
  return {
    cpuPercent: health.cpu_threshold,
    memoryBytes: health.memory_threshold.bytes,
    durationMs: health.threshold_duration.ms,
    onThreshold: health.on_threshold,
  };
}

function restartOf({ restart, kind }: ProcessConfig): RestartSpec {
  return {
    // What has run to its end is done.
    policy: kind === "oneshot" && restart.policy === "always" ? "on-failure" : restart.policy,
    maxRetries: restart.max_retries,
    retryWindowMs: restart.retry_window.ms,
    backoffBaseMs: restart.backoff_base.ms,
    backoffMaxMs: restart.backoff_max.ms,
    stableAfterMs: restart.stable_after.ms,
  };
}

function stopOf({ stop }: ProcessConfig, words: TemplateWords): StopSpec {
  return { signal: stop.signal, command: filledArgv(stop.command, words), timeoutMs: stop.timeout.ms };
}

function logOf({ log }: ProcessConfig, { id, words }: Replica, logDir: string): LogSpec {
  const fileFor = (path: string, stream: "out" | "err") =>
    path === "" ? join(logDir, "processes", `${id}.${stream}.log`) : fillTemplate(path, words);
  const stdout = log.discard ? null : fileFor(log.stdout, "out");
  return {
    stdout,
    stderr: stdout === null || log.merge ? stdout : fileFor(log.stderr, "err"),
    maxBytes: log.max_size.bytes,
    maxAgeMs: log.max_age.ms,
    maxFiles: log.max_files,
    compress: log.compress,
  };
}

function matchOf({ pid_strategy, match }: ProcessConfig, words: TemplateWords): MatchSpec | null {
  if (pid_strategy === "spawn") return null;
  return {
    name: match.name,
    commandLine: match.command_line === "" ? null : expression(fillTemplate(match.command_line, literal(words))),
    pidFile: fillTemplate(match.pid_file, words),
    port: match.port,
  };
}

/** The words as a regular expression that matches just them: a path of Windows is full of backslashes. */
function literal(words: TemplateWords): TemplateWords {
  return Object.fromEntries(
    Object.entries(words).map(([word, text]) => [word, text.replace(/[\\^$.*+?()[\]{}|\/-]/g, "\\$&")]),
  );
}
