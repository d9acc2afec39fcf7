import { AppError, Duration } from "../../../core/mod.ts";
import type { ObservedExit, ProcessIdentity } from "../../../platform/mod.ts";
import type { MatchSpec, ProcessSpec } from "../spec/process_spec.ts";
import { exitText } from "../policy/restart.ts";
import { orElse, prepareLaunch } from "./launching.ts";
import { NO_GROUP, type PreparedGroup, type UnitServices } from "./services.ts";

export interface FoundProcess {
  readonly identity: ProcessIdentity;
  /** "" where the agent has not started it. */
  readonly run: string;
  readonly group: PreparedGroup;
  readonly reason: string;
}

/** How long a process may take to be found after its start command, when its readiness does not say. */
const FIND_LIMIT_MS = 30_000;
const FIND_POLL_MS = 100;

/** Finds the process of a match, by its start command where it is not there yet. That command may exit meanwhile. */
export async function awaitExternal(
  spec: ProcessSpec,
  services: UnitServices,
  signal: AbortSignal,
): Promise<FoundProcess> {
  const { match } = spec;
  if (match === null) throw new AppError("internal", `Cannot find ${spec.id}: nothing tells it from others`);
  const present = services.find(match);
  if (present !== null) return { identity: present, run: "", group: NO_GROUP, reason: `found by ${matchText(match)}` };
  if (spec.argv === null) {
    throw new AppError("not_found", `no process is found by ${matchText(match)}, and there is no command to start it`);
  }
  return await startAndFind(spec, match, services, signal);
}

async function startAndFind(
  spec: ProcessSpec,
  match: MatchSpec,
  services: UnitServices,
  signal: AbortSignal,
): Promise<FoundProcess> {
  const { clock, launcher, marks } = services;
  const run = marks.newRun(spec.id);
  const { options, group } = prepareLaunch(spec, run, services);
  const removeGroup = () => void (group.directory !== "" && services.removeGroup(group.directory));
  const identity = orElse(() => launcher.launch(options), removeGroup);
  let exit: ObservedExit | undefined;
  const unwatch = launcher.watch(identity, (observed) => exit = observed);
  const limitMs = spec.readiness?.giveUpMs || FIND_LIMIT_MS;
  const deadlineMs = clock.monotonicMs() + limitMs;
  try {
    for (;;) {
      const found = services.find(match);
      if (found !== null) return { identity: found, run, group, reason: `started, found by ${matchText(match)}` };
      if (exit !== undefined && exit.code !== 0) throw new AppError("unavailable", `start command ${exitText(exit)}`);
      if (clock.monotonicMs() > deadlineMs) {
        const what = `no process is found by ${matchText(match)}`;
        throw new AppError("timeout", `${what} ${new Duration(limitMs)} after the start command`);
      }
      await clock.sleep(FIND_POLL_MS, signal);
    }
  } catch (error) {
    const tree = { leader: identity, marker: marks.marker(spec.id, run), cgroup: group.directory, jobName: "" };
    await launcher.killTree(tree, AbortSignal.timeout(FIND_LIMIT_MS));
    removeGroup();
    throw error;
  } finally {
    unwatch();
  }
}

export function matchText({ name, commandLine, pidFile, port }: MatchSpec): string {
  const parts = [
    name === "" ? "" : `name ${name}`,
    commandLine === null ? "" : `command line ${commandLine.source}`,
    pidFile === "" ? "" : `pid file ${pidFile}`,
    port === 0 ? "" : `port ${port}`,
  ];
  return parts.filter((part) => part !== "").join(" and ");
}
