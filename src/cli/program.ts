import { Command, CommanderError } from "commander";
import { AppError, EXIT_CODES, toAppError, VERSION } from "../core/mod.ts";
import type { CommandFile } from "./command.ts";
import { type CliContext, createContext } from "./context.ts";
import { Output, type Terminal } from "./output.ts";

/** A command is read when it is needed, so that an agent carries none but the one that runs it. */
type Loader = readonly [name: string, load: (args: readonly string[]) => Promise<CommandFile>];

/** In the order in which `agent --help` shows them. */
const COMMANDS: readonly Loader[] = [
  ["start", async () => (await import("./start.ts")).startCommand],
  ["stop", async () => (await import("./stop.ts")).stopCommand],
  ["restart", async () => (await import("./restart.ts")).restartCommand],
  ["reload", async () => (await import("./reload.ts")).reloadCommand],
  ["status", async () => (await import("./status.ts")).statusCommand],
  ["ps", async () => (await import("./ps.ts")).psCommand],
  ["process", async () => (await import("./process.ts")).processCommand],
  ["logs", async () => (await import("./logs.ts")).logsCommand],
  ["grep", async () => (await import("./grep.ts")).grepCommand],
  ["events", async () => (await import("./events.ts")).eventsCommand],
  ["collectors", async () => (await import("./collectors.ts")).collectorsCommand],
  ["top", async () => (await import("./top.ts")).topCommand],
  ["run", async () => (await import("./run.ts")).runCommand],
  ["log-level", async () => (await import("./log_level.ts")).logLevelCommand],
  ["config", async () => (await import("./config.ts")).configCommand],
  ["doctor", async () => (await import("./doctor.ts")).doctorCommand],
  ["version", async () => (await import("./version.ts")).versionCommand],
  ["join", async () => (await import("./join.ts")).joinCommand],
  ["login", async () => (await import("./login.ts")).loginCommand],
  ["logout", async () => (await import("./login.ts")).logoutCommand],
  ["hosts", async () => (await import("./hosts.ts")).hostsCommand],
  ["exec", async () => (await import("./exec.ts")).execCommand],
  ["shell", async () => (await import("./shell.ts")).shellCommand],
  ["ls", async () => (await import("./ls.ts")).lsCommand],
  ["cp", async () => (await import("./cp.ts")).cpCommand],
  ["tasks", async () => (await import("./tasks.ts")).tasksCommand],
  ["token", async () => (await import("./token.ts")).tokenCommand],
  ["manager", async (args) => await (await import("./manager.ts")).managerCommand(args)],
  ["completions", async () => (await import("./completions.ts")).completionsCommand],
];
/** What looks at all commands. */
const ABOUT_ALL: readonly string[] = ["help", "completions"];
/** The options before a command that have a value after them. */
const WITH_VALUE: readonly string[] = ["-c", "--config", "--work-dir", "--set", "--host"];

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
  const contextOf = (command: Command) => createContext({ args, env, terminal, colour, exitWith, atEnd }, command);
  try {
    await (await buildProgram(contextOf, terminal, args)).parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2; // commander has printed it
    new Output(terminal, { json: args.includes("--json"), colour }).error(thrown);
    return toAppError(thrown).meaning.exit;
  } finally {
    for (const act of endings) act();
  }
}

/** The command tree, as far as these arguments can need it; without them all of it. */
export async function buildProgram(
  contextOf: (command: Command) => CliContext,
  terminal: Terminal,
  args: readonly string[] = [],
): Promise<Command> {
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
    .option("--host <name>", "ask another host's agent, through the manager (see agent login)", collectHosts)
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
  for (const file of await load(args)) program.addCommand(inherit(file.build(contextOf), program));
  return program;
}

/** The command that the arguments name, or all of them where they name none, or one that looks at all. */
async function load(args: readonly string[]): Promise<CommandFile[]> {
  const word = commandWord(args);
  const named = COMMANDS.filter(([name]) => name === word && !ABOUT_ALL.includes(name));
  return await Promise.all((named.length === 0 ? COMMANDS : named).map(([, read]) => read(args)));
}

/** The first word that is neither an option of the program itself nor the value of one. */
function commandWord(args: readonly string[]): string | undefined {
  return args.find((arg, index) => !arg.startsWith("-") && !WITH_VALUE.includes(args[index - 1] ?? ""));
}

/** Commander copies these settings only to commands that it makes itself. */
function inherit(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent).showHelpAfterError("(add --help for what this command takes)");
  for (const child of command.commands) inherit(child, command);
  return command;
}

/** Most commands ask one host; what asks several takes more names. */
function collectHosts(value: string, before?: string): string {
  return before === undefined ? value : `${before},${value}`;
}

function collect(value: string, before: readonly string[] = []): string[] {
  if (!value.includes("=")) {
    // Not repeated: it may be a secret whose key was forgotten.
    throw new AppError("invalid_input", "--set takes key=value, such as --set agent.log.level=debug");
  }
  return [...before, value];
}
