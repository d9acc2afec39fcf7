/** Which groups a process is in, by the text of /proc/PID/cgroup: https://man7.org/linux/man-pages/man7/cgroups.7.html */
export interface GroupPaths {
  /** Of each controller that has a hierarchy of its own (version 1). */
  readonly v1: ReadonlyMap<string, string>;
  /** In the one hierarchy of version 2; on a hybrid host there are both. */
  readonly v2: string | undefined;
}

const MAX_LINES = 100;
const MAX_DEPTH = 32;
/** Version 1 has no word for "no limit", but a number near the largest of 64 bits, rounded down to whole pages. */
const NO_LIMIT = 2 ** 62;

export function parseGroups(text: string): GroupPaths {
  const v1 = new Map<string, string>();
  let v2: string | undefined;
  for (const line of text.split("\n", MAX_LINES)) {
    const first = line.indexOf(":");
    const second = line.indexOf(":", first + 1);
    const path = line.slice(second + 1);
    if (first <= 0 || second < 0 || !path.startsWith("/")) continue;
    const controllers = line.slice(first + 1, second);
    if (controllers === "" && line.startsWith("0:")) v2 ??= path;
    for (const controller of controllers.split(",")) {
      if (controller !== "" && !controller.startsWith("name=") && !v1.has(controller)) v1.set(controller, path);
    }
  }
  return { v1, v2 };
}

/**
 * A group and those around it, the innermost first and the root last. A path that leads out of what this process may
 * see, as after a move into a namespace, is only the root.
 */
export function ancestors(path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "");
  if (parts.length > MAX_DEPTH || parts.some((part) => part === ".." || part === ".")) return ["/"];
  return [...parts.map((_, i) => `/${parts.slice(0, parts.length - i).join("/")}`), "/"];
}

/** A limit in version 2's words; undefined for none. */
export function parseLimit(text: string | null): number | undefined {
  const word = text?.trim() ?? "";
  if (!/^\d{1,20}$/.test(word)) return undefined;
  const limit = Number(word);
  return limit < NO_LIMIT ? limit : undefined;
}

/** `cpu.max`: the time that the group may use in each period. Undefined for no limit. */
export function parseCpuMax(text: string): number | undefined {
  const [quota = "", period = ""] = text.trim().split(/\s+/);
  return cores(quota, period);
}

/** Cores by quota and period in microseconds, as version 1 has them in two files; a quota of -1 is no limit. */
export function cores(quota: string, period: string): number | undefined {
  if (!/^\d{1,15}$/.test(quota) || !/^\d{1,15}$/.test(period)) return undefined;
  const limit = Number(quota) / Number(period);
  return Number.isFinite(limit) && limit > 0 ? limit : undefined;
}
