import { AppError } from "../../../core/mod.ts";
import type { ObservedExit } from "../../../platform/mod.ts";
import {
  type NewProcessEvent,
  type ProcessEventKind,
  type ProcessExit,
  type ProcessState,
  type ProcessUsage,
} from "../../../protocol/mod.ts";
import type { Beat } from "../heartbeats/contract.ts";
import type { ProcessSpec } from "../spec/process_spec.ts";
import type { Handle } from "../store/store.ts";
import { Chronicle } from "./chronicle.ts";
import { aliveIn, endRest, endTreeSurely } from "./ending.ts";
import { awaitExternal } from "./external.ts";
import { jobNameOf, launchProblem, orElse, prepareLaunch, probeEnvironment } from "./launching.ts";
import { type Effect, type Life, type LifeEvent, newLife, step } from "./life.ts";
import { NO_GROUP, type PreparedGroup, type Run, type UnitServices } from "./services.ts";
import { isWatchedAlike, Watches } from "./watches.ts";

/** A run with what watches it. */
interface CurrentRun extends Run {
  readonly watches: Watches;
  readonly over: PromiseWithResolvers<void>;
  readonly unwatch: () => void;
}

/**
 * One supervised process: does what life.ts decides. Nothing here waits for anything but the end of a tree and the time
 * of a backoff, so that a crash is followed by its restart within the same turn of the event loop.
 */
export class Unit {
  readonly #services: UnitServices;
  #spec: ProcessSpec;
  #life: Life;
  #run: CurrentRun | undefined;
  #group = NO_GROUP;
  /** Aborts backoff and the search for an external process. */
  #waiting = new AbortController();
  /** Aborts everything: the agent leaves, the program stays. */
  readonly #leaving = new AbortController();
  /** The end of what an unexpected exit has left of a tree; the next start comes after it. */
  #sweep: Promise<void> | undefined;
  #isBlocked = false;
  #isCompleted = false;
  #statusText: string | undefined;
  readonly #chronicle: Chronicle;
  #depth = 0;

  constructor(spec: ProcessSpec, services: UnitServices) {
    this.#spec = spec;
    this.#services = services;
    this.#life = newLife(services.clock.nowMs(), spec.enabled ? "not started" : "disabled");
    this.#chronicle = new Chronicle(spec.id, services);
    this.#keepLogs();
    if (spec.heartbeat.socketPath !== "") services.openHeartbeats(spec);
  }

  get id(): string {
    return this.#spec.id;
  }

  get spec(): ProcessSpec {
    return this.#spec;
  }

  get life(): Life {
    return this.#life;
  }

  get run(): Run | undefined {
    return this.#run;
  }

  get group(): PreparedGroup {
    return this.#group;
  }

  get statusText(): string | undefined {
    return this.#statusText;
  }

  get watches(): Watches | undefined {
    return this.#run?.watches;
  }

  get state(): ProcessState {
    return this.#life.state;
  }

  /** True for a oneshot that has done its work since the host has booted. */
  get isCompleted(): boolean {
    return this.#isCompleted;
  }

  /** An earlier agent has seen it do its work. */
  restoreCompleted(): void {
    this.#isCompleted = true;
    this.#life = { ...this.#life, reason: "was completed before this agent has started" };
  }

