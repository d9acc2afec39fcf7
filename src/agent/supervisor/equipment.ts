import { join } from "node:path";
import type { Clock } from "../../core/mod.ts";
import { type Config, parseEndpoint, type SupervisorConfig } from "../../config/mod.ts";
import type { Logger } from "../../log/mod.ts";
import {
  commandEnvironment,
  createLauncher,
  currentBoot,
  currentOs,
  fileError,
  isPrivileged,
  type Launcher,
  type ProcessIdentity,
  processLookup,
  signalProcess,
  writePrivateFile,
} from "../../platform/mod.ts";
import { accountOf } from "./account.ts";
import { Enlisted } from "./enlisted.ts";
import type { NewProcessEvent } from "../../protocol/mod.ts";
import { EventLog } from "./events/event_log.ts";
import { DATABASE, KEY_FILE, NOTIFY_DIR } from "./files.ts";
import { findProcess } from "./external/find.ts";
import type { HeartbeatPorts } from "./heartbeats/contract.ts";
import { createHeartbeatListen, type HeartbeatListen } from "./heartbeats/heartbeat_listen.ts";
import { createHeartbeatSockets } from "./heartbeats/heartbeat_sockets.ts";
import { createNotifySockets } from "./heartbeats/notify_sockets.ts";
import { createCgroups } from "./limits/cgroups.ts";
import type { Cgroups } from "./limits/contract.ts";
import { planLimits } from "./limits/limit_plan.ts";
import type { ProcessLogs } from "./logs/contract.ts";
import { createProcessLogs } from "./logs/process_logs.ts";
import { Probes } from "./probes/probes.ts";
import type { MatchSpec, ProcessSpec } from "./spec/process_spec.ts";
import type { SupervisorStore } from "./store/store.ts";
import { openStore } from "./store/supervisor_store.ts";
import { Marks } from "./unit/marks.ts";
import type { PreparedGroup, UnitServices } from "./unit/services.ts";
import type { Unit } from "./unit/unit.ts";
import { Units } from "./units.ts";
import type { UsageMeter } from "./usage/contract.ts";
import { createUsageMeter } from "./usage/usage_meter.ts";
import { UsageJudge } from "./usage_judge.ts";

export interface EquipmentOptions {
  readonly config: SupervisorConfig;
  readonly agent: Config["agent"];
  readonly workDir: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random?: () => number;
  /** Told when the database or the heartbeat address is of no use, and null when all is well. */
  readonly onTrouble: (reason: string | null) => void;
  readonly onChange: (unit: Unit) => void;
}

const KEY = /^[0-9a-f]{32}$/;

/** Everything that supervised processes need around them, made when the supervisor starts. */
export class Equipment {
  readonly marks: Marks;
  readonly launcher: Launcher;
  readonly store: SupervisorStore;
  readonly events: EventLog;
  readonly logs: ProcessLogs;
  readonly usage: UsageMeter;
  readonly cgroups: Cgroups;
  readonly units: Units;
  readonly enlisted: Enlisted;
  /** Tells this boot of the host from others. */
  readonly bootId = currentBoot();
  readonly #options: EquipmentOptions;
  readonly #probes: Probes;
  readonly #judge: UsageJudge;
  readonly #sockets: ReturnType<typeof createHeartbeatSockets>;
  readonly #notify: ReturnType<typeof createNotifySockets>;
  readonly #troubles = new Map<"database" | "heartbeats", string>();
  #config: SupervisorConfig;
  #listen: HeartbeatListen | undefined;
  #listenStops: Promise<void> = Promise.resolve();

