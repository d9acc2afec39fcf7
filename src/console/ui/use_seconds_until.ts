import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

/** Often enough that no second is skipped. */
const TICK_MS = 250;

/** How many whole seconds are left until then, of the clock of `performance`; 0 from then on. */
export function useSecondsUntil(dueMs: number): ReadonlySignal<number> {
  const leftMs = useSignal(dueMs - performance.now());
  useEffect(() => {
    const look = () => leftMs.value = dueMs - performance.now();
    look();
    const timer = setInterval(look, TICK_MS);
    return () => clearInterval(timer);
  }, [dueMs]);
  return useComputed(() => Math.max(0, Math.ceil(leftMs.value / 1_000)));
}
