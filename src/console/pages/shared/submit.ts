import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { isAbort } from "../../kit/api.ts";
import { fieldProblems } from "./field_problems.ts";

/** A form that is being sent. */
export interface Submit {
  readonly isBusy: ReadonlySignal<boolean>;
  /** Why it was not taken; undefined where each reason stands at its field. */
  readonly problem: ReadonlySignal<unknown>;
  /** What the manager says against single fields. */
  readonly fields: ReadonlySignal<ReadonlyMap<string, string>>;
  send(): Promise<void>;
}

/** Sends with `act`, once at a time; `isShown` says which fields show their own problems. */
export function useSubmit(
  act: (signal: AbortSignal) => Promise<void>,
  isShown: (field: string) => boolean = () => false,
): Submit {
  const isBusy = useSignal(false);
  const problem = useSignal<unknown>(undefined);
  const fields = useSignal<ReadonlyMap<string, string>>(new Map());
  const latest = useRef({ act, isShown });
  latest.current = { act, isShown };
  const left = useRef(new AbortController());
  useEffect(() => () => left.current.abort(), []);
  return useMemo(() => ({
    isBusy,
    problem,
    fields,
    async send() {
      if (isBusy.peek()) return;
      const { signal } = left.current;
      isBusy.value = true;
      problem.value = undefined;
      fields.value = new Map();
      try {
        await latest.current.act(signal);
      } catch (error) {
        if (signal.aborted && isAbort(error)) return;
        fields.value = fieldProblems(error);
        const names = [...fields.value.keys()];
        problem.value = names.length > 0 && names.every(latest.current.isShown) ? undefined : error;
      }
      isBusy.value = false;
    },
  }), []);
}
