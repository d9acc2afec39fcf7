import { dirname, join as joinPath, resolve } from "node:path";
import { editedConfig, type Edits } from "../config/mod.ts";
import { AppError, type Secret, systemClock } from "../core/mod.ts";
import { authorityOf } from "../http/mod.ts";
import { ensurePrivateDir, fileError, writePrivateFile } from "../platform/mod.ts";
import type { ManagerLink } from "../protocol/mod.ts";
import { command, type CommandFile, durationOption } from "./command.ts";
import type { CliContext } from "./context.ts";
import { managerUrl } from "./remote/manager_reach.ts";
import { safeText } from "./safe_text.ts";
import { readSecret } from "./secret_input.ts";
import { stop } from "./stop.ts";

interface JoinOptions {
  readonly tokenFile?: string;
  readonly caFile?: string;
  readonly caFingerprint?: string;
  readonly timeout: string;
}

const POLL_MS = 200;
const CONFIG_MODE = 0o640;
const STOP_MS = "30s";

export const joinCommand: CommandFile = {
  build: (contextOf) =>
    command("join", "make this host one of a manager's: writes the config, starts the agent, waits until it is there", [
      "agent join https://manager.example.com:9443 --token-file -",
      "agent join https://manager.example.com:9443 --ca-fingerprint sha256:9f86d0… --token-file join-token",
    ])
      .argument("<url>", "the manager's address")
      .option("--token-file <file>", "file with the join token, - for standard input (default: asked for)")
      .option("--ca-fingerprint <sha256>", "SHA-256 of the manager's certificate authority, as the manager prints it")
      .option("--ca-file <file>", "certificate authority of the manager, PEM")
      .option("--timeout <duration>", "how long it may take to be connected", "1m")
      .option("--json", "print JSON")
      .action((url: string, options: JoinOptions, self) => joinManager(contextOf(self), url, options)),
};

async function joinManager(context: CliContext, address: string, options: JoinOptions): Promise<void> {
  const { out, terminal } = context;
  const url = managerUrl(address);
  const timeoutMs = durationOption(options.timeout).ms;
  const token = await readSecret(terminal, "Join token", options.tokenFile);
  const { workDir } = await context.locate();
  const tokenFile = joinPath(workDir, "join-token");
  const edits: Edits = {
    "manager.address": url.href.replace(/^http/, "ws").replace(/\/$/, ""),
    "manager.token_file": tokenFile,
    "manager.ca_fingerprint": options.caFingerprint ?? null,
    "manager.ca_file": await authorityFile(options.caFile),
  };
  const file = context.configFile();
  await writeConfig(context, file, edits);
  await keepToken(workDir, tokenFile, token);
  await restart(context, timeoutMs);
  const link = await untilConnected(context, timeoutMs);
  // It is worth nothing any more to this host, and might be to somebody else.
  await writeConfig(context, file, { "manager.token_file": null });
  await Deno.remove(tokenFile).catch(() => {}); // the agent may have removed it itself
  out.either({ url: url.href, config: file, ...link }, () => {
    out.line(`joined ${safeText(url.origin)} as ${safeText(link.name ?? "?")}`);
    out.pairs([["host id", link.hostId ?? "?"], ["config", file]]);
  });
}

async function authorityFile(file: string | undefined): Promise<string | null> {
  if (file === undefined) return null;
  authorityOf(
    await Deno.readTextFile(file).catch((error) => {
      throw fileError("read the certificate authority", file, error);
    }),
  );
  return resolve(file);
}

/** The new text takes the old one's place only if the agent would start with it. */
async function writeConfig(context: CliContext, file: string, edits: Edits): Promise<void> {
  const before = await readConfig(file);
  const draft = `${file}.new`;
  try {
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeTextFile(draft, editedConfig(before.text, edits), { mode: before.mode });
    await context.load(draft);
    await Deno.rename(draft, file);
  } catch (error) {
    await Deno.remove(draft).catch(() => {}); // it may never have been written
    throw error instanceof AppError ? error : fileError("write the config", file, error);
  }
}

async function readConfig(file: string): Promise<{ readonly text: string; readonly mode: number }> {
  try {
    const { mode } = await Deno.stat(file);
    return { text: await Deno.readTextFile(file), mode: (mode ?? CONFIG_MODE) & 0o777 };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { text: "", mode: CONFIG_MODE };
    throw fileError("read the config", file, error);
  }
}

async function keepToken(workDir: string, file: string, token: Secret): Promise<void> {
  try {
    ensurePrivateDir(workDir);
    await writePrivateFile(file, `${token.reveal()}\n`);
  } catch (error) {
    throw error instanceof AppError ? error : fileError("keep the join token in", file, error);
  }
}

/** The processes that the agent supervises go on running meanwhile. */
async function restart(context: CliContext, timeoutMs: number): Promise<void> {
  const { out, signal } = context;
  try {
    await stop(context, { timeout: STOP_MS });
  } catch (error) {
    if (!(error instanceof AppError && error.code === "not_running")) throw error;
  }
  const { config } = await context.load();
  await (await context.daemon()).start({ workDir: config.agent.work_dir, timeoutMs, signal });
  out.note("agent started; it asks the manager to be let in");
}

async function untilConnected(context: CliContext, timeoutMs: number): Promise<ManagerLink> {
  const { signal } = context;
  const daemon = await context.daemon();
  const endMs = systemClock.monotonicMs() + timeoutMs;
  for (;;) {
    const { manager } = await daemon.status();
    if (manager?.state === "connected") return manager;
    const why = manager?.reason ?? "it has not begun";
    if (manager?.state === "refused") {
      throw new AppError("forbidden", `The manager does not let this host in: ${why}; the agent runs without it`);
    }
    if (systemClock.monotonicMs() > endMs) {
      const goesOn = 'the agent runs and goes on trying; "agent status" tells how it stands';
      throw new AppError("timeout", `Not connected to the manager within ${timeoutMs / 1000} s: ${why}; ${goesOn}`);
    }
    await systemClock.sleep(POLL_MS, signal);
  }
}
