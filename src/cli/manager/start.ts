import { command, durationOption } from "../command.ts";
import type { ManagerCommandFile, ManagerContext } from "./context.ts";
import { askSetupLink, printSetupLink } from "./setup_link.ts";

export const startCommand: ManagerCommandFile = {
  build: (contextOf) =>
    command("start", "start the manager in the background and wait until it answers", [
      "agent manager start",
      "agent manager start --config /etc/farhand/manager.yaml",
      "agent manager start --data-dir /srv/manager --listen https://0.0.0.0:9443",
    ])
      .option("--timeout <duration>", "how long it may take to become ready", "30s")
      .option("--json", "print JSON")
      .action((options: { timeout: string }, self) => start(contextOf(self), options)),
};

export async function start(context: ManagerContext, { timeout }: { timeout: string }): Promise<void> {
  const { out, signal } = context;
  const timeoutMs = durationOption(timeout).ms;
  const loaded = await context.load();
  const daemon = await context.daemon();
  const { status, alreadyRunning } = await daemon.start({ workDir: loaded.config.data_dir, timeoutMs, signal });
  const { pid, version, url, config, paths, caFingerprint, setupNeeded } = status;
  const setupLink = setupNeeded ? await askSetupLink(context) : null;
  const authority = caFingerprint === undefined ? {} : { caFingerprint };
  const facts = { pid, version, url, config: config.file, log: paths.logFile, alreadyRunning, ...authority, setupLink };
  out.either(facts, () => {
    out.line(alreadyRunning ? `manager runs already, pid ${pid}` : `manager started, pid ${pid}`);
    out.pairs([
      ["version", version],
      ["url", url],
      ...(caFingerprint === undefined ? [] : [["authority", caFingerprint] as const]),
      ["config", config.file ?? "none: running on defaults"],
      ["log", paths.logFile],
    ]);
    for (const warning of config.warnings) out.note(`${out.yellow("warning:")} ${warning}`);
    if (setupLink !== null) printSetupLink(out, setupLink);
  });
}
