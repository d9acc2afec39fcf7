/** Time as the program sees it. Policies take `now` as a value; whatever waits takes a Clock, so that tests own time. */
export interface Clock {
  /** Wall-clock time in milliseconds since the epoch. It may jump; never subtract two of these to get a span. */
  nowMs(): number;
  /** Milliseconds on a clock that only moves forward. */
  monotonicMs(): number;
  /** Resolves after `ms`, or rejects with the signal's reason as soon as the signal aborts. Leaves no timer behind. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The longest wait that a runtime timer can hold; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  async sleep(ms, signal) {
    let restMs = ms;
    for (; restMs > LONGEST_TIMER_MS; restMs -= LONGEST_TIMER_MS) await timer(LONGEST_TIMER_MS, signal);
    await timer(restMs, signal);
  },
};

function timer(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(id);
      reject(signal?.reason);
    };
    const id = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
