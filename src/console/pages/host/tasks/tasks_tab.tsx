import type { JSX } from "preact";
import type { HostView } from "../../../../protocol/mod.ts";
import { TaskList } from "../../tasks/task_list.tsx";

const ALL_STATES: readonly [] = [];

/** What the manager owes this host, and what has come of what it owed. */
export function TasksTab({ host }: { readonly host: HostView }): JSX.Element {
  return <TaskList states={ALL_STATES} hostId={host.id} isPlain />;
}
