import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { store, stored } from "../../kit/storage.ts";

/** How lines are shown in this browser. */
export interface LinesLook {
  readonly isWrapped: Signal<boolean>;
  readonly hasTimes: Signal<boolean>;
}

const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";

export function useLinesLook(): LinesLook {
  // Going right to read on is no way on a telephone.
  const isWrapped = useSignal(stored("logs.wrap", isBoolean, !matchMedia("(min-width: 900px)").matches));
  const hasTimes = useSignal(stored("logs.times", isBoolean, true));
  useEffect(() => store("logs.wrap", isWrapped.value), [isWrapped.value]);
  useEffect(() => store("logs.times", hasTimes.value), [hasTimes.value]);
  return { isWrapped, hasTimes };
}
