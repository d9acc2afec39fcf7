import { AppError } from "../../core/mod.ts";
import { commandEnvironment, currentOs } from "../../platform/mod.ts";
import type { ProcessActionReport, ProcessActionRequest, ProcessView } from "../../protocol/mod.ts";
import { act, type Roster, select, unknownProcess } from "./actions.ts";
import { adoptRemains, retire } from "./adopting.ts";
import { Equipment } from "./equipment.ts";
import type { Left, SupervisedConfig, SupervisorOptions } from "./ports.ts";
import { viewOf } from "./serving/views.ts";
import type { ProcessSpec } from "./spec/process_spec.ts";
import { resolveSpecs } from "./spec/resolve.ts";
import { Troubles } from "./troubles.ts";
import { matchText } from "./unit/external.ts";
import type { Unit } from "./unit/unit.ts";
import type { Units } from "./units.ts";

const TICK_MS = 1_000;
/** All processes of the host are looked at for it. */
const FIND_TICKS = 5;
/** How long whoever stops the agent with its processes waits for them, beyond what they may take themselves. */
const STOP_MARGIN_MS = 5_000;

/** Keeps the processes of the config and of the API running, from the moment that there are any. */
export class Keeper {
  readonly equipment: Equipment;
  readonly #options: SupervisorOptions;
  readonly #troubles: Troubles;
  readonly #leaving = new AbortController();
  readonly #retiring: Promise<void>[] = [];
  /** Those that are dropped as soon as they have ended. */
  readonly #leavers = new Set<string>();
  #config: SupervisedConfig;

  private constructor(options: SupervisorOptions, equipment: Equipment, troubles: Troubles) {
    this.#options = options;
    this.#config = options.config;
    this.#troubles = troubles;
    this.equipment = equipment;
  }

  /** Takes over what an earlier agent has left, and starts what is to run. */
  static async open(options: SupervisorOptions): Promise<Keeper> {
    const troubles = new Troubles(options.onTrouble);
    const onTrouble = (reason: string | null) => troubles.ofEquipment(reason);
    const onChange = (unit: Unit) => keeper.#changed(unit);
    const equipment = await Equipment.prepare({ ...options, config: options.config.supervisor, onTrouble, onChange });
    const keeper = new Keeper(options, equipment, troubles);
    keeper.#begin();
    return keeper;
  }

  /** Leaves: the programs live on. */
  async close(): Promise<void> {
    this.#leaving.abort();
    await Promise.all(this.#retiring);
    await this.equipment.stop();
  }

  /** Goes on by another config: what has not changed runs on untouched. */
  reconfigure(config: SupervisedConfig): void {
    this.#config = config;
    this.equipment.reconfigure(config.supervisor);
    this.#applySpecs("its config has changed");
  }

  get units(): Units {
    return this.equipment.units;
  }

  unit(id: string): Unit {
    const unit = this.units.get(id);
    if (unit !== undefined) return unit;
    throw unknownProcess(id, this.units.units());
  }

  views(): ProcessView[] {
    return this.units.units().map(viewOf);
  }

  supervised(): { readonly id: string; readonly pid: number }[] {
    return this.units.units().flatMap(({ id, run }) => run === undefined ? [] : [{ id, pid: run.identity.pid }]);
  }

  act(request: ProcessActionRequest, signal: AbortSignal): Promise<ProcessActionReport> {
    return act(request, this.units, signal);
  }

  /** Stops everything, or says how much goes on running. */
  async beforeLeaving(withProcesses: boolean, signal: AbortSignal): Promise<Left> {
    const units = this.units.units();
    const living = units.filter(({ life }) => life.hasRun);
    if (!withProcesses) return { left: living.length, stopped: 0, unstopped: [] };
    // One after the other at worst, when each depends on the next.
    const waitMs = living.reduce((sum, { spec }) => sum + spec.stop.timeoutMs, STOP_MARGIN_MS);
    const roster: Roster = {
      clock: this.#options.clock,
      orders: this.units.orders,
      units: () => units,
      nextChange: () => this.units.nextChange(),
      saveWanted: () => {}, // the next agent is to start them again
    };
    const { results } = await act({ action: "stop", select: { all: true }, waitMs }, roster, signal);
    const unstopped = results.filter(({ ok }) => !ok).map(({ id }) => id);
    return { left: unstopped.length, stopped: living.length - unstopped.length, unstopped };
  }

  /** Registers a process for good, beside those of the config; one that the API has registered may be replaced. */
  add(item: unknown): Unit[] {
    const { store, units, enlisted } = this.equipment;
    const { id } = enlisted.check(item, this.#config);
    const isNew = !store.registered().some((registered) => registered.id === id);
    store.saveRegistered({ id, item: { ...item as object } }); // it was checked to be a mapping
    this.#applySpecs(`${isNew ? "added" : "changed"} by the API`);
    return units.units().filter(({ spec }) => spec.group === id);
  }

  /** Stops a process and forgets it, with all its replicas; its log files stay. */
  async remove(id: string, signal: AbortSignal): Promise<string[]> {
    const { units, store } = this.equipment;
    const gone = select({ ids: [id] }, units.units());
    const fixed = gone.find(({ spec }) => spec.origin === "config");
    if (fixed !== undefined) {
      const remedy = "remove it from the config and reload, or stop it";
      throw new AppError("conflict", `Cannot remove ${fixed.id}: it is in the config; ${remedy}`);
    }
    for (const { spec } of gone) store.dropRegistered(spec.group);
    this.#applySpecs("removed by the API");
    while (gone.some((unit) => this.#leavers.has(unit.id))) {
      await units.nextChange();
      signal.throwIfAborted();
    }
    return gone.map((unit) => unit.id);
  }

  #begin(): void {
    const { units, launcher, marks, store, bootId, cgroups } = this.equipment;
    const { log, clock } = this.#options;
    const { signal } = this.#leaving;
    for (const spec of this.#specs()) this.#enlist(spec);
    adoptRemains({
      ...{ launcher, marks, store, units, bootId, clock, log },
      retire: (tree) => void this.#retiring.push(retire(tree, { launcher, clock, log, signal })),
    });
    cgroups.removeEmpty();
    for (const unit of units.units()) this.#startOne(unit, "started with the agent");
    this.equipment.start();
    void this.#tick();
  }

  #specs(): ProcessSpec[] {
    const { workDir, logDir } = this.#options;
    return resolveSpecs(this.equipment.enlisted.all(this.#config), {
      workDir,
      logDir,
      agentEnv: commandEnvironment(),
      envIgnoresCase: currentOs() === "windows",
    });
  }

  #enlist(spec: ProcessSpec): Unit {
    const { units, store, bootId } = this.equipment;
    const unit = units.add(spec);
    if (spec.kind === "oneshot" && store.completed(spec.id, bootId) === spec.fingerprint) unit.restoreCompleted();
    return unit;
  }

  #startOne(unit: Unit, reason: string): void {
    const { store, bootId } = this.equipment;
    const { spec, state, isCompleted } = unit;
    if (!spec.enabled || isCompleted || (unit.life.hasRun && state !== "stopping")) return;
    if (store.wanted(spec.id, bootId) ?? spec.autostart) unit.tell({ type: "want", reason });
  }

