import { AppError, messageOf, oneLine } from "../../../core/mod.ts";
import { fileError, type LaunchOptions, userAccount } from "../../../platform/mod.ts";
import { accountOf } from "../account.ts";
import { parseEnvFile } from "../spec/env_file.ts";
import type { ProcessSpec } from "../spec/process_spec.ts";
import type { Marks } from "./marks.ts";
import type { PreparedGroup, UnitServices } from "./services.ts";

export interface Launch {
  readonly options: LaunchOptions;
  readonly group: PreparedGroup;
}

/** The variable that tells whose a process is; see marks.ts. */
const MARKER_VARIABLE = "FARHAND_PROCESS";
const MAX_PROBLEM_LENGTH = 500;

/** Everything that a start needs, looked at anew each time: files may have changed since the last one. */
export function prepareLaunch(spec: ProcessSpec, run: string, services: UnitServices): Launch {
  const { argv } = spec;
  if (argv === null) {
    throw new AppError("unsupported", `Cannot start ${spec.id}: it has no command; only others start it`);
  }
  if (spec.ownsWorkDir) makeDirectory(spec.workDir, spec.account.user);
  const marker = services.marks.marker(spec.id, run);
  const notify = spec.heartbeat.notify ? services.openNotify(spec) : undefined;
  const watchdog = notify === undefined || spec.heartbeat.timeoutMs === 0
    ? {}
    : { WATCHDOG_USEC: String(spec.heartbeat.timeoutMs * 1_000) };
  const env = {
    ...programEnvironment(spec, services.baseEnv),
    ...(notify === undefined ? {} : { NOTIFY_SOCKET: notify }),
    ...watchdog,
    [MARKER_VARIABLE]: marker,
  };
  const group = services.prepareGroup(`${spec.id}.${run.slice(0, 8)}`, spec);
  const options = launchOptions(spec, {
    argv,
    env,
    cgroup: group.directory,
    ulimits: group.ulimits,
    jobName: jobNameOf(services.marks, spec.id, run),
  });
  return { options, group };
}

function launchOptions(
  spec: ProcessSpec,
  parts: Pick<LaunchOptions, "argv" | "env" | "cgroup" | "ulimits" | "jobName">,
): LaunchOptions {
  const { user, group, umask, nice } = spec.account;
  return {
    ...parts,
    cwd: spec.workDir,
    stdout: spec.log.stdout,
    stderr: spec.log.stderr,
    user,
    group,
    umask,
    nice,
  };
}

export function jobNameOf(marks: Marks, id: string, run: string): string {
  return `farhand-${marks.instance}-${id}-${run}`;
}

/** What every program gets, then what belongs to its user, its env_file, its own `env`: the later over the earlier. */
function programEnvironment(
  { id, env, envFile, account }: ProcessSpec,
  baseEnv: Readonly<Record<string, string>>,
): Record<string, string> {
  if (envFile === "" && account.user === "") return { ...env };
  const own = Object.entries(env).filter(([name, value]) => baseEnv[name] !== value);
  const ofFile = envFile === "" ? {} : readEnvFile(id, envFile);
  return { ...baseEnv, ...userVariables(account.user), ...ofFile, ...Object.fromEntries(own) };
}

function userVariables(user: string): Record<string, string> {
  const found = user === "" ? null : userAccount(user);
  if (found === null) return {};
  return { USER: found.name, LOGNAME: found.name, ...(found.home !== "" && { HOME: found.home }) };
}

function readEnvFile(id: string, path: string): Record<string, string> {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    throw fileError(`start ${id}: read its env_file`, path, error);
  }
  return parseEnvFile(text, path);
}

/** The directories above it may be entered by everybody, as its user must be able to, who is to write in it besides. */
function makeDirectory(path: string, user: string): void {
  try {
    Deno.mkdirSync(path, { recursive: true });
    const { uid, gid = null } = accountOf(user);
    // Nobody but root can put something else in its place: what is above it is root's.
    if (uid !== undefined && Deno.statSync(path).uid !== uid) Deno.chownSync(path, uid, gid);
  } catch (error) {
    throw fileError("make the work directory", path, error);
  }
}

/** A failure to start as one short line. */
export function launchProblem(error: unknown): string {
  return oneLine(messageOf(error), MAX_PROBLEM_LENGTH);
}

/** A probe's command gets what the program got; an env_file that is gone by now must not end the probing. */
export function probeEnvironment(
  spec: ProcessSpec,
  baseEnv: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  try {
    return programEnvironment(spec, baseEnv);
  } catch {
    return spec.env; // the next start says what is wrong with the file
  }
}

/** What was made ready for something is given up when that fails. */
export function orElse<T>(act: () => T, giveUp: () => void): T {
  try {
    return act();
  } catch (error) {
    giveUp();
    throw error;
  }
}
