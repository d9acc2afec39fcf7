import { useEffect, useRef } from "preact/hooks";
import type { Batch } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";

/** A batch over thousands of hosts changes many times a second; its counts are asked for this often at most. */
const EVERY_MS = 1_000;
/** So many batches in one round; the others come in the next. */
const MAX_AT_ONCE = 8;

/** Gives a function that has the counts of batches asked for again, soon, and `take` called with each. */
export function useBatchCounts(
  take: (batch: Batch) => void,
  inputs: readonly unknown[],
): (ids: readonly string[]) => void {
  const latest = useRef(take);
  latest.current = take;
  const wanted = useRef(new Set<string>());
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const left = useRef(new AbortController());
  useEffect(() => {
    left.current = new AbortController();
    return () => {
      left.current.abort();
      clearTimeout(timer.current);
      timer.current = undefined;
      wanted.current.clear();
    };
  }, inputs);
  const round = async () => {
    const { signal } = left.current;
    const ids = [...wanted.current].slice(0, MAX_AT_ONCE);
    for (const id of ids) wanted.current.delete(id);
    await Promise.all(ids.map(async (id) => {
      try {
        const batch = await api.get<Batch>(`/api/v1/batches/${encodeURIComponent(id)}`, { signal });
        if (!signal.aborted) latest.current(batch);
      } catch {
        // Forgotten, or the manager is away, which the frame says: what is shown stays as it was.
      }
    }));
    if (signal.aborted) return;
    timer.current = undefined;
    if (wanted.current.size > 0) soon();
  };
  const soon = () => void (timer.current ??= setTimeout(() => void round(), EVERY_MS));
  return (ids) => {
    for (const id of ids) wanted.current.add(id);
    if (ids.length > 0) soon();
  };
}
