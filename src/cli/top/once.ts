import { AppError, type Clock } from "../../core/mod.ts";
import type { ServerEvent } from "../../http/mod.ts";
import { Readings } from "./readings.ts";

export interface OnceOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly events: (signal: AbortSignal) => AsyncIterable<ServerEvent>;
}

/** The collectors whose points are rates, for which there must be two readings. */
const RATED = ["cpu", "disk", "network", "processes"];
/** A collector that is kept waiting does not keep the others from being shown. */
const LIMIT_MS = 8_000;

/** Listens until there are rates; gives what there is when some take too long. */
export async function gatherOnce({ clock, signal, events }: OnceOptions): Promise<Readings> {
  const readings = new Readings();
  const seen = new Map<string, number>();
  const late = new AbortController();
  clock.sleep(LIMIT_MS, late.signal).then(() => late.abort(), () => {}); // ended in time
  try {
    for await (const event of events(AbortSignal.any([signal, late.signal]))) {
      const reading = readings.take(event);
      if (reading === null) continue;
      seen.set(reading.collector, (seen.get(reading.collector) ?? 0) + 1);
      if (hasRates(seen)) return readings;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!late.signal.aborted) throw error;
    return readings;
  } finally {
    late.abort();
  }
  throw new AppError("not_running", "The agent has stopped");
}

/** The second round has begun, and no collector of the first is still to come. */
function hasRates(seen: ReadonlyMap<string, number>): boolean {
  const rounds = RATED.flatMap((name) => seen.get(name) ?? []);
  const isSecond = [...seen.values()].some((count) => count > 1);
  return isSecond && rounds.every((count) => count > 1);
}
