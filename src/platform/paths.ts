import { posix, win32 } from "node:path";
import { AppError } from "../core/mod.ts";
import { isPrivileged } from "./host_facts.ts";
import { currentOs, type Os } from "./select.ts";

const MAC_SUPPORT = "Library/Application Support/farhand";

/** The room for a path in `sockaddr_un`, less its final zero. The control "socket" of Windows is an ordinary file. */
const MAX_SOCKET_PATH_BYTES: Readonly<Record<Os, number>> = { linux: 107, darwin: 103, windows: Infinity };

/** Agent and manager are one executable; on one host they share the place of the configs, and nothing else. */
export type ProgramName = "agent" | "manager";

/** The files of one running agent or manager. */
export interface RuntimePaths {
  readonly workDir: string;
  readonly pidFile: string;
  readonly lockFile: string;
  readonly logFile: string;
  /** The control socket. Windows has none: there the control part keeps its port and token beside this path. */
  readonly socket: string;
}

export interface DefaultPaths extends RuntimePaths {
  /** Where the config is looked for when no path was given; null where that cannot be told. */
  readonly configFile: string | null;
  /** The longest path, in bytes, that the control socket may have; Infinity where it is no socket. */
  readonly maxSocketPathBytes: number;
}

type Places = Omit<DefaultPaths, "maxSocketPathBytes">;

/** For whom paths are chosen. */
export interface Account {
  readonly os: Os;
  /** Root, or an elevated account on Windows. */
  readonly privileged: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whose files; absent for the agent's. */
  readonly program?: ProgramName;
}

export function currentAccount(): Account {
  return { os: currentOs(), privileged: isPrivileged(), env: Deno.env.toObject() };
}

/**
 * The places that are used when nothing else was asked for. A plain Linux user's run-time files are in the state
 * directory, not in XDG_RUNTIME_DIR, because that one vanishes at logout and does not exist under cron. With a work
 * directory of its own an agent needs no home.
 */
export function defaultPaths(account: Account, workDir?: string): DefaultPaths {
  const maxSocketPathBytes = MAX_SOCKET_PATH_BYTES[account.os];
  if (workDir === undefined) return { ...placesOf(account), maxSocketPathBytes };
  const paths = pathsUnder(workDir, account.os, account.program);
  return { ...paths, configFile: configPlace(account), maxSocketPathBytes };
}

/** Null for an account without a home, as in many containers: it has no place of its own for a config. */
function configPlace(account: Account): string | null {
  try {
    return placesOf(account).configFile;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

function placesOf(account: Account): Places {
  const { program = "agent" } = account;
  switch (account.os) {
    case "linux":
      return account.privileged ? linuxSystemPaths(program) : linuxUserPaths(account.env, program);
    case "darwin":
      return singleDirectory(posix.join(account.privileged ? "/" : home(account.env), MAC_SUPPORT), "darwin", program);
    case "windows": {
      const variable = account.privileged ? "ProgramData" : "LOCALAPPDATA";
      const base = required(variable, ignoringCase(account.env, variable), win32.isAbsolute);
      return singleDirectory(win32.join(base, "farhand"), "windows", program);
    }
  }
}

/** Where the command line remembers this user's logins, root's too: they are nobody else's. */
export function loginPath({ os, env }: Omit<Account, "privileged">): string {
  const user = { os, env, privileged: false };
  const { join, dirname } = os === "windows" ? win32 : posix;
  return join(dirname(placesOf(user).configFile ?? ""), "login.json");
}

/** The files of an agent whose work directory was chosen: all inside it, so that several agents fit on one host. */
export function pathsUnder(
  workDir: string,
  os: Os = currentOs(),
  program: ProgramName = "agent",
): RuntimePaths {
  const { join } = os === "windows" ? win32 : posix;
  return {
    workDir,
    pidFile: join(workDir, `${program}.pid`),
    lockFile: join(workDir, `${program}.lock`),
    logFile: join(workDir, `${program}.log`),
    socket: join(workDir, `${program}.sock`),
  };
}

/** The name of a program's own directory among those of others; the agent was there first. */
function directoryOf(program: ProgramName): string {
  return program === "agent" ? "farhand" : `farhand-${program}`;
}

function linuxSystemPaths(program: ProgramName): Places {
  return {
    ...pathsUnder(`/var/lib/${directoryOf(program)}`, "linux", program),
    configFile: `/etc/farhand/${program}.yaml`,
    pidFile: `/run/farhand/${program}.pid`,
    logFile: `/var/log/farhand/${program}.log`,
    socket: `/run/farhand/${program}.sock`,
  };
}

function linuxUserPaths(env: Account["env"], program: ProgramName): Places {
  const config = xdg(env, "XDG_CONFIG_HOME") ?? posix.join(home(env), ".config");
  const state = xdg(env, "XDG_STATE_HOME") ?? posix.join(home(env), ".local/state");
  return {
    ...pathsUnder(posix.join(state, directoryOf(program)), "linux", program),
    configFile: posix.join(config, "farhand", `${program}.yaml`),
  };
}

/** The work directory is private and so must be ours alone; the config may be put beside it before the first start. */
function singleDirectory(directory: string, os: Os, program: ProgramName): Places {
  const { join } = os === "windows" ? win32 : posix;
  const state = program === "agent" ? "state" : program;
  return { ...pathsUnder(join(directory, state), os, program), configFile: join(directory, `${program}.yaml`) };
}

/** The XDG specification says that a relative path is to be ignored. */
function xdg(env: Account["env"], name: string): string | undefined {
  const value = env[name];
  return value !== undefined && posix.isAbsolute(value) ? value : undefined;
}

function home(env: Account["env"]): string {
  return required("HOME", env.HOME, posix.isAbsolute);
}

function required(name: string, value: string | undefined, isAbsolute: (path: string) => boolean): string {
  if (value !== undefined && isAbsolute(value)) return value;
  const problem = value === undefined || value === "" ? "is not set" : `is not an absolute path: '${value}'`;
  throw new AppError(
    "invalid_input",
    `Cannot choose default paths: the environment variable ${name} ${problem}; set it, or give --work-dir (a manager: --data-dir)`,
  );
}

/** Windows does not tell `ProgramData` from `PROGRAMDATA`, but the object of variables does. */
function ignoringCase(env: Account["env"], name: string): string | undefined {
  const wanted = name.toLowerCase();
  return Object.entries(env).find(([key]) => key.toLowerCase() === wanted)?.[1];
}
