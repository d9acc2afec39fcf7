import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { FleetProcess } from "../../../protocol/mod.ts";
import { api, isAbort } from "../../kit/api.ts";
import { connection, onEvent } from "../../kit/live.ts";
import { isPageVisible } from "../../kit/visible.ts";
import { mergedRows, rowsOf, withEvent } from "./model/fleet_rows.ts";
import type { ProcessRow } from "./model/process_row.ts";

interface ProcessPage {
  readonly processes: FleetProcess[];
  readonly total: number;
  readonly next?: string;
}

export interface FleetProcesses {
  /** Undefined until the first list is there. */
  readonly rows: ReadonlySignal<readonly ProcessRow[] | undefined>;
  readonly problem: ReadonlySignal<unknown>;
  readonly isLoading: ReadonlySignal<boolean>;
  /** Whether there are more than a page can show. */
  readonly isCut: ReadonlySignal<boolean>;
  reload(): void;
}

const PAGE = 1_000;
const MAX_PAGES = 60;
/** Usage goes on changing while no event tells of it; a large fleet is asked for less often. */
const EVERY_MS = 10_000;
const EVERY_PAGE_MS = 4_000;
/** After an event the list soon knows more than the event said, restarts for instance. */
const AFTER_EVENT_MS = 1_500;

/** The processes of all hosts: the list again and again, and what events tell in between at once. */
export function useFleetProcesses(): FleetProcesses {
  const rows = useSignal<readonly ProcessRow[] | undefined>(undefined);
  const problem = useSignal<unknown>(undefined);
  const isLoading = useSignal(false);
  const isCut = useSignal(false);
  const asking = useSignal(0);
  useEffect(() => {
    const left = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let paceMs = EVERY_MS;
    let lastMs = -Infinity;
    let isOutdated = false;
    /** When it is loaded next; events without end only bring that nearer, they do not put it off. */
    let dueMs = Infinity;
    const plan = (inMs: number) => {
      const atMs = performance.now() + inMs;
      if (atMs >= dueMs) return;
      clearTimeout(timer);
      dueMs = atMs;
      timer = setTimeout(() => {
        dueMs = Infinity;
        if (isPageVisible.peek()) void load();
        else plan(paceMs);
      }, inMs);
    };
    // Never more often than the pace allows by half, however much happens.
    const planSoon = () => plan(Math.max(AFTER_EVENT_MS, lastMs + paceMs / 2 - performance.now()));
    const load = async () => {
      isLoading.value = true;
      isOutdated = false;
      try {
        const { processes, pages, hasMore } = await allProcesses(left.signal);
        rows.value = mergedRows(rows.peek() ?? [], rowsOf(processes), performance.now());
        isCut.value = hasMore;
        problem.value = undefined;
        paceMs = Math.max(EVERY_MS, pages * EVERY_PAGE_MS);
      } catch (error) {
        if (left.signal.aborted || isAbort(error)) return;
        problem.value = error;
      }
      isLoading.value = false;
      lastMs = performance.now();
      if (isOutdated) planSoon();
      else plan(paceMs);
    };
    const untell = onEvent((event) => {
      const changed = withEvent(rows.peek() ?? [], event, performance.now());
      if (changed !== null) rows.value = changed;
      if (event.kind !== "process") return;
      isOutdated = true;
      if (!isLoading.peek()) planSoon();
    });
    void load();
    return () => {
      left.abort();
      clearTimeout(timer);
      untell();
    };
  }, [asking.value, connection.value.state === "live"]);
  return { rows, problem, isLoading, isCut, reload: () => void asking.value++ };
}

async function allProcesses(signal: AbortSignal): Promise<{
  readonly processes: readonly FleetProcess[];
  readonly pages: number;
  readonly hasMore: boolean;
}> {
  const processes: FleetProcess[] = [];
  let cursor: string | undefined;
  for (let pages = 1;; pages++) {
    const page = await api.get<ProcessPage>("/api/v1/processes", { query: { limit: PAGE, cursor }, signal });
    processes.push(...page.processes);
    cursor = page.next;
    if (cursor === undefined || pages >= MAX_PAGES) return { processes, pages, hasMore: cursor !== undefined };
  }
}
