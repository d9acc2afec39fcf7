import { command, type CommandFile, durationOption } from "./command.ts";
import type { CliContext } from "./context.ts";
import { processesPair } from "./status.ts";

export const startCommand: CommandFile = {
  build: (contextOf) =>
    command("start", "start the agent in the background and wait until it answers", [
      "agent start",
      "agent start --config /etc/farhand/agent.yaml",
      "agent start --work-dir /srv/second-agent",
    ])
      .option("--timeout <duration>", "how long it may take to become ready", "30s")
      .option("--json", "print JSON")
      .action((options: { timeout: string }, self) => start(contextOf(self), options)),
};

export async function start(context: CliContext, { timeout }: { timeout: string }): Promise<void> {
  const { out, signal } = context;
  const timeoutMs = durationOption(timeout).ms;
  const loaded = await context.load();
  const daemon = await context.daemon();
  const { status, alreadyRunning } = await daemon.start({ workDir: loaded.config.agent.work_dir, timeoutMs, signal });
  const { pid, version, config, paths, processes } = status;
  const supervised = processes === undefined ? {} : { processes };
  const facts = { pid, version, config: config.file, log: paths.logFile, alreadyRunning, ...supervised };
  out.either(facts, () => {
    out.line(alreadyRunning ? `agent runs already, pid ${pid}` : `agent started, pid ${pid}`);
    out.pairs([
      ["version", version],
      ["config", config.file ?? "none: running on defaults"],
      ["log", paths.logFile],
      ...processesPair(status),
    ]);
    for (const warning of config.warnings) out.note(`${out.yellow("warning:")} ${warning}`);
  });
}