  #applySpecs(reason: string): void {
    const { units } = this.equipment;
    const specs = this.#specs();
    const ids = new Set(specs.map(({ id }) => id));
    for (const unit of units.units()) if (!ids.has(unit.id)) this.#dismiss(unit);
    const fresh: Unit[] = [];
    for (const spec of specs) {
      const unit = units.get(spec.id);
      if (unit === undefined) {
        const added = this.#enlist(spec);
        added.note("added", "info", reason);
        fresh.push(added);
      } else if (this.#leavers.delete(spec.id)) {
        unit.setSpec(spec);
        fresh.push(unit);
      } else this.#change(unit, spec, reason);
    }
    units.arrange(specs);
    for (const unit of fresh) this.#startOne(unit, `started: ${reason}`);
    // What one waits for may not be asked for any more.
    for (const unit of units.units()) unit.proceed();
    this.equipment.start();
  }

  #change(unit: Unit, spec: ProcessSpec, reason: string): void {
    const before = unit.spec;
    unit.setSpec(spec);
    if (before.enabled && !spec.enabled) return unit.tell({ type: "unwant", reason: "disabled in the config" });
    if (before.fingerprint !== spec.fingerprint) {
      unit.note("changed", "info", reason);
      if (unit.life.wanted) unit.tell({ type: "again", reason });
    }
    if (!before.enabled && spec.enabled) this.#startOne(unit, "enabled in the config");
  }

  /** What is neither in the config nor registered any more is stopped, and then is not there. */
  #dismiss(unit: Unit): void {
    this.#leavers.add(unit.id);
    unit.tell({ type: "unwant", reason: "removed" });
    if (!unit.life.hasRun) this.#drop(unit);
  }

  #drop(unit: Unit): void {
    if (!this.#leavers.delete(unit.id)) return;
    unit.note("removed", "info", "removed");
    unit.leave();
    this.equipment.units.remove(unit.id);
    this.equipment.forget(unit);
    this.#troubles.ofProcess(unit.id, false);
  }

  #changed(unit: Unit): void {
    const { state, spec, isCompleted, life } = unit;
    const { store, bootId } = this.equipment;
    if (this.#leavers.has(spec.id) && !life.hasRun) return this.#drop(unit);
    if (isCompleted && store.completed(spec.id, bootId) !== spec.fingerprint) {
      store.saveCompleted(spec.id, spec.fingerprint, bootId);
    }
    this.#troubles.ofProcess(spec.id, state === "failed");
  }

  /** Looks for silence among those that are to send heartbeats, and for what others have started. */
  async #tick(): Promise<void> {
    const { signal } = this.#leaving;
    try {
      for (let tick = 0;; tick++) {
        await this.#options.clock.sleep(TICK_MS, signal);
        for (const unit of this.units.units()) unit.checkSilence();
        if (tick % FIND_TICKS === 0) this.#findOthers();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** An external process that was given up may have been started by somebody else since. */
  #findOthers(): void {
    for (const unit of this.units.units()) {
      const { spec: { match }, life: { wanted, hasRun, restarts }, state } = unit;
      if (match === null || !wanted || hasRun || (state !== "failed" && state !== "backoff")) continue;
      const identity = this.equipment.find(match);
      if (identity === null) continue;
      const startedMs = this.#options.clock.nowMs();
      unit.adopt({ identity, run: "", startedMs, restarts, cgroup: "" }, `found by ${matchText(match)}`);
    }
  }
}
