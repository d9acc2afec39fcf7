import { AppError } from "../core/mod.ts";

/** Under what circumstances a program runs that only the program itself, or what starts it, can set. */
export interface Circumstances {
  /** "" for none. */
  readonly cgroup: string;
  readonly umask: number | null;
  readonly ulimits: Readonly<Record<string, string>>;
  readonly nice: number;
  readonly ids: RunAs | null;
}

/** Numbers, so that nothing needs to be looked up again. */
export interface RunAs {
  /** Null for the agent's own. */
  readonly uid: number | null;
  readonly gid: number;
  /** Null to keep the agent's own. */
  readonly groups: readonly number[] | null;
}

export type LaunchTool = "prlimit" | "nice" | "setpriv";

const SHELL = "/bin/sh";
const TOOL_DIRECTORIES = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];
const PACKAGES: Readonly<Record<LaunchTool, string>> = {
  prlimit: "util-linux",
  nice: "coreutils",
  setpriv: "util-linux",
};
const PURPOSES: Readonly<Record<LaunchTool, string>> = {
  prlimit: "limits",
  nice: "nice",
  setpriv: "user and group",
};

/** Numbers of RLIMIT_, the same on x86-64 and arm64: include/uapi/asm-generic/resource.h. */
export const RESOURCES: Readonly<Record<string, number>> = {
  cpu: 0,
  fsize: 1,
  data: 2,
  stack: 3,
  core: 4,
  rss: 5,
  nproc: 6,
  nofile: 7,
  memlock: 8,
  as: 9,
  locks: 10,
  sigpending: 11,
  msgqueue: 12,
  nice: 13,
  rtprio: 14,
  rttime: 15,
};
const LIMIT = /^(\d{1,19}|unlimited)$/;

/**
 * What is put before a program's own command so that it runs so: stock tools, each of which becomes the next one, the
 * program at last, with the same pid. They are given plain arguments; nothing is quoted. What needs the rights of root
 * comes before they are given up. Empty when nothing is asked for.
 */
export function launchLine(wanted: Circumstances, findTool: (tool: LaunchTool) => string): string[] {
  const limits = Object.entries(wanted.ulimits).filter(([, value]) => value !== "");
  return [
    ...shellPart(wanted),
    ...(limits.length === 0 ? [] : [findTool("prlimit"), ...limits.map(limitArgument)]),
    ...(wanted.nice === 0 ? [] : [findTool("nice"), "-n", String(wanted.nice)]),
    ...(wanted.ids === null ? [] : [findTool("setpriv"), ...idArguments(wanted.ids)]),
  ];
}

/** `$0` is the control group's file, and `$@` what comes next. Without its group the program is not started at all. */
function shellPart({ cgroup, umask }: Circumstances): string[] {
  const steps = [
    ...(cgroup === "" ? [] : ['echo 0 >"$0"']),
    ...(umask === null ? [] : [`umask ${umask.toString(8).padStart(4, "0")}`]),
  ];
  if (steps.length === 0) return [];
  return [SHELL, "-c", `${steps.join(" && ")} && exec "$@"; exit 126`, cgroup === "" ? "sh" : `${cgroup}/cgroup.procs`];
}

/** Both limits are set: a program that could raise its own again would have none. */
function limitArgument([name, value]: readonly [string, string]): string {
  if (!Object.hasOwn(RESOURCES, name) || !LIMIT.test(value)) {
    throw new AppError(
      "invalid_input",
      `Cannot set the limit ${name} to ${value}: give a number or unlimited for one of ${
        Object.keys(RESOURCES).join(", ")
      }`,
    );
  }
  return `--${name}=${value}:${value}`;
}

function idArguments({ uid, gid, groups }: RunAs): string[] {
  const others = groups === null
    ? "--keep-groups"
    : groups.length === 0
    ? "--clear-groups"
    : `--groups=${groups.join(",")}`;
  return [...(uid === null ? [] : [`--reuid=${uid}`]), `--regid=${gid}`, others, "--"];
}

/** A changed work directory where it cannot be asked of the system: `$0` is the directory. */
export function directoryLine(cwd: string): string[] {
  return [SHELL, "-c", 'cd -- "$0" && exec "$@"; exit 126', cwd];
}

/** The file of a tool, in the usual places whatever PATH the program is given. */
export function findTool(tool: LaunchTool, canExecute: (path: string) => boolean): string {
  const found = TOOL_DIRECTORIES.map((directory) => `${directory}/${tool}`).find(canExecute);
  if (found !== undefined) return found;
  throw new AppError(
    "unsupported",
    `Cannot set ${PURPOSES[tool]} of a program: ${tool} is in none of ${TOOL_DIRECTORIES.join(", ")}; install ${
      PACKAGES[tool]
    }`,
  );
}
