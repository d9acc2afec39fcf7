import { AppError, Duration, systemClock } from "../core/mod.ts";
import type { ApiClient } from "../http/mod.ts";
import type { Command } from "commander";
import {
  ENDED_TASK_STATES,
  madeTasks,
  type Operation,
  type Task,
  task,
  taskList,
  type TaskState,
} from "../protocol/mod.ts";
import { command, type CommandFile, durationOption } from "./command.ts";
import type { CliContext } from "./context.ts";
import { divide } from "./exec.ts";
import { localTime, roughly, type Style, styled } from "./output.ts";
import { findHosts } from "./remote/find_hosts.ts";
import { safeOutput, safeText } from "./safe_text.ts";

interface ListOptions {
  readonly batch?: string;
  readonly state?: string;
  readonly lines: string;
}

interface RunOptions {
  readonly select?: string;
  readonly expires: string;
  readonly timeout: string;
  readonly concurrency?: string;
  readonly maxFailures?: string;
  readonly title?: string;
  readonly dryRun?: boolean;
  readonly wait?: boolean;
}

type Of = (self: Command) => CliContext;

const PATH = "/api/v1/tasks";
const POLL_MS = 500;
const PAGE = 1_000;
const STATE_STYLES: Readonly<Record<TaskState, Style | undefined>> = {
  queued: "dim",
  sent: "cyan",
  running: "cyan",
  done: "green",
  failed: "red",
  expired: "yellow",
  cancelled: "yellow",
};

export const tasksCommand: CommandFile = {
  build: (contextOf) =>
    listCommand(contextOf, "tasks")
      .addCommand(listCommand(contextOf, "list"))
      .addCommand(showCommand(contextOf))
      .addCommand(cancelCommand(contextOf))
      .addCommand(runCommand(contextOf)),
};

function listCommand(contextOf: Of, name: "tasks" | "list"): Command {
  return command(name, "what the manager owes its hosts: operations that are done once a host is there", [
    "agent tasks",
    "agent tasks list --state queued,failed",
    "agent tasks run --select env=prod --expires 2h -- systemctl restart nginx",
    "agent tasks cancel t-5f2c",
  ])
    .option("--batch <id>", "only those that were made together")
    .option("--state <states>", "only those in these states, separated by commas")
    .option("-n, --lines <count>", "how many of the latest", "50")
    .option("--json", "print JSON")
    .action(async (_: unknown, self: Command) => {
      // "tasks" and "tasks list" take the same options, which are given to the outer of the two.
      const { batch, state, lines }: ListOptions = self.optsWithGlobals();
      const { out, signal, manager } = contextOf(self);
      const tasks = await listTasks((await manager()).api, signal, { batch, state, limit: lines });
      out.either({ tasks }, () => {
        if (tasks.length === 0) return out.line("No tasks");
        printTasks(contextOf(self), tasks);
      });
    });
}

interface Query {
  readonly batch?: string | undefined;
  readonly state?: string | undefined;
  readonly limit: string;
}

async function listTasks(api: ApiClient, signal: AbortSignal, query: Query): Promise<Task[]> {
  const given = Object.entries(query).flatMap(([name, value]) => value === undefined ? [] : [[name, value]]);
  return taskList().parse(await api.call(`${PATH}?${new URLSearchParams(given)}`, { signal })).tasks;
}

function printTasks({ out, colour }: CliContext, tasks: readonly Task[]): void {
  out.table(
    ["ID", "HOST", "STATE", "AGE", "BY", "TITLE", "REASON"],
    tasks.map(({ id, host, state, createdMs, createdBy, title, reason }) =>
      [id, host, state, ageOf(createdMs), createdBy, title, reason].map(safeText)
    ),
    (column, text) => {
      const style = column === 2 ? STATE_STYLES[text as TaskState] : undefined;
      return style === undefined || !colour ? undefined : (padded) => styled(padded, style);
    },
  );
}

function ageOf(createdMs: number): string {
  return roughly(new Duration(Math.max(0, systemClock.nowMs() - createdMs)));
}

function showCommand(contextOf: Of): Command {
  return command("show", "tell everything about one task, with what it printed", ["agent tasks show t-5f2c"])
    .argument("<id>", "its id")
    .option("--json", "print JSON")
    .action(async (id: string, _: unknown, self: Command) => {
      const { out, signal, manager, colour, terminal } = contextOf(self);
      const found = task().parse(await (await manager()).api.call(`${PATH}/${encodeURIComponent(id)}`, { signal }));
      out.either(found, () => {
        const { title, host, state, reason, createdBy, createdMs, expiresMs, operation, result } = found;
        out.line(`${out.bold(safeText(title))} on ${safeText(host)} is ${state}: ${safeText(reason)}`);
        out.pairs([
          ["made", `${localTime(createdMs)} by ${safeText(createdBy)}`],
          ["expires", localTime(expiresMs)],
          ["operation", safeText(`${operation.method} ${operation.path}`)],
          ...(result?.startedMs === undefined ? [] : [["began", localTime(result.startedMs)] as const]),
          ...(result === undefined ? [] : [["ended", localTime(result.endedMs)] as const]),
        ]);
        if (result === undefined || result.output === "") return;
        out.line();
        for (const line of printed(result.output)) out.line(terminal.isTerminal ? safeOutput(line, colour) : line);
        if (result.truncated) out.note(`${out.yellow("warning:")} the rest was not kept`);
      });
    });
}

