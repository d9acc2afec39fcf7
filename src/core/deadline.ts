import type { Clock } from "./clock.ts";

/** What work gave, or that its time was over before. */
export type Timed<T> = { readonly value: T; readonly late?: undefined } | { readonly late: true };

/**
 * Gives work a signal that aborts when its time is over, or when the signal from outside does; then this rejects with
 * that one's reason. The work must end soon after its signal has aborted.
 */
export async function withinTime<T>(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Timed<T>> {
  const [over, done] = [new AbortController(), new AbortController()];
  const limit = clock.sleep(ms, done.signal).then(
    () => over.abort(new Error("the time is over")),
    () => {}, // the work was done before
  );
  try {
    return { value: await work(AbortSignal.any([signal, over.signal])) };
  } catch (error) {
    signal.throwIfAborted();
    if (over.signal.aborted) return { late: true };
    throw error;
  } finally {
    done.abort();
    await limit;
  }
}

/** Stops waiting when the signal aborts, for work that cannot be stopped itself; `dispose` takes what it gives too late. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal, dispose?: (late: T) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      reject(signal.reason);
      if (dispose === undefined) return;
      work.then(dispose, () => {
        // It failed, so there is nothing to dispose of.
      });
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
