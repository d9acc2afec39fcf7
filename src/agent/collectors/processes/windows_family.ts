import type { WindowsProcess } from "../../../platform/mod.ts";

type Member = Pick<WindowsProcess, "pid" | "parentPid" | "createdMs">;

/**
 * The members of the families of these processes, in the same order: each process with all its descendants. A process
 * belongs to its nearest ancestor among them.
 *
 * Windows tells who started a process, for ever: also after that one has ended and its pid was given to another. So a
 * parent counts only when it is the older of the two.
 */
export function windowsFamilies<Process extends Member>(
  all: readonly Process[],
  roots: readonly number[],
): Process[][] {
  const byPid = new Map(all.map((process) => [process.pid, process]));
  const children = new Map<number, Process[]>();
  for (const process of all) {
    const parent = byPid.get(process.parentPid);
    if (parent === undefined || parent === process || !isOlder(parent, process)) continue;
    const siblings = children.get(parent.pid);
    if (siblings === undefined) children.set(parent.pid, [process]);
    else siblings.push(process);
  }
  const starts = new Set(roots);
  return roots.map((pid) => {
    const root = byPid.get(pid);
    return root === undefined ? [] : descendants(root, children, starts);
  });
}

/** Of the same moment, too: a process may start another within one tick of the clock. */
function isOlder(parent: Member, child: Member): boolean {
  return parent.createdMs === undefined || child.createdMs === undefined || parent.createdMs <= child.createdMs;
}

/** The list grows while it is walked. Two of the same age may claim to be each other's parent: each is taken once. */
function descendants<Process extends Member>(
  root: Process,
  children: ReadonlyMap<number, readonly Process[]>,
  starts: ReadonlySet<number>,
): Process[] {
  const family = new Map([[root.pid, root]]);
  for (const { pid } of family.values()) {
    for (const child of children.get(pid) ?? []) {
      if (!family.has(child.pid) && !starts.has(child.pid)) family.set(child.pid, child);
    }
  }
  return [...family.values()];
}
