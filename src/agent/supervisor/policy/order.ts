import { topologicalOrder } from "../../../core/mod.ts";
import type { ProcessState } from "../../../protocol/mod.ts";
import type { DependencySpec } from "../spec/process_spec.ts";

/** What an order needs to know of a process. */
export interface Ordered {
  readonly id: string;
  readonly group: string;
  readonly dependsOn: readonly DependencySpec[];
}

/** What a dependency looks like to what waits for it. */
export interface DependencyState {
  readonly id: string;
  readonly enabled: boolean;
  readonly state: ProcessState;
  readonly hasRun: boolean;
  readonly isReady: boolean;
  readonly wanted: boolean;
  /** A oneshot that has done its work since the host has booted. */
  readonly isCompleted: boolean;
}

/** A dependency names a group, and so all replicas of it, or one replica. */
export function isMeant(dependency: string, { id, group }: Pick<Ordered, "id" | "group">): boolean {
  return dependency === group || dependency === id;
}

/**
 * Levels in which these processes are started; each depends only on earlier ones. Those that are not among them do not
 * count. Reversed it is the order in which they are stopped.
 */
export function startLevels<T extends Ordered>(processes: readonly T[]): T[][] {
  const byId = new Map(processes.map((process) => [process.id, process]));
  const graph = new Map(processes.map((process) => [process.id, needsOf(process, processes).map(({ id }) => id)]));
  return topologicalOrder(graph, "the processes").map((level) => level.flatMap((id) => byId.get(id) ?? []));
}

/** These processes and everything that they depend on, by however many steps. */
export function withDependencies<T extends Ordered>(chosen: readonly T[], all: readonly T[]): T[] {
  const found = new Set<T>();
  const visit = (process: T) => {
    if (found.has(process)) return;
    found.add(process);
    for (const need of needsOf(process, all)) visit(need);
  };
  for (const process of chosen) visit(process);
  return all.filter((process) => found.has(process));
}

function needsOf<T extends Ordered>({ id, dependsOn }: T, all: readonly T[]): T[] {
  return all.filter((other) => other.id !== id && dependsOn.some((dependency) => isMeant(dependency.id, other)));
}

/** Why a dependency is not met, as what is waited for; null when it is. */
export function unmet(condition: DependencySpec["condition"], dependency: DependencyState): string | null {
  const { id, hasRun, isReady, isCompleted, state } = dependency;
  const isThere = hasRun && state !== "stopping";
  const met = condition === "completed"
    ? isCompleted
    : condition === "started"
    ? isThere
    : isThere && isReady && state !== "unhealthy";
  // What has done its work was there, and was well.
  if (met || isCompleted) return null;
  if (!dependency.enabled) return `${id}, which is disabled`;
  if (!dependency.wanted && !hasRun) return `${id}, which is ${state}`;
  if (state === "failed") return `${id}, which has failed`;
  return `${id} to ${condition === "completed" ? "be completed" : condition === "started" ? "be started" : "be ready"}`;
}
