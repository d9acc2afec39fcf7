import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { isAbort } from "../../kit/api.ts";

export interface ListPage<T> {
  readonly items: readonly T[];
  /** What the next page is asked for by; absent at the end. */
  readonly next?: string | undefined;
}

/** A list that is loaded a page at a time, as far as somebody wants to look. */
export interface PagedList<T> {
  /** Undefined until the first page is there. */
  readonly items: ReadonlySignal<readonly T[] | undefined>;
  readonly problem: ReadonlySignal<unknown>;
  readonly isLoading: ReadonlySignal<boolean>;
  readonly hasMore: ReadonlySignal<boolean>;
  more(): void;
  /** From the beginning; what is shown stays until the first page is there again. */
  reload(): void;
  change(change: (items: readonly T[]) => readonly T[]): void;
}

export interface PagedListOptions<T> {
  /** How a page comes to those before; they follow each other when absent. */
  readonly join?: (items: readonly T[], page: readonly T[]) => readonly T[];
}

export function usePagedList<T>(
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<ListPage<T>>,
  inputs: readonly unknown[],
  { join = (items, page) => [...items, ...page] }: PagedListOptions<T> = {},
): PagedList<T> {
  const items = useSignal<readonly T[] | undefined>(undefined);
  const problem = useSignal<unknown>(undefined);
  const isLoading = useSignal(true);
  const cursor = useSignal<string | undefined>(undefined);
  /** What is being asked for: all from the beginning, or one page more. */
  const wish = useSignal({ isMore: false });
  const askedFor = useRef<readonly unknown[] | null>(null);
  useEffect(() => {
    const left = new AbortController();
    const isOther = askedFor.current?.some((each, at) => each !== inputs[at]) === true;
    askedFor.current = inputs;
    if (isOther) items.value = undefined;
    const isMore = !isOther && wish.peek().isMore;
    isLoading.value = true;
    load(isMore ? cursor.peek() : undefined, left.signal).then((page) => {
      if (left.signal.aborted) return;
      items.value = isMore ? join(items.peek() ?? [], page.items) : page.items;
      cursor.value = page.next;
      problem.value = undefined;
      isLoading.value = false;
    }, (error) => {
      if (left.signal.aborted || isAbort(error)) return;
      problem.value = error;
      isLoading.value = false;
    });
    return () => left.abort();
  }, [...inputs, wish.value]);
  const hasMore = useComputed(() => cursor.value !== undefined);
  return useMemo(() => ({
    items,
    problem,
    isLoading,
    hasMore,
    more() {
      if (!isLoading.peek() && cursor.peek() !== undefined) wish.value = { isMore: true };
    },
    reload: () => void (wish.value = { isMore: false }),
    change: (change) => void (items.value = change(items.peek() ?? [])),
  }), []);
}
