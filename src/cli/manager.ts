import { command, type CommandFile } from "./command.ts";
import type { Command } from "commander";
import { type ManagerCommandFile, managerContext } from "./manager/context.ts";

/** As in program.ts: a command is read when it is needed. */
type Loader = readonly [name: string, load: () => Promise<ManagerCommandFile>];

/** In the order in which `agent manager --help` shows them. */
const COMMANDS: readonly Loader[] = [
  ["start", async () => (await import("./manager/start.ts")).startCommand],
  ["stop", async () => (await import("./manager/stop.ts")).stopCommand],
  ["restart", async () => (await import("./manager/restart.ts")).restartCommand],
  ["reload", async () => (await import("./manager/reload.ts")).reloadCommand],
  ["status", async () => (await import("./manager/status.ts")).statusCommand],
  ["run", async () => (await import("./manager/run.ts")).runCommand],
  ["setup-link", async () => (await import("./manager/setup_link.ts")).setupLinkCommand],
  ["hosts", async () => (await import("./manager/hosts.ts")).hostsCommand],
  ["token", async () => (await import("./manager/token.ts")).tokenCommand],
  ["user", async () => (await import("./manager/user.ts")).userCommand],
  ["settings", async () => (await import("./manager/settings.ts")).settingsCommand],
  ["audit", async () => (await import("./manager/audit.ts")).auditCommand],
  ["config", async () => (await import("./manager/config.ts")).configCommand],
  ["version", async () => {
    const { versionCommand } = await import("./version.ts");
    return { build: (_, agentContextOf) => versionCommand.build(agentContextOf) };
  }],
];
/** Options that have a value after them, wherever they stand. */
const WITH_VALUE: readonly string[] = ["-c", "--config", "--work-dir", "--set", "--host", "--data-dir", "--listen"];

/** `agent manager`, with the subcommand that the arguments name, or all where they name none. */
export async function managerCommand(args: readonly string[]): Promise<CommandFile> {
  const word = subcommandOf(args);
  const named = COMMANDS.filter(([name]) => name === word);
  const files = await Promise.all((named.length === 0 ? COMMANDS : named).map(([, load]) => load()));
  return {
    build(contextOf) {
      const parent = command("manager", "run a manager on this machine, and look after it without a login", [
        "agent manager start",
        "agent manager run --data-dir ./manager --listen http://127.0.0.1:8080",
        "agent manager token create",
        "agent manager status",
      ])
        .option("--data-dir <dir>", "directory for its database, keys, socket, pid file and log (overrides data_dir)")
        .option("--listen <url>", "where people and agents connect, such as https://0.0.0.0:9443 (overrides listen)");
      const managerContextOf = (self: Command) => managerContext(contextOf(self), self);
      for (const file of files) parent.addCommand(file.build(managerContextOf, contextOf));
      return parent;
    },
  };
}

/** The first word after `manager` that is neither an option nor the value of one. */
function subcommandOf(args: readonly string[]): string | undefined {
  const words = args.filter((arg, index) => !arg.startsWith("-") && !WITH_VALUE.includes(args[index - 1] ?? ""));
  return words[words.indexOf("manager") + 1];
}