/** What a command printed, where it was one; otherwise the answer as it is. */
function printed(output: string): string[] {
  try {
    const data = JSON.parse(output);
    if (typeof data?.stdout === "string" && typeof data?.stderr === "string") {
      return [...data.stdout.split("\n"), ...data.stderr.split("\n")].filter((line, index, all) =>
        line !== "" || index < all.length - 1
      );
    }
    return JSON.stringify(data, null, 2).split("\n");
  } catch {
    // It was cut, so it is JSON no longer.
    return output.split("\n");
  }
}

function cancelCommand(contextOf: Of): Command {
  return command("cancel", "keep a task from being done, or end it if it runs", ["agent tasks cancel t-5f2c"])
    .argument("<id...>", "ids of tasks")
    .option("--json", "print JSON")
    .action(async (ids: string[], _: unknown, self: Command) => {
      const { out, signal, manager } = contextOf(self);
      const { api } = await manager();
      const tasks: Task[] = [];
      for (const id of ids) {
        tasks.push(task().parse(await api.call(`${PATH}/${encodeURIComponent(id)}`, { method: "DELETE", signal })));
      }
      out.either({ tasks }, () => printTasks(contextOf(self), tasks));
    });
}

function runCommand(contextOf: Of): Command {
  return command("run", "have hosts run a command once, now or when they are there again", [
    "agent tasks run web-1 -- apt-get update",
    "agent tasks run --select env=prod --concurrency 5 --max-failures 1 -- systemctl restart nginx",
    "agent tasks run --select env=prod --dry-run -- true",
  ])
    .argument("[host...]", "names or ids of hosts, then -- and the command")
    .option("--select <selector>", "the hosts that all these terms hold for")
    .option("--expires <duration>", "how long a host may take to come", "1h")
    .option("--timeout <duration>", "how long it may run there", "10m")
    .option("--concurrency <count>", "how many hosts at once")
    .option("--max-failures <count>", "cancel the rest when so many have failed")
    .option("--title <text>", "what to call it")
    .option("--dry-run", "only tell which hosts it would be")
    .option("--wait", "wait until all have ended")
    .option("--json", "print JSON")
    .action(async (words: string[], options: RunOptions, self: Command) => {
      const context = contextOf(self);
      const { names, argv } = divide(context.args, words);
      const timeoutMs = durationOption(options.timeout).ms;
      await create(context, names, options, {
        method: "POST",
        path: "/v1/exec",
        body: { argv: [...argv], timeoutMs },
      }, argv.join(" ").slice(0, 80));
    });
}

async function create(
  context: CliContext,
  names: readonly string[],
  options: RunOptions,
  operation: Operation,
  title: string,
): Promise<void> {
  const { out, signal } = context;
  if ((names.length > 0) === (options.select !== undefined)) {
    throw new AppError("invalid_input", "Say which hosts: their names, or --select, and not both");
  }
  const { api } = await context.manager();
  const hosts = names.length === 0 ? {} : { hosts: (await findHosts(api, signal, names)).map(({ id }) => id) };
  const body = {
    ...hosts,
    ...(options.select === undefined ? {} : { select: options.select }),
    operation,
    title: options.title ?? title,
    expiresIn: options.expires,
    timeout: options.timeout,
    ...numberOption("concurrency", options.concurrency),
    ...numberOption("maxFailures", options.maxFailures),
    dryRun: options.dryRun === true,
    // Sent again after a lost answer, it must not make the tasks twice.
    idempotencyKey: crypto.randomUUID(),
  };
  const made = madeTasks().parse(await api.call(PATH, { method: "POST", body, signal }));
  if (made.batch === undefined || options.wait !== true) {
    return out.either(made, () => {
      const what = made.dryRun ? "would be asked of" : "is asked of";
      out.line(`${safeText(options.title ?? title)} ${what} ${made.hosts.length} hosts`);
      out.table(
        ["HOST", "STATE", "TASK"],
        made.hosts.map(({ name, state, taskId }) => [name, state, taskId ?? ""].map(safeText)),
      );
    });
  }
  await waitForAll(context, api, made.batch.id);
}

function numberOption(name: string, text: string | undefined): Record<string, number> {
  if (text === undefined) return {};
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return { [name]: count };
  throw new AppError("invalid_input", `--${name} must be a number from 1 on, got "${text}"`);
}

async function waitForAll(context: CliContext, api: ApiClient, batchId: string): Promise<void> {
  const { out, signal } = context;
  for (let told = -1;;) {
    const tasks = await listTasks(api, signal, { batch: batchId, limit: String(PAGE) });
    const ended = tasks.filter(({ state }) => ENDED_TASK_STATES.includes(state)).length;
    if (ended !== told && !out.json) out.note(`${ended} of ${tasks.length} have ended`);
    told = ended;
    if (ended === tasks.length) {
      out.either({ tasks }, () => printTasks(context, tasks));
      const bad = tasks.filter(({ state }) => state !== "done").length;
      if (bad > 0) throw new AppError("unavailable", `${bad} of ${tasks.length} hosts did not do it`);
      return;
    }
    await systemClock.sleep(POLL_MS, signal);
  }
}
