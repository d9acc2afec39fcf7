import type { LimitSpec } from "../spec/process_spec.ts";
import { percentText, setBytesText } from "./amounts.ts";
import { LIMIT_NAMES, type LimitedGroup, type LimitName } from "./contract.ts";
import { limitValue, wantedLimits } from "./group_limits.ts";

/** How what is asked for is put in force, and in words what is and what is not. */
export interface LimitPlan {
  /** For the launch: only those that are set. */
  readonly ulimits: Readonly<Record<string, string>>;
  /** The memory that the supervisor itself must watch over, with memory_guard.ts; 0 for none. */
  readonly watchedMemoryBytes: number;
  /** "memory 512 MB by control group". */
  readonly described: readonly string[];
  /** "cpu 50 % is not enforced here: …". */
  readonly problems: readonly string[];
}

/**
 * Where the kernel does not limit a tree, nothing is put in the place of it that would be another thing: `as` and
 * `data` are limits of each process, and of what it has asked for rather than of what it uses, by which runtimes that
 * reserve much die at once; `nproc` counts all processes of a user, wherever they come from. Who wants those sets
 * them. So memory is measured, and tasks and CPU are said not to be limited.
 */
export function planLimits(
  limits: LimitSpec,
  ulimits: Readonly<Record<string, string>>,
  group: Pick<LimitedGroup, "enforced" | "failures">,
): LimitPlan {
  const set = Object.entries(ulimits).filter(([, value]) => value !== "");
  const wanted = wantedLimits(limits);
  const isEnforced = (name: LimitName) => group.enforced.includes(name);
  const why = (name: LimitName) => group.failures[name] ?? "it has no control group";
  const isWatched = wanted.includes("memory") && !isEnforced("memory");
  return {
    ulimits: Object.fromEntries(set),
    watchedMemoryBytes: isWatched ? limits.memoryBytes : 0,
    described: [
      ...wanted.filter(isEnforced).map((name) => `${limitText(limits, name)} by control group`),
      ...(isWatched ? [`${limitText(limits, "memory")} by measuring its use: ${why("memory")}`] : []),
      ...set.map(([name, value]) => `${name} ${value} by ulimit`),
    ],
    problems: wanted.filter((name) => name !== "memory" && !isEnforced(name))
      .map((name) => `${limitText(limits, name)} is not enforced here: ${why(name)}${instead(name)}`),
  };
}

/** All limits that are asked for fail for one reason. */
export function noneEnforced(limits: LimitSpec, reasonOf: (name: LimitName) => string): LimitedGroup["failures"] {
  return Object.fromEntries(
    LIMIT_NAMES.filter((name) => limitValue(limits, name) > 0).map((name) => [name, reasonOf(name)]),
  );
}

function limitText(limits: LimitSpec, name: LimitName): string {
  if (name === "memory") return `memory ${setBytesText(limits.memoryBytes)}`;
  return name === "cpu" ? `cpu ${percentText(limits.cpuPercent)}` : `tasks ${limits.tasks}`;
}

function instead(name: LimitName): string {
  return name === "tasks" ? "; limits.nproc limits all processes of a user that is not root" : "";
}
