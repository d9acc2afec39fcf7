import { AppError } from "../core/mod.ts";
import type { ComponentState, ComponentStatus } from "./component.ts";
import { unlessAborted } from "./waiting.ts";

export type StatusListener = (status: ComponentStatus) => void;

/** What a component may say of itself while it runs. */
export type RunningState = "ok" | "degraded" | "failed";

/** Where the whole stands: `running` once every component has started, until it is told to stop. */
export type Phase = "idle" | "starting" | "running" | "stopping" | "stopped";

/** The state of each component and of the whole, since when, and who wants to know. Starts and stops nothing. */
export class StatusTable {
  readonly #nowMs: () => number;
  readonly #rows = new Map<string, ComponentStatus>();
  readonly #listeners = new Set<StatusListener>();
  /** What components said of themselves before their start was over. */
  readonly #early = new Map<string, readonly [state: RunningState, reason: string | undefined]>();
  readonly #ended = new Set<string>();
  #phase: Phase = "idle";
  /** Resolved and replaced at each change. */
  #change = Promise.withResolvers<void>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get phase(): Phase {
    return this.#phase;
  }

  set phase(phase: Phase) {
    this.#phase = phase;
    this.#changed();
  }

  get(name: string): ComponentStatus {
    const status = this.#rows.get(name);
    if (status === undefined) throw new AppError("not_found", `There is no component "${name}"`);
    return status;
  }

  list(): ComponentStatus[] {
    return [...this.#rows.values()];
  }

  /** Lists these first, in this order. */
  arrange(names: readonly string[]): void {
    const rows = names.map((name) => this.get(name));
    for (const row of rows) this.#rows.delete(row.name);
    for (const row of [...rows, ...this.#rows.values()]) {
      this.#rows.delete(row.name);
      this.#rows.set(row.name, row);
    }
  }

  /** Enters a state; where only the reason is new `sinceMs` stays. True when the state itself has changed. */
  set(name: string, state: ComponentState, reason?: string): boolean {
    const before = this.#rows.get(name);
    const sameState = before?.state === state;
    if (sameState && before.reason === reason) return false;
    const sinceMs = sameState ? before.sinceMs : this.#nowMs();
    const status: ComponentStatus = { name, state, sinceMs, ...(reason === undefined ? {} : { reason }) };
    this.#rows.set(name, status);
    for (const listener of this.#listeners) listener(status);
    this.#changed();
    return !sameState;
  }

  /** The start of a component is over: it is what it said it was, or else ok. */
  started(name: string): void {
    const [state, reason] = this.#early.get(name) ?? ["ok" as const, undefined];
    this.set(name, state, reason);
  }

  /** A component is over and done with, well or badly: nothing more will happen to it. */
  end(name: string, state: "stopped" | "failed", reason?: string): void {
    this.#ended.add(name);
    this.set(name, state, reason);
    this.#changed();
  }

  hasEnded(name: string): boolean {
    return this.#ended.has(name);
  }

  /** Takes a component's word on itself. True when its state has changed by that. */
  report(name: string, state: RunningState, reason?: string): boolean {
    switch (this.get(name).state) {
      case "starting":
        this.#early.set(name, [state, reason]);
        return false;
      case "ok":
      case "degraded":
      case "failed":
        return !this.hasEnded(name) && this.set(name, state, reason);
      case "stopping":
      case "stopped":
        return false;
    }
  }

  /** One word for the whole: what it is doing, or else the worst that is true of any component. */
  overall(): ComponentState {
    if (this.#phase === "starting" || this.#phase === "stopping") return this.#phase;
    const states = new Set(this.list().map((status) => status.state));
    if (states.has("failed")) return "failed";
    if (this.#phase !== "running") return "stopped";
    return states.has("degraded") ? "degraded" : "ok";
  }

  onChange(listener: StatusListener): () => void {
    const entry: StatusListener = (status) => listener(status);
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  /** Resolves once the condition holds; rejects when it throws or the signal aborts. */
  async until(condition: () => boolean, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    while (!condition()) await unlessAborted(this.#change.promise, signal);
  }

  #changed(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}
