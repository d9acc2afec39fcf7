import { join } from "node:path";
import { AppError, messageOf } from "../../core/mod.ts";
import type { Component } from "../../lifecycle/mod.ts";
import type { ProcessEvent, ProcessView } from "../../protocol/mod.ts";
import { DATABASE } from "./files.ts";
import type { Keeper } from "./keeper.ts";
import type { Left, SupervisedConfig, SupervisorOptions } from "./ports.ts";

const NOBODY_LEFT: Left = { left: 0, stopped: 0, unstopped: [] };

/**
 * The component `supervisor`. When the agent leaves, the programs stay; the next agent takes them over. All that it takes
 * to keep programs running is read when there is the first of them: an agent that only measures carries none of it.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  #config: SupervisedConfig;
  readonly #listeners = new Set<() => void>();
  #running = false;
  #keeper: Keeper | undefined;
  /** Starts, reloads and stops follow one another. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#config = options.config;
  }

  component(dependsOn: readonly string[]): Component {
    return { name: "supervisor", dependsOn, start: (signal) => this.start(signal), stop: () => this.stop() };
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#running = true;
    if (this.#config.processes.length > 0 || hasDatabase(this.#options.workDir)) await this.keeper();
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#last.catch(() => {}); // whoever began it was told
    const keeper = this.#keeper;
    this.#keeper = undefined;
    await keeper?.close();
  }

  /** Goes on by another config: what has not changed runs on untouched. */
  reconfigure(config: SupervisedConfig): Promise<void> {
    this.#config = config;
    return this.#next(async () => {
      if (!this.#running || (this.#keeper === undefined && config.processes.length === 0)) return;
      if (this.#keeper === undefined) await this.#load();
      else this.#keeper.reconfigure(config);
    }).catch((error) => {
      this.#options.log.error("new processes not put in force", { reason: messageOf(error) });
    });
  }

  /** Whoever runs the processes. */
  async keeper(): Promise<Keeper> {
    if (this.#keeper !== undefined) return this.#keeper;
    return await this.#next(async () => this.#keeper ?? await this.#load());
  }

  views(): ProcessView[] {
    return this.#keeper?.views() ?? [];
  }

  /** What runs now, for whoever measures it. */
  supervised(): { readonly id: string; readonly pid: number }[] {
    return this.#keeper?.supervised() ?? [];
  }

  /** Calls back at each event of any process, whenever the first of them comes to be; the result ends it. */
  onEvent(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Events after that number, oldest first, and the number of the latest; none where nothing was ever supervised. */
  eventsAfter(seq: number, limit: number): { readonly events: readonly ProcessEvent[]; readonly last: number } {
    const store = this.#keeper?.equipment.store;
    if (store === undefined) return { events: [], last: 0 };
    return { events: store.events({ after: seq, limit, take: "earliest" }), last: store.lastSeq() };
  }

  counts(): { total: number; byState: Record<string, number> } {
    const views = this.views();
    const byState: Record<string, number> = {};
    for (const { state } of views) byState[state] = (byState[state] ?? 0) + 1;
    return { total: views.length, byState };
  }

  /** Stops everything, or says how much goes on running. */
  async beforeLeaving(withProcesses: boolean, signal: AbortSignal): Promise<Left> {
    return await this.#keeper?.beforeLeaving(withProcesses, signal) ?? NOBODY_LEFT;
  }

  async #load(): Promise<Keeper> {
    const module = await import("./keeper.ts");
    if (!this.#running) {
      throw new AppError("unavailable", "The supervisor does not run: the agent is starting or stopping", {
        retryable: true,
      });
    }
    this.#keeper = await module.Keeper.open({ ...this.#options, config: this.#config });
    this.#keeper.equipment.events.subscribe(() => this.#tellListeners());
    this.#tellListeners(); // of what has happened meanwhile
    return this.#keeper;
  }

  #tellListeners(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #next<T>(act: () => Promise<T>): Promise<T> {
    const acting = this.#last.then(act);
    this.#last = acting.catch(() => {}); // whoever has begun it is told
    return acting;
  }
}

/** An agent that has supervised before has processes to take over, or registered ones. */
function hasDatabase(workDir: string): boolean {
  try {
    return Deno.statSync(join(workDir, DATABASE)).isFile;
  } catch {
    return false; // it is not there, or cannot be used
  }
}
