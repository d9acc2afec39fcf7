/** For tests only: collectors that read what a test tells them to. */
import type { Reading } from "../contract.ts";
import type { TaskSpec } from "./task.ts";

export interface CountSample {
  readonly count: number;
}

type Collect = (signal: AbortSignal) => Reading<CountSample> | Promise<Reading<CountSample>>;

export interface FakeTask extends TaskSpec {
  /** How often it was created, read and closed. */
  readonly calls: { created: number; collected: number; closed: number };
}

export type FakeTaskOptions = Partial<Pick<TaskSpec, "intervalMs" | "timeoutMs" | "onDemand">> & {
  readonly readAtScrape?: boolean;
};

/** A collector of one counter, with a series of its growth and a metric of itself. */
export function fakeTask(name: string, collect: Collect, options: FakeTaskOptions = {}): FakeTask {
  const { readAtScrape = true, ...rest } = options;
  const calls = { created: 0, collected: 0, closed: 0 };
  return {
    name,
    intervalMs: 10_000,
    timeoutMs: 5_000,
    onDemand: true,
    ...rest,
    calls,
    spec: {
      name,
      readAtScrape,
      series: [{ name: `${name}.growth_per_second`, unit: "per_second", help: "How fast it grows." }],
      points(current: CountSample, before: CountSample | null, elapsedSeconds, emit) {
        emit(`${name}.count`, current.count);
        if (before !== null) emit(`${name}.growth_per_second`, (current.count - before.count) / elapsedSeconds);
      },
      metrics(sample: CountSample, sink) {
        sink.family(`node_${name}_total`, "counter", "A count.");
        sink.value(sample.count);
      },
    },
    create() {
      calls.created++;
      return {
        collect(signal) {
          calls.collected++;
          return collect(signal);
        },
        close: () => void calls.closed++,
      };
    },
  };
}

/** A reading of the counter. */
export function reading(count: number, ...problems: string[]): Reading<CountSample> {
  return { sample: { count }, problems };
}
