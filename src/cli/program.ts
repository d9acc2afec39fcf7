import { Command, CommanderError } from "commander";
import { AppError, EXIT_CODES, toAppError, VERSION } from "../core/mod.ts";
import type { CommandFile } from "./command.ts";
import { collectorsCommand } from "./collectors.ts";
import { completionsCommand } from "./completions.ts";
import { configCommand } from "./config.ts";
import { type CliContext, createContext } from "./context.ts";
import { doctorCommand } from "./doctor.ts";
import { logLevelCommand } from "./log_level.ts";
import { Output, type Terminal } from "./output.ts";
import { reloadCommand } from "./reload.ts";
import { restartCommand } from "./restart.ts";
import { runCommand } from "./run.ts";
import { startCommand } from "./start.ts";
import { statusCommand } from "./status.ts";
import { stopCommand } from "./stop.ts";
import { topCommand } from "./top.ts";
import { versionCommand } from "./version.ts";

/** In the order in which `agent --help` shows them. */
const COMMANDS: readonly CommandFile[] = [
  startCommand,
  stopCommand,
  restartCommand,
  reloadCommand,
  statusCommand,
  collectorsCommand,
  topCommand,
  runCommand,
  logLevelCommand,
  configCommand,
  doctorCommand,
  versionCommand,
  completionsCommand,
];

export interface MainOptions {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly terminal: Terminal;
}

/** Runs one command line and gives the code to exit with. Never throws. */
export async function main({ args, env, terminal }: MainOptions): Promise<number> {
  let exitCode = 0;
  const endings: (() => void)[] = [];
  const colour = terminal.isTerminal && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb" &&
    !args.includes("--no-color");
  const exitWith = (code: number) => void (exitCode = code);
  const atEnd = (act: () => void) => void endings.push(act);
  const contextOf = (command: Command) => createContext({ env, terminal, colour, exitWith, atEnd }, command);
  try {
    await buildProgram(contextOf, terminal).parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2; // commander has printed it
    new Output(terminal, { json: args.includes("--json"), colour }).error(thrown);
    return toAppError(thrown).meaning.exit;
  } finally {
    for (const act of endings) act();
  }
}

/** The whole command tree; also what completions are made from. */
export function buildProgram(contextOf: (command: Command) => CliContext, terminal: Terminal): Command {
  const program = new Command("agent")
    .description(
      "Farhand: collects, supervises, deploys and schedules on this host, and is reached through its manager.",
    )
    .version(VERSION, "-V, --version", "print the version alone")
    .option("-c, --config <file>", "config file to read (default: the system's or the user's, when it exists)")
    .option("--work-dir <dir>", "directory for state, socket, pid file and log (overrides agent.work_dir)")
    .option(
      "--set <key=value>",
      "override one config key, e.g. --set collectors.cpu.interval=10s; may be repeated",
      collect,
    )
    .option("--no-color", "never use colour")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: (text) => terminal.stdout(text), writeErr: (text) => terminal.stderr(text) })
    .helpCommand("help [command]", "show help of a command")
    .showHelpAfterError("(add --help for what this command takes)")
    .exitOverride()
    .addHelpText(
      "after",
      `\nExit codes:\n${EXIT_CODES.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`).join("\n")}`,
    );
  for (const file of COMMANDS) program.addCommand(inherit(file.build(contextOf), program));
  return program;
}

/** Commander copies these settings only to commands that it makes itself. */
function inherit(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent).showHelpAfterError("(add --help for what this command takes)");
  for (const child of command.commands) inherit(child, command);
  return command;
}

function collect(value: string, before: readonly string[] = []): string[] {
  if (!value.includes("=")) {
    // Not repeated: it may be a secret whose key was forgotten.
    throw new AppError("invalid_input", "--set takes key=value, such as --set agent.log.level=debug");
  }
  return [...before, value];
}
