import { AppError, type Clock, messageOf } from "../../../core/mod.ts";

/** Reads one part of a sample. Its failure is a problem of the reading that begins with what it is of, and no more. */
export function readPart<T>(problems: string[], what: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    problems.push(`${what}: ${messageOf(error)}`);
    return undefined;
  }
}

/** The same for a part that has to be waited for. */
export async function awaitPart<T>(problems: string[], what: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    problems.push(`${what}: ${messageOf(error)}`);
    return undefined;
  }
}

/** Waits for work, but not longer than this: then it rejects, and the work's signal aborts whether it heeds it or not. */
export async function withinTime<T>(
  clock: Clock,
  limitMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const [over, done] = [new AbortController(), new AbortController()];
  const limit = clock.sleep(limitMs, AbortSignal.any([signal, done.signal])).then(() => {
    const error = new AppError("timeout", `no answer within ${limitMs / 1000} s`);
    over.abort(error);
    throw error;
  });
  try {
    return await Promise.race([work(AbortSignal.any([signal, over.signal])), limit]);
  } finally {
    done.abort();
  }
}
