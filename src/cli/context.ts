import type { Command } from "commander";
import { AppError } from "../core/mod.ts";
import { type AgentLocation, type FlagOverride, loadConfig, type LoadedConfig, locateAgent } from "../config/mod.ts";
import { localClient } from "../http/mod.ts";
import { currentAccount, defaultPaths, onSignal, selfProgram } from "../platform/mod.ts";
import { Daemon } from "./daemon.ts";
import { Output, type Terminal } from "./output.ts";

/** What `main` was given, and what it made of it. */
export interface ContextOptions {
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
}

/** Everything that a command works with. */
export interface CliContext extends ContextOptions {
  readonly out: Output;
  /** Aborts when the user interrupts the command. Until it is first looked at, an interrupt simply ends the program. */
  readonly signal: AbortSignal;
  /** The effective config; throws for a bad one. */
  load(): Promise<LoadedConfig>;
  /** Where the agent's files are, even by a bad config. */
  locate(): Promise<AgentLocation>;
  daemon(): Promise<Daemon>;
}

/** Names the config file for those who cannot give `--config`, such as a service definition. */
const CONFIG_VARIABLE = "AGENT_CONFIG";

export function createContext(options: ContextOptions, command: Command): CliContext {
  const globals: GlobalOptions = command.optsWithGlobals();
  const out = new Output(options.terminal, { json: globals.json === true, colour: options.colour });
  const { [CONFIG_VARIABLE]: configVariable, ...env } = options.env;
  const chosen = globals.config ?? (configVariable || undefined);
  let interrupt: AbortSignal | undefined;

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

  return {
    ...options,
    out,
    get signal() {
      return interrupt ??= untilInterrupted(options.atEnd);
    },
    load: () => loadConfig(loadOptions()),
    locate,
    daemon: async () => {
      const { error, ...paths } = await locate();
      if (error !== null) out.note(`${out.yellow("warning:")} ${error.message}`); // the paths may not be the agent's
      const runCommand = selfProgram().command(["run", "--background", ...flagsOf(globals)]);
      return new Daemon({ client: localClient(paths.socket), paths, runCommand, env: options.env });
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
