import { type Clock, messageOf } from "../../../core/mod.ts";
import { createStateLog, type Logger, type StateLog } from "../../../log/mod.ts";
import type { Launcher } from "../../../platform/mod.ts";
import type { ProcessUsage } from "../../../protocol/mod.ts";
import type { MeasuredTree, UsageMeter, UsageMeterOptions } from "./contract.ts";
import type { MemberReader } from "./member_contract.ts";
import { createMemberReader } from "./member_reading.ts";
import { type Member, TreeMeter } from "./tree_meter.ts";
import { UsageHistory } from "./usage_history.ts";

export interface UsageMeterParts extends UsageMeterOptions {
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly launcher: Pick<Launcher, "members">;
  /** Made when it is needed; tests have their own. */
  readonly reader?: MemberReader;
}

/** After so much work in one go, others get their turn. */
const SLICE_MS = 2;
const PAUSE_MS = 5;
/** A start time is rounded down. */
const START_TIME_SLACK = 1;

export function createUsageMeter(parts: UsageMeterParts): UsageMeter {
  return new Meter(parts);
}

class Meter implements UsageMeter {
  readonly #parts: UsageMeterParts;
  readonly #state: StateLog;
  readonly #history = new UsageHistory();
  readonly #latest = new Map<string, ProcessUsage>();
  #meters = new Map<string, TreeMeter>();
  #intervalMs: number;
  #reader: MemberReader | undefined;
  #round = 0;
  /** The moment of the measurement before, as start times are told. */
  #mark: number | undefined;
  #sliceBeganMs = 0;
  /** Aborted to end the loop; `#wake` to wait anew. */
  #stopping: AbortController | null = null;
  #wake = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(parts: UsageMeterParts) {
    this.#parts = parts;
    this.#intervalMs = parts.intervalMs;
    this.#reader = parts.reader;
    this.#state = createStateLog(parts.log, parts.clock, "measuring the processes");
  }

  start(): void {
    if (this.#stopping !== null) return;
    this.#stopping = new AbortController();
    this.#loop = this.#run(this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping?.abort();
    this.#wake.abort();
    await this.#loop;
    this.#stopping = null;
  }

  setInterval(intervalMs: number): void {
    if (intervalMs === this.#intervalMs) return;
    this.#intervalMs = intervalMs;
    this.#wake.abort();
  }

  latest(id: string): ProcessUsage | undefined {
    return this.#latest.get(id);
  }

  history(id: string, durationMs: number): ProcessUsage[] {
    return this.#history.read(id, durationMs, this.#parts.clock.monotonicMs());
  }

  forget(id: string): void {
    this.#latest.delete(id);
    this.#meters.delete(id);
    this.#history.forget(id);
  }

  exactMemoryBytes(id: string): number | undefined {
    const measured = this.#parts.trees().find((tree) => tree.id === id);
    if (measured === undefined) return undefined;
    try {
      const [rows = []] = this.#parts.launcher.members([measured.tree]);
      const pids = rows.filter(({ isZombie }) => !isZombie).map(({ identity }) => identity.pid);
      return pids.length === 0 ? undefined : this.#readerNow().exactMemoryBytes(pids);
    } catch (error) {
      this.#state.failed(messageOf(error));
      return undefined;
    }
  }

  async #run(stopping: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    let beganMs = clock.monotonicMs();
    while (!stopping.aborted) {
      await this.#measure(stopping);
      // Woken when the interval has changed: then it waits for the rest of the new one.
      while (await this.#isWokenWithin(beganMs + this.#intervalMs - clock.monotonicMs(), stopping));
      // A measurement that took longer than the interval, or a host that slept, is not made up for.
      beganMs = Math.max(beganMs + this.#intervalMs, clock.monotonicMs());
    }
  }

  async #isWokenWithin(ms: number, stopping: AbortSignal): Promise<boolean> {
    if (stopping.aborted) return false;
    this.#wake = new AbortController();
    try {
      await this.#parts.clock.sleep(Math.max(0, ms), this.#wake.signal);
      return false;
    } catch (error) {
      if (this.#wake.signal.aborted) return !stopping.aborted;
      throw error;
    }
  }

  async #measure(stopping: AbortSignal): Promise<void> {
    try {
      await this.#measureAll(this.#parts.trees(), stopping);
      this.#state.recovered();
    } catch (error) {
      this.#state.failed(messageOf(error));
    } finally {
      this.#reader?.end();
    }
  }

  async #measureAll(trees: readonly MeasuredTree[], stopping: AbortSignal): Promise<void> {
    this.#keepOnly(trees);
    if (trees.length === 0) return;
    const { clock, launcher } = this.#parts;
    const reader = this.#readerNow();
    const monotonicMs = this.#sliceBeganMs = clock.monotonicMs();
    const timeMs = clock.nowMs();
    const newSince = this.#mark === undefined ? undefined : this.#mark - START_TIME_SLACK;
    const mark = reader.begin();
    const rows = launcher.members(trees.map(({ tree }) => tree));
    this.#mark = mark;
    const moment = { monotonicMs, newSince, round: this.#round++ };
    const due = trees.map(({ id }, index) => {
      const members = rows[index] ?? [];
      if (members.length === 0) {
        this.#meters.delete(id); // it has just ended
        this.#latest.delete(id);
        return null;
      }
      const meter = this.#meterOf(id);
      return { id, meter, due: meter.update(members, moment) };
    });
    this.#history.begin(timeMs, monotonicMs);
    for (const one of due) {
      if (one === null) continue;
      await this.#readFiles(one.meter, one.due, reader, stopping);
      if (stopping.aborted) return;
      // It may have been forgotten in the meantime.
      if (this.#meters.get(one.id) === one.meter) this.#tell(one.id, one.meter.finish(timeMs));
    }
  }

  #tell(id: string, usage: ProcessUsage): void {
    this.#latest.set(id, usage);
    this.#history.add(id, usage);
    this.#parts.onUsage(id, usage);
  }

  async #readFiles(
    meter: TreeMeter,
    due: readonly Member[],
    reader: MemberReader,
    stopping: AbortSignal,
  ): Promise<void> {
    const { clock } = this.#parts;
    for (const member of due) {
      const beganMs = clock.monotonicMs();
      if (beganMs - this.#sliceBeganMs >= SLICE_MS) await this.#pause(stopping);
      if (stopping.aborted) return;
      const fromMs = clock.monotonicMs();
      const files = reader.read(member.pid, meter.wantsOpenFiles(member));
      meter.note(member, files, clock.monotonicMs() - fromMs);
    }
  }

  async #pause(stopping: AbortSignal): Promise<void> {
    try {
      await this.#parts.clock.sleep(PAUSE_MS, stopping);
    } catch (error) {
      if (!stopping.aborted) throw error;
    }
    this.#sliceBeganMs = this.#parts.clock.monotonicMs();
  }

  #meterOf(id: string): TreeMeter {
    let meter = this.#meters.get(id);
    if (meter === undefined) this.#meters.set(id, meter = new TreeMeter());
    return meter;
  }

  #keepOnly(trees: readonly MeasuredTree[]): void {
    const ids = new Set(trees.map(({ id }) => id));
    for (const id of this.#meters.keys()) {
      if (ids.has(id)) continue;
      this.#meters.delete(id);
      this.#latest.delete(id);
    }
  }

  #readerNow(): MemberReader {
    return this.#reader ??= createMemberReader();
  }
}
