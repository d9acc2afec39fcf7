import type { Command } from "commander";
import { AppError } from "../core/mod.ts";
import {
  type AgentLocation,
  type FlagOverride,
  type LoadedConfig,
  loadManagedConfig,
  locateAgent,
} from "../config/mod.ts";
import { localClient } from "../http/mod.ts";
import { currentAccount, defaultPaths, loginPath, onSignal, selfProgram } from "../platform/mod.ts";
import { Daemon } from "./daemon.ts";
import { Output, type Terminal } from "./output.ts";
import type { AgentReach } from "./reach.ts";
import type { ManagerClient } from "./remote/manager_client.ts";

/** What `main` was given, and what it made of it. */
export interface ContextOptions {
  /** The command line as it was written. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly terminal: Terminal;
  readonly colour: boolean;
  readonly exitWith: (code: number) => void;
  /** Calls this when the command has ended, however. */
  readonly atEnd: (act: () => void) => void;
}

interface GlobalOptions {
  readonly config?: string;
  readonly workDir?: string;
  readonly set?: readonly string[];
  readonly json?: boolean;
  readonly host?: string;
}

/** Everything that a command works with. */
export interface CliContext extends ContextOptions {
  readonly out: Output;
  /** Aborts when the user interrupts the command. Until it is first looked at, an interrupt simply ends the program. */
  readonly signal: AbortSignal;
  /**
   * The effective config, what its manager has set included; with another file in the place of its own, or other settings
   * of the manager, if these are given. Throws for a bad one.
   */
  load(file?: string, settings?: Readonly<Record<string, unknown>>): Promise<LoadedConfig>;
  /** The config file that is read, or would be if it were there. */
  configFile(): string;
  /** Where the agent's files are, even by a bad config. */
  locate(): Promise<AgentLocation>;
  /** The agent of this host, for what only its owner can do; refuses `--host`. */
  daemon(): Promise<Daemon>;
  /** What `--host` names; undefined for this host. */
  readonly host: string | undefined;
  /** The agent that is asked: this host's, or by `--host` another's. */
  agent(): Promise<AgentReach>;
  /** The manager where the user has logged in. */
  manager(): Promise<ManagerClient>;
  /** Where logins are remembered. */
  loginFile(): string;
}

/** Names the config file for those who cannot give `--config`, such as a service definition. */
const CONFIG_VARIABLE = "AGENT_CONFIG";
/** Another place for logins, for scripts that must not meet the user's own. */
const LOGIN_FILE_VARIABLE = "FARHAND_LOGIN_FILE";

export function createContext(options: ContextOptions, command: Command): CliContext {
  const globals: GlobalOptions = command.optsWithGlobals();
  const out = new Output(options.terminal, { json: globals.json === true, colour: options.colour });
  const { [CONFIG_VARIABLE]: configVariable, ...env } = options.env;
  const chosen = globals.config ?? (configVariable || undefined);
  let interrupt: AbortSignal | undefined;
  const signalOf = () => interrupt ??= untilInterrupted(options.atEnd);

  const loadOptions = () => {
    const defaults = defaultPaths({ ...currentAccount(), env }, globals.workDir);
    return {
      file: chosen ?? defaults.configFile,
      fileRequired: chosen !== undefined,
      env,
      defaults,
      flags: { set: globals.set ?? [], overrides: overridesOf(globals) },
    };
  };
  const locate = () => locateAgent(loadOptions());
  const loginFile = () => options.env[LOGIN_FILE_VARIABLE] || loginPath({ ...currentAccount(), env: options.env });
  const manager = async () => {
    const { openManager } = await import("./remote/manager_reach.ts");
    const opened = await openManager(options.env, loginFile());
    options.atEnd(() => opened.close());
    return opened;
  };
  const daemon = async () => {
    const { error, ...paths } = await locate();
    if (error !== null) out.note(`${out.yellow("warning:")} ${error.message}`); // the paths may not be the agent's
    const runCommand = selfProgram().command(["run", "--background", ...flagsOf(globals)]);
    return new Daemon({ client: localClient(paths.socket), paths, runCommand, env: options.env });
  };

  return {
    ...options,
    out,
    host: globals.host,
    get signal() {
      return signalOf();
    },
    load: (file, settings) =>
      loadManagedConfig({
        ...loadOptions(),
        ...(file !== undefined && { file, fileRequired: true }),
        ...(settings !== undefined && { dynamic: settings }),
      }),
    configFile() {
      const { file } = loadOptions();
      if (file === null) throw new AppError("invalid_input", "This account has no place for a config; give --config");
      return file;
    },
    locate,
    loginFile,
    manager,
    daemon: () => {
      if (globals.host === undefined) return daemon();
      const name = command.name();
      throw new AppError("invalid_input", `"agent ${name}" works on this host only: leave --host out`);
    },
    agent: async () => {
      const { host } = globals;
      if (host === undefined) return daemon();
      const { api } = await manager();
      const { findHost } = await import("./remote/find_hosts.ts");
      const { RemoteAgent } = await import("./remote/remote_agent.ts");
      return new RemoteAgent(api, await findHost(api, signalOf(), host));
    },
  };
}

function untilInterrupted(atEnd: ContextOptions["atEnd"]): AbortSignal {
  const controller = new AbortController();
  const terminate = () => controller.abort(new AppError("cancelled", "Interrupted"));
  atEnd(onSignal({ terminate, reload: terminate, reopen: () => {} }));
  return controller.signal;
}

function overridesOf({ workDir }: GlobalOptions): FlagOverride[] {
  return workDir === undefined ? [] : [{ flag: "--work-dir", key: "agent.work_dir", value: workDir }];
}

/** The same flags again, for the agent in the background. */
function flagsOf({ config, workDir, set = [] }: GlobalOptions): string[] {
  return [
    ...(config === undefined ? [] : ["--config", config]),
    ...(workDir === undefined ? [] : ["--work-dir", workDir]),
    ...set.flatMap((pair) => ["--set", pair]),
  ];
}
