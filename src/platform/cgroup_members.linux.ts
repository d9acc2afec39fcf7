/** How deep groups below a program's group are followed. */
const MAX_DEPTH = 16;

/** The processes in a control group of version 2 and in those below it; none when it is not there any more. */
export function cgroupPids(directory: string): Set<number> {
  const pids = new Set<number>();
  collect(directory, pids, 0);
  return pids;
}

function collect(directory: string, pids: Set<number>, depth: number): void {
  try {
    for (const line of Deno.readTextFileSync(`${directory}/cgroup.procs`).split("\n")) {
      // 0 stands for a process that is in another pid namespace.
      if (Number(line) > 0) pids.add(Number(line));
    }
    if (depth >= MAX_DEPTH) return;
    for (const { name, isDirectory } of Deno.readDirSync(directory)) {
      if (isDirectory) collect(`${directory}/${name}`, pids, depth + 1);
    }
  } catch {
    // It was removed meanwhile, or is a group of threads, which belong to processes that are listed above it.
  }
}

/**
 * Kills all in a group and below it at once, which kernels from 5.14 can; nobody escapes by forking. Never the group
 * that we are in ourselves.
 */
export function killCgroup(directory: string, ownPid: number): void {
  const pids = cgroupPids(directory);
  if (pids.size === 0 || pids.has(ownPid)) return;
  try {
    const file = Deno.openSync(`${directory}/cgroup.kill`, { write: true });
    try {
      file.writeSync(new TextEncoder().encode("1"));
    } finally {
      file.close();
    }
  } catch {
    // An older kernel, or not our group: each of them is killed by itself.
  }
}
