import { AppError, type Clock } from "../../../core/mod.ts";
import { type EventStream, openEventStream } from "../../../http/mod.ts";
import type { CollectorReading } from "../../../protocol/mod.ts";
import type { Runner } from "../runner/runner.ts";
import { shownReading, type Task, type TimedReading } from "../runner/task.ts";

export interface StreamRequest {
  readonly wants: (collector: string) => boolean;
  /** The listener's own pace; undefined for that of the config. */
  readonly intervalMs: number | undefined;
}

const MAX_LISTENERS = 64;
/** Proxies cut connections that are silent for longer; and a listener that has vanished is noticed by it. */
const KEEP_ALIVE_MS = 15_000;

/** Sends readings to those who listen, as they are made or at a pace of the listener's own. */
export class LiveSamples {
  readonly #runner: Runner;
  readonly #clock: Clock;
  readonly #listeners = new Map<EventStream, StreamRequest>();

  constructor(runner: Runner, clock: Clock) {
    this.#runner = runner;
    this.#clock = clock;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  open(request: StreamRequest): Response {
    if (this.#listeners.size >= MAX_LISTENERS) {
      throw new AppError("rate_limited", `${MAX_LISTENERS} listeners are served already; close one of them`, {
        retryable: true,
      });
    }
    const stream = openEventStream();
    this.#listeners.set(stream, request);
    stream.gone.addEventListener("abort", () => this.#listeners.delete(stream), { once: true });
    if (request.intervalMs === undefined) this.#sendShown(stream, request);
    else void this.#keepReading(stream, request, request.intervalMs);
    void this.#keepAlive(stream);
    return stream.response;
  }

  /** Tells those who listen at the config's pace of a reading that was due. */
  tell(task: Task): void {
    if (this.#listeners.size === 0) return;
    const reading = task.shown();
    if (reading === null) return;
    for (const [stream, { wants, intervalMs }] of this.#listeners) {
      const ownPace = intervalMs !== undefined && task.spec.onDemand;
      if (!ownPace && wants(task.spec.name)) send(stream, reading);
    }
  }

  close(): void {
    for (const stream of [...this.#listeners.keys()]) stream.close();
  }

  #sendShown(stream: EventStream, { wants }: StreamRequest, onDemand = true): void {
    for (const task of this.#runner.tasks) {
      if (!wants(task.spec.name) || (!onDemand && task.spec.onDemand)) continue;
      const reading = task.shown();
      if (reading !== null) send(stream, reading);
    }
  }

  async #keepReading(stream: EventStream, request: StreamRequest, intervalMs: number): Promise<void> {
    const before = new Map<string, TimedReading>();
    this.#sendShown(stream, request, false);
    while (!stream.gone.aborted) {
      const startedMs = this.#clock.monotonicMs();
      const tasks = this.#runner.tasks.filter(({ spec }) => spec.onDemand && request.wants(spec.name));
      await this.#runner.freshen(tasks, intervalMs / 2);
      for (const task of tasks) sendLatest(stream, task, before);
      const restMs = intervalMs - (this.#clock.monotonicMs() - startedMs);
      await this.#clock.sleep(Math.max(0, restMs), stream.gone).catch(() => {}); // gone, which ends the loop
    }
  }

  async #keepAlive(stream: EventStream): Promise<void> {
    while (!stream.gone.aborted) {
      await this.#clock.sleep(KEEP_ALIVE_MS, stream.gone).catch(() => {}); // likewise
      stream.send("", "keep-alive");
    }
  }
}

function sendLatest(stream: EventStream, task: Task, before: Map<string, TimedReading>): void {
  const { name } = task.spec;
  const latest = task.latest;
  if (latest === null || latest === before.get(name)) return;
  send(stream, shownReading(task.spec, latest, before.get(name) ?? null));
  before.set(name, latest);
}

function send(stream: EventStream, reading: CollectorReading): void {
  stream.send("sample", JSON.stringify(reading));
}
