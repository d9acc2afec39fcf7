import { type ReadonlySignal, type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { isAbort } from "../kit/api.ts";
import { t } from "../kit/i18n/i18n.ts";
import { isPageVisible } from "../kit/visible.ts";
import { Problem } from "./problem.tsx";

/** Something that a page has asked for. What was there before stays while it is asked for again, or could not be. */
export interface Resource<T> {
  readonly data: ReadonlySignal<T | undefined>;
  readonly problem: ReadonlySignal<unknown>;
  readonly isLoading: ReadonlySignal<boolean>;
  reload(): void;
  /** What is known by now from elsewhere: an answer to a change, a live message. */
  set(data: T): void;
}

export interface ResourceOptions {
  /** Asked for again so often while the page can be seen. */
  readonly everyMs?: number | undefined;
}

/**
 * Loads when the component appears, and whenever one of `inputs` is another; what was under way is given up then. The
 * API's calls have a timeout of their own, so nothing loads for ever.
 */
export function useResource<T>(
  load: (signal: AbortSignal) => Promise<T>,
  inputs: readonly unknown[],
  { everyMs }: ResourceOptions = {},
): Resource<T> {
  const data = useSignal<T | undefined>(undefined);
  const problem = useSignal<unknown>(undefined);
  const isLoading = useSignal(true);
  const round = useSignal(0);
  useEffect(() => {
    data.value = undefined;
    problem.value = undefined;
  }, inputs);
  useEffect(() => {
    const left = new AbortController();
    run(load, left.signal, { data, problem, isLoading });
    return () => left.abort();
  }, [...inputs, round.value]);
  useEffect(() => {
    if (everyMs === undefined) return;
    const timer = setInterval(() => {
      if (isPageVisible.peek()) round.value++;
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, ...inputs]);
  return useMemo(() => ({
    data,
    problem,
    isLoading,
    reload: () => void round.value++,
    set: (next: T) => {
      data.value = next;
      problem.value = undefined;
    },
  }), []);
}

interface Cells<T> {
  readonly data: Signal<T | undefined>;
  readonly problem: Signal<unknown>;
  readonly isLoading: Signal<boolean>;
}

async function run<T>(load: (signal: AbortSignal) => Promise<T>, signal: AbortSignal, cells: Cells<T>): Promise<void> {
  cells.isLoading.value = true;
  try {
    const found = await load(signal);
    if (signal.aborted) return;
    cells.data.value = found;
    cells.problem.value = undefined;
  } catch (error) {
    if (signal.aborted || isAbort(error)) return;
    cells.problem.value = error;
  }
  cells.isLoading.value = false;
}

/** Shows what was loaded; before, that it is being loaded; and what went wrong with a way to try again. */
export function Loaded<T>({ resource, children, title }: {
  readonly resource: Resource<T>;
  readonly children: (data: T) => ComponentChildren;
  /** What could not be loaded, for the problem. */
  readonly title?: string | undefined;
}): JSX.Element {
  const data = resource.data.value;
  const problem = resource.problem.value;
  const isLoading = resource.isLoading.value;
  return (
    <>
      {problem !== undefined && (
        <Problem
          problem={problem}
          title={title}
          onRetry={resource.reload}
          isBusy={isLoading}
        />
      )}
      {data !== undefined ? children(data) : problem === undefined && <Loading />}
    </>
  );
}

export function Loading(): JSX.Element {
  return (
    <div class="loading" role="status">
      <span class="spinner" />
      {t("common.loading")}
    </div>
  );
}