  private constructor(options: EquipmentOptions, key: string) {
    const { config, workDir, clock, log } = options;
    this.#options = options;
    this.#config = config;
    this.marks = new Marks(key);
    this.launcher = createLauncher();
    this.store = openStore({
      path: join(workDir, DATABASE),
      limits: limitsOf(config),
      clock,
      log,
      onTrouble: (reason) => this.#trouble("database", reason),
    });
    this.enlisted = new Enlisted({ agent: options.agent, store: this.store, log });
    this.events = new EventLog({ store: this.store, clock, log });
    this.logs = createProcessLogs({
      clock,
      log,
      onEvent: ({ process, level, reason }) => this.units.get(process)?.note("log", level, reason),
    });
    this.cgroups = createCgroups({ enabled: config.cgroups, instance: this.marks.instance, log, clock });
    this.#probes = new Probes({ clock, log, ...(options.random !== undefined && { random: options.random }) });
    const ports = this.#heartbeatPorts();
    this.#sockets = createHeartbeatSockets({
      clock,
      log,
      ports,
      onTrouble: (id, reason) => this.#noteSocket(id, reason),
    });
    this.#notify = createNotifySockets({
      dir: notifyDirectory(workDir, this.marks.instance),
      clock,
      log,
      ports,
      onTrouble: (id, reason) => this.#noteSocket(id, reason),
    });
    this.units = new Units({
      clock,
      services: this.#services(),
      saveWanted: (id, wanted) => this.store.saveWanted(id, wanted, this.bootId),
      onChange: options.onChange,
    });
    const { launcher } = this;
    this.#judge = new UsageJudge({ clock, exactMemory: (id) => this.usage.exactMemoryBytes(id) });
    this.usage = createUsageMeter({
      intervalMs: config.usage_interval.ms,
      clock,
      log,
      launcher,
      trees: () => this.units.units().flatMap(({ id, run }) => run === undefined ? [] : [{ id, tree: run.tree }]),
      onUsage: (id, usage) => {
        const unit = this.units.get(id);
        if (unit !== undefined) this.#judge.judge(unit, usage);
      },
    });
  }

  static async prepare(options: EquipmentOptions): Promise<Equipment> {
    return new Equipment(options, await readOrMakeKey(join(options.workDir, KEY_FILE)));
  }

  get usageIntervalMs(): number {
    return this.#config.usage_interval.ms;
  }

  /** Begins what is timed, once there is a process; may be called again. */
  start(): void {
    if (this.units.size === 0) return;
    this.logs.start();
    this.usage.start();
    this.#startListening();
  }

  async stop(): Promise<void> {
    for (const unit of this.units.units()) unit.leave();
    this.events.close();
    await Promise.all([
      this.#listen?.stop(),
      this.#listenStops,
      this.#sockets.closeAll(),
      this.#notify.closeAll(),
      this.#probes.stop(),
      this.usage.stop(),
      this.logs.stop(),
    ]);
    this.launcher.close();
    this.cgroups.close();
    this.store.close();
  }

  reconfigure(config: SupervisorConfig): void {
    const before = this.#config;
    this.#config = config;
    this.usage.setInterval(config.usage_interval.ms);
    this.store.setLimits(limitsOf(config));
    const [{ heartbeat: was }, { heartbeat: is }] = [before, config];
    if (was.listen === is.listen && was.rate_limit === is.rate_limit) return;
    const old = this.#listen;
    this.#listen = undefined;
    this.#trouble("heartbeats", null);
    this.#listenStops = Promise.all([this.#listenStops, old?.stop()]).then(() => this.start());
  }

  /** The process that a match holds for now; null for none. */
  find(match: MatchSpec): ProcessIdentity | null {
    return findProcess(match, { table: () => this.launcher.table(), lookup: processLookup(), ownPid: Deno.pid });
  }

  /** A process is not there any more. */
  forget({ id }: Unit): void {
    this.store.forget(id);
    this.logs.forget(id);
    this.usage.forget(id);
    this.#judge.forget(id);
  }

  #startListening(): void {
    const address = parseEndpoint(this.#config.heartbeat.listen);
    if (address === null || this.#listen !== undefined) return;
    const { clock, log } = this.#options;
    this.#listen = createHeartbeatListen({
      listen: { hostname: address.host, port: address.port },
      rateLimit: this.#config.heartbeat.rate_limit,
      clock,
      log,
      ports: this.#heartbeatPorts(),
      onState: (state) => this.#trouble("heartbeats", state.kind === "degraded" ? state.reason : null),
    });
    this.#listen.start();
  }

  #heartbeatPorts(): HeartbeatPorts {
    return {
      find: (id) => {
        const unit = this.units.get(id);
        if (unit === undefined) return "unknown";
        return unit.run === undefined ? "not_running" : "running";
      },
      beat: (id, beat) => this.units.get(id)?.beat(beat),
    };
  }

  #services(): Omit<UnitServices, "waitsFor" | "changed"> {
    const { clock, log, random = Math.random } = this.#options;
    return {
      clock,
      random,
      log,
      launcher: this.launcher,
      marks: this.marks,
      baseEnv: commandEnvironment(),
      startProbe: ({ env, cwd, user, ...probe }) =>
        this.#probes.start({ ...probe, context: { env, cwd, ...accountOf(user) } }),
      awaitLine: (id, pattern, onMatch) => this.logs.awaitLine(id, pattern, onMatch),
      keepLogs: (logs) => this.logs.keep(logs),
      saveHandle: (handle) => this.store.saveHandle(handle),
      dropHandle: (id) => this.store.dropHandle(id),
      record: (event) => {
        this.events.add(event);
        logEvent(log, event);
      },
      // Joining a group makes a start wait some 10 ms in the kernel, so it is for limits alone: trees are told by markers.
      prepareGroup: (name, spec) =>
        this.#group(spec, hasLimits(spec) ? this.cgroups.prepare(name, spec.limits) : WITHOUT_GROUP),
      updateGroup: (directory, spec) =>
        this.#group(spec, directory === "" ? WITHOUT_GROUP : this.cgroups.update(directory, spec.limits)),
      removeGroup: (directory) => this.cgroups.remove(directory),
      openNotify: ({ id, account }) => this.#notify.open(id, accountOf(account.user)) ?? undefined,
      closeNotify: (id) => void this.#notify.close(id),
      openHeartbeats: ({ id, heartbeat, account }) =>
        void this.#sockets.open(id, heartbeat.socketPath, accountOf(account.user)),
      closeHeartbeats: (id) => void this.#sockets.close(id),
      find: (match) => this.find(match),
      signalOne: (identity, signal) => void signalProcess(identity, signal),
      usage: (id) => this.usage.latest(id),
    };
  }

  #group({ limits, ulimits }: ProcessSpec, group: ReturnType<Cgroups["prepare"]>): PreparedGroup {
    const plan = planLimits(limits, ulimits, group);
    const { described: applied, problems, watchedMemoryBytes } = plan;
    return { directory: group.directory, applied, problems, watchedMemoryBytes, ulimits: plan.ulimits };
  }

  #noteSocket(id: string, reason: string | null): void {
    this.units.get(id)?.note(
      "heartbeat",
      reason === null ? "info" : "warn",
      reason ?? "its socket is listened on again",
    );
  }

  #trouble(what: "database" | "heartbeats", reason: string | null): void {
    if (reason === null) this.#troubles.delete(what);
    else this.#troubles.set(what, reason);
    this.#options.onTrouble(this.#troubles.size === 0 ? null : [...this.#troubles.values()].join("; "));
  }
}

