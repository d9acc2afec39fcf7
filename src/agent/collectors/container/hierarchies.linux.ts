import type { TreeReader } from "../reading/tree_reader.ts";
import { GroupFiles } from "./group_files.linux.ts";
import { ancestors, type GroupPaths, parseGroups } from "./groups.ts";

/** The groups that count for one resource, from the agent's own to the root. */
export interface Hierarchy {
  readonly version: 1 | 2;
  readonly groups: readonly GroupFiles[];
}

export type Resource = "memory" | "cpu" | "cpuacct" | "pids";

export interface Hierarchies extends Readonly<Record<Resource, Hierarchy | undefined>> {
  /** The agent's own group. */
  readonly path: string | undefined;
  close(): void;
}

/** Where the kernel's and systemd's documentation have the hierarchies: version 1 has one for each controller. */
const MOUNTS = "fs/cgroup";

export function findHierarchies(tree: TreeReader, cgroup: string): Hierarchies {
  const paths = parseGroups(cgroup);
  const unified = unifiedMount(tree);
  const v2 = paths.v2 === undefined || unified === null ? undefined : hierarchy(tree, 2, unified, paths.v2);
  const of = (controller: Resource) => v1Hierarchy(tree, paths, controller) ?? v2;
  const [memory, cpu, cpuacct, pids] = [of("memory"), of("cpu"), of("cpuacct"), of("pids")];
  return {
    memory,
    cpu,
    cpuacct,
    pids,
    path: memory?.version === 1 ? paths.v1.get("memory") : paths.v2 ?? [...paths.v1.values()][0],
    close() {
      for (const { groups } of [memory, cpu, cpuacct, pids, v2].filter((one) => one !== undefined)) {
        for (const group of groups) group.close();
      }
    },
  };
}

function v1Hierarchy(tree: TreeReader, { v1 }: GroupPaths, controller: Resource): Hierarchy | undefined {
  const path = v1.get(controller);
  return path === undefined ? undefined : hierarchy(tree, 1, tree.sys(MOUNTS, controller), path);
}

function unifiedMount(tree: TreeReader): string | null {
  for (const mount of [tree.sys(MOUNTS), tree.sys(MOUNTS, "unified")]) {
    if (tree.list(mount).includes("cgroup.procs")) return mount;
  }
  return null;
}

/** In a container the path may be the host's, while the container's own group is mounted as if it were the root. */
function hierarchy(tree: TreeReader, version: 1 | 2, mount: string, path: string): Hierarchy | undefined {
  const groups = ancestors(path).map((ancestor) => new GroupFiles(tree, mount, ancestor));
  const found = groups[0]?.exists === true ? groups : groups.slice(-1);
  return found[0]?.exists === true ? { version, groups: found } : undefined;
}
