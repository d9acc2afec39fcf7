import type { Clock } from "../core/mod.ts";

/** How long a component may still take, once the deadline has passed and its signal is aborted, to end roughly. */
export const LAST_CHANCE_MS = 200;

/** Settles as `work` does, or rejects with the signal's reason as soon as that aborts. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const listening = new AbortController();
  const aborted = whenAborted(signal, listening.signal).then(() => Promise.reject(signal.reason));
  try {
    const result = await Promise.race([aborted, work]);
    signal.throwIfAborted();
    return result;
  } finally {
    listening.abort();
  }
}

/** True when `work` settles before the deadline or shortly after it; rejects as `work` does. */
export async function inTime(work: Promise<unknown>, deadline: AbortSignal, clock: Clock): Promise<boolean> {
  const waiting = new AbortController();
  const lastChance = async () => {
    await whenAborted(deadline, waiting.signal);
    await clock.sleep(LAST_CHANCE_MS, waiting.signal);
    return false;
  };
  try {
    return await Promise.race([work.then(() => true), lastChance()]);
  } finally {
    waiting.abort();
  }
}

/** Resolves when the signal aborts; once `cancel` aborts it stays pending and holds on to nothing. */
function whenAborted(signal: AbortSignal, cancel: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true, signal: cancel });
  });
}
