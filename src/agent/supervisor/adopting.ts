import type { Clock } from "../../core/mod.ts";
import type { Logger } from "../../log/mod.ts";
import { isSameProcess, type Launcher, type ProcessTree } from "../../platform/mod.ts";
import { findRemains, type Remains } from "./policy/adoption.ts";
import type { Handle, SupervisorStore } from "./store/store.ts";
import { jobNameOf } from "./unit/launching.ts";
import type { Marks } from "./unit/marks.ts";
import type { Units } from "./units.ts";

export interface AdoptingOptions {
  readonly launcher: Launcher;
  readonly marks: Marks;
  readonly store: SupervisorStore;
  readonly units: Units;
  readonly bootId: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends a tree that nobody wants any more, in its own time. */
  readonly retire: (tree: ProcessTree) => void;
}

/** Takes over what an earlier agent has started, and ends what nobody wants any more. */
export function adoptRemains(options: AdoptingOptions): void {
  const { store, marks, retire } = options;
  const handles = store.handles();
  const remains = remainsOnHost(options, handles);
  for (const found of remains) {
    const known = handles.find(({ id }) => id === found.id);
    for (const run of found.surplus) retire(treeOfRun(found.id, run, marks, run === known?.run ? known.cgroup : ""));
    if (found.leader !== null) adoptOne(found, options);
  }
  const taken = new Set(remains.filter(({ leader }) => leader !== null).map(({ id }) => id));
  for (const { id } of handles) if (!taken.has(id)) store.dropHandle(id);
}

/** Handles of an earlier boot of the host mean nobody: an identity tells that, too. */
function remainsOnHost({ launcher, marks }: AdoptingOptions, handles: readonly Handle[]): Remains[] {
  const marked = launcher.marked(marks.prefix).flatMap(({ row, marker }) => {
    const mark = marks.parse(marker);
    return mark === null ? [] : [{ row, mark }];
  });
  return findRemains({ handles, marked, isAlive: isSameProcess });
}

function adoptOne({ id, leader, run, handle }: Remains, options: AdoptingOptions): void {
  if (leader === null) return;
  const { units, marks, store, bootId, clock, log, retire } = options;
  const unit = units.get(id);
  if (unit === undefined || !unit.spec.enabled) {
    log.info("process is not wanted any more and is ended", { process: id, pid: leader.pid });
    return retire({ ...treeOfRun(id, run, marks, handle?.cgroup ?? ""), leader });
  }
  const { startedMs = clock.nowMs(), restarts = 0, cgroup = "", fingerprint = "" } = handle ?? {};
  unit.adopt({ identity: leader, run, startedMs, restarts, cgroup }, `pid ${leader.pid}, started by an earlier agent`);
  if (store.wanted(id, bootId) === false) unit.tell({ type: "unwant", reason: "stopped by its user" });
  else if (handle !== null && fingerprint !== unit.spec.fingerprint) {
    unit.tell({ type: "again", reason: "its config has changed while no agent ran" });
  }
}

/** The tree of one run of which only its marks are known. */
function treeOfRun(id: string, run: string, marks: Marks, cgroup: string): ProcessTree {
  return { leader: null, marker: marks.marker(id, run), cgroup, jobName: jobNameOf(marks, id, run) };
}

/** How long what nobody wants any more has to end by itself. */
const RETIRE_MS = 10_000;
const POLL_MS = 50;

export interface RetireOptions {
  readonly launcher: Launcher;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Ends a tree of which no spec says how. */
export async function retire(tree: ProcessTree, { launcher, clock, log, signal }: RetireOptions): Promise<void> {
  const alive = () => launcher.members([tree])[0]?.length ?? 0;
  const deadlineMs = clock.monotonicMs() + RETIRE_MS;
  try {
    if (alive() > 0) launcher.signalTree(tree, "SIGTERM");
    while (alive() > 0 && clock.monotonicMs() < deadlineMs) await clock.sleep(POLL_MS, signal);
  } catch (error) {
    if (signal.aborted) return;
    log.debug("what is left of a process cannot be asked to end", { error }); // as on Windows: then it is killed
  }
  const left = await launcher.killTree(tree, signal);
  if (left > 0 && !signal.aborted) log.error("processes cannot be killed", { left });
}