const WITHOUT_GROUP = { directory: "", enforced: [], failures: {} } as const;

function hasLimits({ limits }: ProcessSpec): boolean {
  return limits.memoryBytes > 0 || limits.cpuPercent > 0 || limits.tasks > 0;
}

function logEvent(log: Logger, { process, kind, level, state, reason, pid }: NewProcessEvent): void {
  const fields = { process, state, reason, ...(pid !== undefined && { pid }) };
  log[level](kind === "state" ? "process state changed" : "process event", fields);
}

function limitsOf({ events }: SupervisorConfig): { readonly maxCount: number; readonly maxAgeMs: number } {
  return { maxCount: events.max_count, maxAgeMs: events.max_age.ms };
}

/** Programs that run as others cannot pass through root's private directories. */
function notifyDirectory(workDir: string, instance: string): string {
  return currentOs() === "linux" && isPrivileged() ? `/run/farhand-${instance}` : join(workDir, NOTIFY_DIR);
}

/** What programs are marked with is worth nothing to who does not have this key; see marks.ts. */
async function readOrMakeKey(path: string): Promise<string> {
  try {
    const key = (await Deno.readTextFile(path)).trim();
    if (KEY.test(key)) return key;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw fileError("read the key of the supervisor", path, error);
  }
  const key = Marks.newKey();
  await writePrivateFile(path, `${key}\n`);
  return key;
}
