import { useEffect } from "preact/hooks";
import type { Task } from "../../../protocol/mod.ts";
import { onTask } from "../../kit/live.ts";

/** A batch over thousands of hosts tells of many tasks at once; the page is told of them together. */
const GATHER_MS = 150;

/** Calls `take` with the tasks that were told of live, in the order in which they were. */
export function useLiveTasks(take: (tasks: readonly Task[]) => void, inputs: readonly unknown[]): void {
  useEffect(() => {
    let gathered: Task[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      const told = gathered;
      gathered = [];
      timer = undefined;
      take(told);
    };
    const leave = onTask((task) => {
      gathered.push(task);
      timer ??= setTimeout(flush, GATHER_MS);
    });
    return () => {
      leave();
      clearTimeout(timer);
    };
  }, inputs);
}
