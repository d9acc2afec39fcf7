import type { Clock } from "../../core/mod.ts";
import type { Roster } from "./actions.ts";
import { isMeant, unmet } from "./policy/order.ts";
import type { ProcessSpec } from "./spec/process_spec.ts";
import type { UnitServices } from "./unit/services.ts";
import { Unit } from "./unit/unit.ts";

export interface UnitsOptions {
  readonly clock: Clock;
  /** Everything of UnitServices that has nothing to do with other processes. */
  readonly services: Omit<UnitServices, "waitsFor" | "changed">;
  readonly saveWanted: (id: string, wanted: boolean) => void;
  /** The state of a process, or what it says of itself, has changed. */
  readonly onChange: (unit: Unit) => void;
}

/** All supervised processes, by id and in the order of the config, and what they have to do with each other. */
export class Units implements Roster {
  readonly clock: Clock;
  readonly orders: Roster["orders"] = new WeakMap();
  readonly #options: UnitsOptions;
  readonly #units = new Map<string, Unit>();
  /** Who depends on a group or a replica, by its id. */
  #dependents: Map<string, Unit[]> | undefined;
  #change = Promise.withResolvers<void>();

  constructor(options: UnitsOptions) {
    this.clock = options.clock;
    this.#options = options;
  }

  units(): readonly Unit[] {
    return [...this.#units.values()];
  }

  get(id: string): Unit | undefined {
    return this.#units.get(id);
  }

  get size(): number {
    return this.#units.size;
  }

  saveWanted(id: string, wanted: boolean): void {
    this.#options.saveWanted(id, wanted);
  }

  nextChange(): Promise<void> {
    return this.#change.promise;
  }

  add(spec: ProcessSpec): Unit {
    const unit = new Unit(spec, {
      ...this.#options.services,
      waitsFor: (dependent) => this.#waitsFor(dependent),
      changed: (id) => this.#changed(id),
    });
    this.#units.set(spec.id, unit);
    this.#dependents = undefined;
    return unit;
  }

  remove(id: string): void {
    this.#units.delete(id);
    this.#dependents = undefined;
    this.#tellAll();
  }

  /** Brings the processes into the order of these specs, and learns anew who depends on whom. */
  arrange(specs: readonly ProcessSpec[]): void {
    const rest = new Map(this.#units);
    this.#units.clear();
    for (const { id } of specs) {
      const unit = rest.get(id);
      if (unit !== undefined) this.#units.set(id, unit);
      rest.delete(id);
    }
    for (const [id, unit] of rest) this.#units.set(id, unit);
    this.#dependents = undefined;
  }

  #dependentsOf(name: string): readonly Unit[] {
    this.#dependents ??= this.#index();
    return this.#dependents.get(name) ?? [];
  }

  #index(): Map<string, Unit[]> {
    const dependents = new Map<string, Unit[]>();
    for (const unit of this.#units.values()) {
      for (const { id } of unit.spec.dependsOn) dependents.set(id, [...dependents.get(id) ?? [], unit]);
    }
    return dependents;
  }

  /** Null when all that a process depends on is there. */
  #waitsFor({ id, dependsOn }: ProcessSpec): string | null {
    for (const dependency of dependsOn) {
      for (const unit of this.#units.values()) {
        if (unit.id === id || !isMeant(dependency.id, unit.spec)) continue;
        const { state, life, isCompleted, spec } = unit;
        const { hasRun, isReady, wanted } = life;
        // Who needs a oneshot needs what it has done, not that it is at work.
        const isWork = spec.kind === "oneshot" && dependency.condition === "healthy";
        const reason = unmet(isWork ? "completed" : dependency.condition, {
          id: unit.id,
          enabled: spec.enabled,
          state,
          hasRun,
          isReady,
          wanted,
          isCompleted,
        });
        if (reason !== null) return reason;
      }
    }
    return null;
  }

  #changed(id: string): void {
    const unit = this.#units.get(id);
    if (unit === undefined) return;
    this.#options.onChange(unit);
    for (const name of new Set([id, unit.spec.group])) {
      for (const dependent of this.#dependentsOf(name)) dependent.proceed();
    }
    this.#tellAll();
  }

  #tellAll(): void {
    const { resolve } = this.#change;
    this.#change = Promise.withResolvers<void>();
    resolve();
  }
}
