import type { ProcessConfig } from "../../../config/mod.ts";

/**
 * One process as the supervisor runs it: a replica of what the config or the API asks for, with everything filled in.
 * Two specs with equal `fingerprint` run the same program in the same way.
 */
export interface ProcessSpec {
  /** The group's id, with `-0`, `-1` … after it where there are several replicas. */
  readonly id: string;
  readonly group: string;
  /** Which replica it is, from 0. */
  readonly index: number;
  readonly name: string;
  readonly kind: "service" | "oneshot";
  readonly type: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly origin: "config" | "api";
  readonly enabled: boolean;
  readonly autostart: boolean;
  /** What is run; null for an external process that the agent cannot start. */
  readonly argv: Argv | null;
  readonly workDir: string;
  /** True when it is the agent that makes the directory. */
  readonly ownsWorkDir: boolean;
  /** The whole environment but what the supervisor adds itself. May hold secrets. */
  readonly env: Readonly<Record<string, string>>;
  /** Read anew at each start; "" for none. */
  readonly envFile: string;
  readonly account: AccountSpec;
  readonly ulimits: Readonly<Record<string, string>>;
  readonly dependsOn: readonly DependencySpec[];
  readonly readiness: ReadinessSpec | null;
  readonly liveness: LivenessSpec | null;
  readonly heartbeat: HeartbeatSpec;
  readonly thresholds: ThresholdSpec;
  readonly restart: RestartSpec;
  readonly stop: StopSpec;
  readonly limits: LimitSpec;
  readonly log: LogSpec;
  /** Patterns of further files of the program; `*` stands for any text within a name. */
  readonly logPaths: readonly string[];
  /** How it is found where the agent does not start it itself; null for the agent's own child. */
  readonly match: MatchSpec | null;
  /** Changes when anything changes that only a restart of the program can put in force. */
  readonly fingerprint: string;
}

export type Argv = readonly [program: string, ...args: string[]];

export interface AccountSpec {
  /** "" for the agent's own. */
  readonly user: string;
  readonly group: string;
  readonly umask: number | null;
  readonly nice: number;
}

/** On every replica of what it names. */
export interface DependencySpec {
  readonly id: string;
  readonly condition: "started" | "healthy" | "completed";
}

/** What one try of a probe does. */
export type ProbeTarget =
  | { readonly type: "tcp"; readonly host: string; readonly port: number }
  | {
    readonly type: "http";
    readonly url: string;
    /** Empty for 200 to 299. */
    readonly status: readonly number[];
    readonly body: RegExp | null;
    readonly headers: Readonly<Record<string, string>>;
    readonly expectHeaders: readonly (readonly [name: string, pattern: RegExp])[];
  }
  | { readonly type: "exec"; readonly argv: Argv };

/** What happens by itself and needs no trying. */
export type Occurrence =
  | { readonly type: "heartbeat" }
  | { readonly type: "notify" }
  | { readonly type: "log"; readonly pattern: RegExp };

export interface ProbeTiming {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly successThreshold: number;
  readonly failureThreshold: number;
}

export interface ReadinessSpec extends ProbeTiming {
  readonly target: ProbeTarget | Occurrence;
  /** 0 for no limit. */
  readonly giveUpMs: number;
}

export interface LivenessSpec extends ProbeTiming {
  readonly target: ProbeTarget;
  readonly startPeriodMs: number;
  readonly onFailure: Reaction;
}

export type Reaction = "restart" | "event";

export interface HeartbeatSpec {
  /** 0 for no limit. */
  readonly timeoutMs: number;
  readonly onSilence: Reaction;
  /** "" for none. */
  readonly socketPath: string;
  /** Whether it speaks sd_notify. */
  readonly notify: boolean;
}

/** 0 for no threshold. */
export interface ThresholdSpec {
  readonly cpuPercent: number;
  readonly memoryBytes: number;
  readonly durationMs: number;
  readonly onThreshold: Reaction;
}

export interface RestartSpec {
  readonly policy: ProcessConfig["restart"]["policy"];
  /** 0 for no limit. */
  readonly maxRetries: number;
  readonly retryWindowMs: number;
  readonly backoffBaseMs: number;
  readonly backoffMaxMs: number;
  readonly stableAfterMs: number;
}

export interface StopSpec {
  readonly signal: ProcessConfig["stop"]["signal"];
  readonly command: Argv | null;
  readonly timeoutMs: number;
}

/** 0 for no limit. */
export interface LimitSpec {
  readonly memoryBytes: number;
  readonly cpuPercent: number;
  readonly tasks: number;
}

export interface LogSpec {
  /** Absolute path, the same in both when stderr goes where stdout goes; null when the output is thrown away. */
  readonly stdout: string | null;
  readonly stderr: string | null;
  readonly maxBytes: number;
  /** 0 for no limit. */
  readonly maxAgeMs: number;
  /** The current one included. */
  readonly maxFiles: number;
  readonly compress: boolean;
}

/** All that is given must hold; "", null and 0 are not given. */
export interface MatchSpec {
  readonly name: string;
  readonly commandLine: RegExp | null;
  readonly pidFile: string;
  readonly port: number;
}