  tell(event: LifeEvent): void {
    if (this.#leaving.signal.aborted) return;
    if (event.type === "exited" && this.#spec.kind === "oneshot") this.#isCompleted = event.exit.code === 0;
    const { clock, random } = this.#services;
    const monotonicMs = clock.monotonicMs();
    const before = this.#life;
    const ranMs = this.#run === undefined ? 0 : monotonicMs - this.#run.startedMonotonicMs;
    const { kind, restart } = this.#spec;
    const facts = { kind, restart, nowMs: clock.nowMs(), monotonicMs, ranMs, random: random() };
    const { life, effects } = step(before, event, facts);
    this.#life = life;
    this.#depth++;
    this.#chronicle.noteChange(before, life, event, this.#run?.identity.pid);
    try {
      for (const effect of effects) this.#perform(effect);
    } finally {
      this.#depth--;
      if (this.#depth === 0) this.#publish(before);
    }
  }

  /** What it waits for may be there now. */
  proceed(): void {
    if (this.#isBlocked) this.#launch();
  }

  /** Takes over what another agent has started, or what was found. */
  adopt({ identity, run, startedMs, restarts, cgroup }: Omit<Handle, "id" | "fingerprint">, reason: string): void {
    this.#stopWaiting();
    this.#life = { ...this.#life, restarts };
    const { marks, clock } = this.#services;
    const isMarked = run !== "";
    const tree = {
      leader: identity,
      marker: isMarked ? marks.marker(this.id, run) : "",
      cgroup,
      jobName: isMarked ? jobNameOf(marks, this.id, run) : "",
    };
    const ranMs = Math.max(0, clock.nowMs() - startedMs);
    if (this.#spec.heartbeat.notify) this.#services.openNotify(this.#spec);
    this.#group = this.#services.updateGroup(cgroup, this.#spec);
    const startedMonotonicMs = clock.monotonicMs() - ranMs;
    const watches = this.#watch(false);
    this.#begin({ run, identity, tree, startedMs, startedMonotonicMs, isAdopted: true }, watches);
    this.tell({ type: "adopted", reason });
  }

  /** Goes on by another spec of the same program; one of another program takes a restart besides. */
  setSpec(spec: ProcessSpec): void {
    const before = this.#spec;
    const { heartbeat } = before;
    this.#spec = spec;
    this.#keepLogs();
    if (heartbeat.socketPath !== spec.heartbeat.socketPath) {
      if (heartbeat.socketPath !== "") this.#services.closeHeartbeats(this.id);
      if (spec.heartbeat.socketPath !== "") this.#services.openHeartbeats(spec);
    }
    const run = this.#run;
    if (run === undefined || this.#life.state === "stopping") return;
    this.#group = this.#services.updateGroup(run.tree.cgroup, spec);
    if (isWatchedAlike(before, spec)) return;
    run.watches.stop();
    const watches = this.#watch(this.#life.state === "starting");
    watches.prepare();
    this.#run = { ...run, watches };
    watches.start();
    // What it failed may not be asked any more; what is asked now has not failed yet.
    this.tell({ type: "well", reason: "is watched in another way" });
  }

  beat(beat: Beat): void {
    if (beat.status !== undefined) this.#statusText = beat.status;
    this.#run?.watches.beat(beat);
  }

  checkSilence(): void {
    this.#run?.watches.checkSilence();
  }

  /** Too much was used for too long, or no longer. */
  exceeded(reason: string, isOver: boolean): void {
    this.note("threshold", isOver ? "info" : "warn", reason);
    const restart = this.#spec.thresholds.onThreshold === "restart";
    if (!isOver) this.tell({ type: "exceeded", reason, restart });
  }

  /** More than its limit is used, which nobody but the agent enforces. */
  overLimit(reason: string): void {
    this.note("threshold", "error", reason);
    this.tell({ type: "exceeded", reason, restart: true });
  }

  note(kind: ProcessEventKind, level: NewProcessEvent["level"], reason: string): void {
    this.#chronicle.note(kind, level, this.state, reason, this.#run?.identity.pid);
    if (this.#depth === 0) this.#chronicle.flush();
  }

  signal(signal: Deno.Signal, wholeTree: boolean): void {
    const run = this.#run;
    if (run === undefined) throw new AppError("conflict", `Cannot signal ${this.id}: it does not run (${this.state})`);
    if (wholeTree) this.#services.launcher.signalTree(run.tree, signal);
    else this.#services.signalOne(run.identity, signal);
    this.note("changed", "info", `${signal} was sent to ${wholeTree ? "its whole tree" : "it"} by its user`);
  }

  usage(): ProcessUsage | undefined {
    return this.#run === undefined ? undefined : this.#services.usage(this.id);
  }

  /** Lets go of everything but the program, which lives on. */
  leave(): void {
    this.#leaving.abort();
    this.#waiting.abort();
    this.#run?.watches.stop();
    this.#run?.unwatch();
    if (this.#spec.heartbeat.notify) this.#services.closeNotify(this.id);
    if (this.#spec.heartbeat.socketPath !== "") this.#services.closeHeartbeats(this.id);
  }

  #keepLogs(): void {
    const { id, log, logPaths } = this.#spec;
    this.#services.keepLogs({ id, log, logPaths });
  }

  #perform(effect: Effect): void {
    switch (effect.do) {
      case "launch":
        return this.#launch();
      case "stop":
        return void this.#stop();
      case "dismiss":
        return this.#dismiss();
      case "wait":
        return void this.#wait(effect.ms);
      case "cancel":
        this.#stopWaiting();
    }
  }

  #stopWaiting(): void {
    this.#waiting.abort();
    this.#waiting = new AbortController();
    this.#isBlocked = false;
  }

  #launch(): void {
    this.#isBlocked = false;
    if (this.#life.state !== "starting" || this.#life.hasRun) return;
    const blockedBy = this.#services.waitsFor(this.#spec);
    if (blockedBy !== null) {
      this.#isBlocked = true;
      return this.tell({ type: "waiting", reason: `waits for ${blockedBy}` });
    }
    if (this.#sweep !== undefined) {
      void this.#sweep.then(() => this.#launch());
      return;
    }
    if (this.#spec.match !== null) return void this.#launchExternal();
    try {
      this.#launchOwn();
    } catch (error) {
      this.#removeGroup();
      this.tell({ type: "launch_failed", reason: launchProblem(error) });
    }
  }

  #launchOwn(): void {
    const { clock, launcher, marks } = this.#services;
    const run = marks.newRun(this.id);
    const { options, group } = prepareLaunch(this.#spec, run, this.#services);
    this.#group = group;
    const { cgroup, jobName: job } = options;
    const startedMonotonicMs = clock.monotonicMs();
    const watches = this.#watch(true);
    // Before the program can say anything: it may be quick.
    watches.prepare();
    const identity = orElse(() => launcher.launch(options), () => watches.stop());
    const marker = marks.marker(this.id, run);
    const tree = { leader: identity, marker, cgroup, jobName: job };
    const startedMs = clock.nowMs();
    this.#begin({ run, identity, tree, startedMs, startedMonotonicMs, isAdopted: false }, watches);
    const isReady = this.#spec.readiness === null;
    this.tell({ type: "launched", isReady, reason: isReady ? "started" : "started; waits to be ready" });
  }

  async #launchExternal(): Promise<void> {
    const waiting = AbortSignal.any([this.#waiting.signal, this.#leaving.signal]);
    try {
      const found = await awaitExternal(this.#spec, this.#services, waiting);
      waiting.throwIfAborted();
      const { restarts } = this.#life;
      const startedMs = this.#services.clock.nowMs();
      this.adopt({ ...found, startedMs, restarts, cgroup: found.group.directory }, found.reason);
      this.#group = found.group;
    } catch (error) {
      if (!waiting.aborted) this.tell({ type: "launch_failed", reason: launchProblem(error) });
    }
  }

  /** Watches a program that is there. */
  #begin(run: Run, watches: Watches): void {
    const over = Promise.withResolvers<void>();
    // A program that ends at once is told of only after this has returned, whatever the system does.
    let isBegun = false;
    let early: ObservedExit | undefined;
    const onExit = (exit: ObservedExit) => {
      if (isBegun) this.#ended(run, exit);
      else early = exit;
    };
    const unwatch = this.#services.launcher.watch(run.identity, onExit);
    this.#run = { ...run, watches, over, unwatch };
    isBegun = true;
    if (early !== undefined) queueMicrotask(() => this.#ended(run, early ?? {}));
    this.#statusText = undefined;
    const { id, fingerprint } = this.#spec;
    const { identity, startedMs, tree } = run;
    const { restarts } = this.#life;
    this.#services.saveHandle({ id, identity, run: run.run, startedMs, restarts, cgroup: tree.cgroup, fingerprint });
    watches.start();
  }

  #watch(awaitReadiness: boolean): Watches {
    const watches: Watches = new Watches({
      spec: this.#spec,
      services: this.#services,
      env: probeEnvironment(this.#spec, this.#services.baseEnv),
      awaitReadiness,
      onEvent: (event) => {
        if (this.#run?.watches === watches) this.tell(event);
      },
    });
    return watches;
  }

  #ended(run: Run, observed: ObservedExit): void {
    const current = this.#run;
    if (current === undefined || current.identity !== run.identity || this.#leaving.signal.aborted) return;
    current.over.resolve();
    const exit: ProcessExit = { timeMs: this.#services.clock.nowMs(), ...observed };
    this.tell({ type: "exited", exit });
  }

  async #stop(): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    run.watches.stop();
    const { signal } = this.#leaving;
    const how = await endTreeSurely({ spec: this.#spec, run, leaderGone: run.over.promise, signal }, this.#services);
    if (how !== null) this.tell({ type: "gone", reason: `${this.#life.reason}: ${how}` });
  }

  /** The program has ended: nothing of it stays, neither here nor, if its tree can be told, on the host. */
  #dismiss(): void {
    const run = this.#run;
    if (run === undefined) return;
    run.watches.stop();
    run.unwatch();
    this.#run = undefined;
    this.#services.dropHandle(this.id);
    if (this.#spec.heartbeat.notify) this.#services.closeNotify(this.id);
    if (aliveIn(run.tree, this.#services) === 0) return this.#removeGroup();
    this.note("exit", "warn", "it has ended and left others behind; they are ended, too");
    const sweep = endRest(this.id, run.tree, this.#services, this.#leaving.signal).then(() => {
      if (this.#sweep === sweep) this.#sweep = undefined;
      this.#removeGroup();
    });
    this.#sweep = sweep;
  }

  #removeGroup(): void {
    const { directory } = this.#group;
    this.#group = NO_GROUP;
    const killed = directory === "" ? 0 : this.#services.removeGroup(directory);
    if (killed === 0) return;
    const many = killed === 1 ? "one of its processes" : `${killed} of its processes`;
    this.note("threshold", "error", `the kernel has killed ${many}: they needed more memory than they may have`);
  }

  async #wait(ms: number): Promise<void> {
    const { signal } = this.#waiting;
    try {
      await this.#services.clock.sleep(ms, signal);
    } catch {
      return; // nobody waits any more
    }
    this.tell({ type: "due" });
  }

  #publish(before: Life): void {
    this.#chronicle.flush();
    const { state, reason, wanted } = this.#life;
    if (before.state !== state || before.reason !== reason || before.wanted !== wanted) this.#services.changed(this.id);
  }
}
