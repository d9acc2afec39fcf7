/** `agent process add` and `agent process remove`. */
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { readProcessItems } from "../../config/mod.ts";
import { AppError, messageOf } from "../../core/mod.ts";
import { type ProcessDetails, processDetails, processRemoveReport } from "../../protocol/mod.ts";
import { command, durationOption } from "../command.ts";
import type { CliContext } from "../context.ts";
import { safeText } from "../safe_text.ts";
import { readInput } from "./input.ts";
import { collectLabel, labelsOption } from "./selection.ts";

interface AddOptions {
  readonly cwd?: string;
  readonly envFile?: string;
  readonly user?: string;
  readonly label?: readonly string[];
  readonly restart?: string;
  readonly replicas?: string;
  readonly oneshot?: boolean;
  readonly json?: boolean;
}

/** Of what was not added, and why. */
interface Refusal {
  readonly id: string;
  readonly error: unknown;
}

const POLICIES = ["always", "on-failure", "never"];
/** A start may have to wait for what it depends on. */
const ADD_MS = 60_000;

export function addCommand(contextOf: (self: Command) => CliContext): Command {
  return command("add", "supervise more processes from now on; kept over restarts, until they are removed", [
    "agent process add web -- /usr/bin/program --its-option",
    "agent process add web --cwd . --env-file web.env --label tier=web -- node server.js",
    "agent process add processes.yaml",
    "generate-processes | agent process add -",
  ])
    .argument(
      "<id-or-file>",
      'id of the process whose command follows, or a file with items of "processes:"; - for stdin',
    )
    .argument("[command...]", "program and its arguments, after --")
    .option("--cwd <dir>", "directory to run in (default: one of its own below the agent's)")
    .option("--env-file <file>", "file with its environment, NAME=value a line; secrets belong there")
    .option("--user <name>", "user to run as")
    .option("--label <name=value>", "what groups it with others; may be repeated", collectLabel)
    .addOption(new Option("--restart <policy>", "which exits lead to a restart").choices(POLICIES))
    .option("--replicas <count>", "how many of it")
    .option("--oneshot", "it runs once, to its end")
    .option("--json", "print JSON")
    .action(async (name: string, argv: string[], options: AddOptions, self: Command) => {
      const items = argv.length > 0 ? [itemOf(name, argv, options)] : await itemsOf(name, options);
      await addItems(contextOf(self), items);
    });
}

/** The item that the options make. Paths are meant from where the user is, not from where the agent runs. */
function itemOf(id: string, argv: readonly string[], options: AddOptions): Record<string, unknown> {
  const { cwd, envFile, user, label = [], restart, replicas, oneshot = false } = options;
  const [program = "", ...args] = argv;
  const isPath = program.startsWith(".") || (/[/\\]/.test(program) && !/^(?:[/\\]|[A-Za-z]:)/.test(program));
  return {
    id,
    command: [isPath ? resolve(program) : program, ...args],
    ...(cwd === undefined ? {} : { work_dir: resolve(cwd) }),
    ...(envFile === undefined ? {} : { env_file: resolve(envFile) }),
    ...(user === undefined ? {} : { user }),
    ...(label.length === 0 ? {} : { labels: labelsOption(label) }),
    ...(restart === undefined ? {} : { restart: { policy: restart } }),
    ...(replicas === undefined ? {} : { replicas: replicasOption(replicas) }),
    ...(oneshot ? { kind: "oneshot" } : {}),
  };
}

function replicasOption(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new AppError("invalid_input", `--replicas must be a number from 1 on, got "${text}"`);
}

async function itemsOf(file: string, options: AddOptions): Promise<unknown[]> {
  const { json: _, ...given } = options;
  if (Object.keys(given).length > 0) {
    throw new AppError(
      "invalid_input",
      `What "${file}" runs is missing: agent process add ${file} … -- /usr/bin/program. Only --json goes with a file`,
    );
  }
  return readProcessItems(await readInput(file), file);
}

/** One that is refused does not keep the others from being added. */
async function addItems({ out, agent, signal }: CliContext, items: readonly unknown[]): Promise<void> {
  const host = await agent();
  const added: ProcessDetails[] = [];
  const refused: Refusal[] = [];
  for (const process of items) {
    const request = { method: "POST", body: { process }, signal, timeoutMs: ADD_MS } as const;
    try {
      added.push(processDetails().parse(await host.ask("/v1/processes", request)));
    } catch (error) {
      signal.throwIfAborted();
      if (items.length === 1) throw error;
      refused.push({ id: idOf(process), error });
    }
  }
  const failed = refused.map(({ id, error }) => ({ id, message: messageOf(error) }));
  out.either({ added, failed }, () => {
    for (const details of added) out.line(`${out.green("added")} ${addedText(details)}`);
    for (const { id, message } of failed) out.note(`${out.red("FAIL")} ${safeText(id)}: ${message}`);
  });
  if (failed.length > 0) {
    throw new AppError("unavailable", `${failed.length} of ${items.length} processes were not added`);
  }
}

function addedText({ id, group, state, pid }: ProcessDetails): string {
  const how = pid === undefined ? state : `${state}, pid ${pid}`;
  return safeText(group === id ? `${id}: ${how}` : `${group}: ${id} is ${how}`);
}

function idOf(process: unknown): string {
  const isNamed = typeof process === "object" && process !== null && "id" in process;
  return isNamed && typeof process.id === "string" ? process.id : "one without an id";
}

export function removeCommand(contextOf: (self: Command) => CliContext): Command {
  return command("remove", "stop processes that were added while running, and forget them with their logs", [
    "agent process remove web",
    "agent process remove web worker --timeout 2m",
  ])
    .argument("<id...>", "ids of processes; those of the config are removed there")
    .option("--timeout <duration>", "how long each may take to stop", "1m")
    .option("--json", "print JSON")
    .action(async (ids: string[], { timeout }: { timeout: string }, self: Command) => {
      await removeAll(contextOf(self), [...new Set(ids)], durationOption(timeout).ms);
    });
}

async function removeAll(context: CliContext, ids: readonly string[], timeoutMs: number): Promise<void> {
  const { out, agent, signal } = context;
  const host = await agent();
  const removed: string[] = [];
  const refused: Refusal[] = [];
  for (const id of ids) {
    try {
      const answer = await host.ask(`/v1/processes/${encodeURIComponent(id)}`, {
        method: "DELETE",
        signal,
        timeoutMs,
      });
      removed.push(...processRemoveReport().parse(answer).removed);
    } catch (error) {
      signal.throwIfAborted();
      if (ids.length === 1) throw error;
      refused.push({ id, error });
    }
  }
  const failed = refused.map(({ id, error }) => ({ id, message: messageOf(error) }));
  out.either({ removed, failed }, () => {
    for (const id of removed) out.line(`${out.green("removed")} ${safeText(id)}: stopped, and forgotten`);
    for (const { id, message } of failed) out.note(`${out.red("FAIL")} ${safeText(id)}: ${message}`);
  });
  if (failed.length > 0) throw new AppError("unavailable", `${failed.length} of ${ids.length} could not be removed`);
}
