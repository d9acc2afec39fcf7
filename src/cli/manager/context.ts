import type { Command } from "commander";
import { AppError } from "../../core/mod.ts";
import {
  type FlagOverride,
  type LoadedManagerConfig,
  loadManagerConfig,
  locateManager,
  type ManagerLocation,
} from "../../config/mod.ts";
import { type ApiClient, localClient } from "../../http/mod.ts";
import { currentAccount, defaultPaths, selfProgram } from "../../platform/mod.ts";
import { MANAGER } from "../../program/mod.ts";
import { type ManagerStatus, managerStatus } from "../../protocol/mod.ts";
import type { CliContext } from "../context.ts";
import { type DaemonFace, ProgramDaemon } from "../daemon.ts";

interface ManagerOptions {
  readonly config?: string;
  readonly workDir?: string;
  readonly dataDir?: string;
  readonly listen?: string;
  readonly host?: string;
  readonly set?: readonly string[];
}

export type ManagerDaemon = ProgramDaemon<ManagerStatus>;

type Shared = "args" | "env" | "terminal" | "colour" | "exitWith" | "atEnd" | "out" | "signal";

/** What the commands about the manager of this machine work with. */
export interface ManagerContext extends Pick<CliContext, Shared> {
  /** The effective config; throws for a bad one. */
  load(): Promise<LoadedManagerConfig>;
  /** Where its files are, even by a bad config. */
  locate(): Promise<ManagerLocation>;
  daemon(): Promise<ManagerDaemon>;
  /** The manager's API over its control socket, where nobody needs a login. */
  api(): Promise<Pick<ApiClient, "call">>;
}

/** What each command's file exports. */
export interface ManagerCommandFile {
  build(contextOf: (command: Command) => ManagerContext, agentContextOf: (command: Command) => CliContext): Command;
}

/** Names the config file for those who cannot give `--config`, such as a service definition. */
const CONFIG_VARIABLE = "MANAGER_CONFIG";
/** Some of what is asked takes its time, such as making the hash of a password on a busy machine. */
const ASK_TIMEOUT_MS = 60_000;
const FACE: DaemonFace<ManagerStatus> = {
  words: MANAGER,
  statusPath: "/api/v1/status",
  readStatus: (answer) => managerStatus().parse(answer),
};

export function managerContext(context: CliContext, command: Command): ManagerContext {
  const globals: ManagerOptions = command.optsWithGlobals();
  refuseForeign(globals);
  const { args, env, terminal, colour, exitWith, atEnd, out } = context;
  const loadOptions = () => loadOptionsOf(globals, env);
  const locate = () => locateManager(loadOptions());
  const daemon = async () => {
    const { error, ...paths } = await locate();
    if (error !== null) out.note(`${out.yellow("warning:")} ${error.message}`); // the paths may not be the manager's
    const runCommand = selfProgram().command(["manager", "run", "--background", ...flagsOf(globals)]);
    return new ProgramDaemon({ client: localClient(paths.socket), paths, runCommand, env }, FACE);
  };
  return {
    ...{ args, env, terminal, colour, exitWith, atEnd, out, locate, daemon },
    get signal() {
      return context.signal;
    },
    load: () => loadManagerConfig(loadOptions()),
    async api() {
      const asked = await daemon();
      return { call: (path, request = {}) => asked.ask(path, { ...request, timeoutMs: ASK_TIMEOUT_MS }) };
    },
  };
}

/** Flags of the whole program that mean the agent. */
function refuseForeign({ workDir, host }: ManagerOptions): void {
  if (workDir !== undefined) {
    throw new AppError("invalid_input", "--work-dir is the agent's; the manager has --data-dir");
  }
  if (host !== undefined) {
    throw new AppError("invalid_input", '"agent manager" works on this machine only: leave --host out');
  }
}

function loadOptionsOf(globals: ManagerOptions, environment: CliContext["env"]) {
  const { [CONFIG_VARIABLE]: configVariable, ...env } = environment;
  const chosen = globals.config ?? (configVariable || undefined);
  const defaults = defaultPaths({ ...currentAccount(), env, program: "manager" }, globals.dataDir);
  return {
    file: chosen ?? defaults.configFile,
    fileRequired: chosen !== undefined,
    env,
    defaults,
    flags: { set: globals.set ?? [], overrides: overridesOf(globals) },
  };
}

function overridesOf({ dataDir, listen }: ManagerOptions): FlagOverride[] {
  return [
    ...(dataDir === undefined ? [] : [{ flag: "--data-dir", key: "data_dir", value: dataDir }]),
    ...(listen === undefined ? [] : [{ flag: "--listen", key: "listen", value: listen }]),
  ];
}

/** The same flags again, for the manager in the background. */
function flagsOf({ config, dataDir, listen, set = [] }: ManagerOptions): string[] {
  return [
    ...(config === undefined ? [] : ["--config", config]),
    ...(dataDir === undefined ? [] : ["--data-dir", dataDir]),
    ...(listen === undefined ? [] : ["--listen", listen]),
    ...set.flatMap((pair) => ["--set", pair]),
  ];
}
