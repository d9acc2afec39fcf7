import { Buffer } from "node:buffer";
import { AppError, ERRORS, LineCutter, messageOf, toAppError } from "../core/mod.ts";
import type { ApiClient } from "../http/mod.ts";
import { type ExecEnd, execEnd, type ExecRequest, type HostView } from "../protocol/mod.ts";
import { command, type CommandFile, durationOption } from "./command.ts";
import type { CliContext } from "./context.ts";
import { findHosts, listHosts } from "./remote/find_hosts.ts";
import { eachAtMost } from "./remote/each_at_most.ts";
import { safeOutput, safeText } from "./safe_text.ts";

interface ExecOptions {
  readonly select?: string;
  readonly timeout: string;
  readonly cwd?: string;
  readonly user?: string;
  readonly concurrency: string;
}

interface Outcome {
  readonly host: string;
  readonly end?: ExecEnd;
  readonly error?: unknown;
}

const MOST_AT_ONCE = 200;

export const execCommand: CommandFile = {
  build: (contextOf) =>
    command("exec", "run a command on hosts, where their policy permits it, and show what it prints", [
      "agent exec web-1 -- uptime",
      "agent exec web-1 web-2 --timeout 1m -- systemctl is-active nginx",
      "agent exec --select env=prod -- df -h /",
    ])
      .argument("[host...]", "names or ids of hosts, then -- and the command")
      .option("--select <selector>", "the hosts that all these terms hold for: env=prod,name=web-*")
      .option("--timeout <duration>", "how long it may run on each", "10m")
      .option("--cwd <dir>", "directory to run it in")
      .option("--user <name>", "run it as this user of the host")
      .option("--concurrency <count>", "how many hosts at once", "20")
      .option("--json", "print JSON, a line for each line of output and each end")
      .action(async (words: string[], options: ExecOptions, self) => {
        const context = contextOf(self);
        const { names, argv } = divide(context.args, words);
        await execute(context, names, argv, options);
      }),
};

/** Commander takes the `--` out of the words; the command line itself tells where it stood. */
export function divide(
  args: readonly string[],
  words: readonly string[],
): { readonly names: readonly string[]; readonly argv: readonly string[] } {
  const at = args.indexOf("--");
  const argv = at === -1 ? [] : args.slice(at + 1);
  if (argv.length > 0) return { names: words.slice(0, words.length - argv.length), argv };
  throw new AppError("invalid_input", "What to run is missing: it follows after --, as in agent exec web-1 -- uptime");
}

async function execute(
  context: CliContext,
  names: readonly string[],
  argv: readonly string[],
  options: ExecOptions,
): Promise<void> {
  const { signal } = context;
  const request: ExecRequest = {
    argv: [...argv],
    timeoutMs: durationOption(options.timeout).ms,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.user === undefined ? {} : { user: options.user }),
  };
  const atOnce = countOption(options.concurrency);
  const { api } = await context.manager();
  const hosts = await chosen(api, signal, names, options.select);
  const print = printerOf(context, hosts);
  const outcomes = await eachAtMost(atOnce, hosts, (host) => runOn(api, host, request, signal, print));
  signal.throwIfAborted();
  report(context, outcomes);
}

async function chosen(
  api: ApiClient,
  signal: AbortSignal,
  names: readonly string[],
  select: string | undefined,
): Promise<HostView[]> {
  if ((names.length > 0) === (select !== undefined)) {
    throw new AppError("invalid_input", "Say which hosts: their names, or --select, and not both");
  }
  if (select === undefined) return await findHosts(api, signal, names);
  const hosts = await listHosts(api, signal, { select, sort: "name" });
  if (hosts.length === 0) throw new AppError("not_found", `No host matches --select ${select}`);
  return hosts;
}

type Print = (host: HostView, stream: "stdout" | "stderr", line: string) => void;

async function runOn(
  api: ApiClient,
  host: HostView,
  request: ExecRequest,
  signal: AbortSignal,
  print: Print,
): Promise<Outcome> {
  const cutters = { stdout: new LineCutter(), stderr: new LineCutter() };
  try {
    const path = `/api/v1/hosts/${encodeURIComponent(host.id)}/agent/v1/exec/stream`;
    for await (const { event, data } of api.events(path, { method: "POST", body: request, signal })) {
      if (event === "stdout" || event === "stderr") {
        for (const line of cutters[event].take(Buffer.from(data, "base64"))) print(host, event, line);
      } else if (event === "end") {
        for (const stream of ["stdout", "stderr"] as const) {
          for (const line of cutters[stream].end()) print(host, stream, line);
        }
        return { host: host.name, end: execEnd().parse(JSON.parse(data)) };
      }
    }
    throw new AppError("unavailable", "the connection ended before the command did");
  } catch (error) {
    return { host: host.name, error };
  }
}

function printerOf({ out, terminal, colour }: CliContext, hosts: readonly HostView[]): Print {
  const width = Math.max(...hosts.map(({ name }) => safeText(name).length));
  const prefix = (name: string) => hosts.length === 1 ? "" : `${out.bold(safeText(name).padEnd(width))} | `;
  return ({ name }, stream, line) => {
    if (out.json) return out.record({ host: name, stream, line });
    const shown = prefix(name) + (terminal.isTerminal ? safeOutput(line, colour) : line);
    if (stream === "stdout") out.line(shown);
    else out.note(shown);
  };
}

/** One host's own code is this command's; of several, the first that is not 0. */
function report({ out, exitWith }: CliContext, outcomes: readonly Outcome[]): void {
  let exit = 0;
  for (const { host, end, error } of outcomes) {
    const code = error === undefined ? codeOf(end) : toAppError(error).meaning.exit;
    exit ||= code;
    if (out.json) out.record({ host, ...(end === undefined ? { error: messageOf(error) } : end) });
    else if (error !== undefined) out.note(`${out.red("error:")} ${safeText(host)}: ${messageOf(error)}`);
    else if (code !== 0) out.note(`${out.red("FAIL")} ${safeText(host)}: ${endText(end)}`);
  }
  if (outcomes.length > 1 && !out.json) {
    const good = outcomes.filter(({ end, error }) => error === undefined && codeOf(end) === 0).length;
    out.note(`${good} of ${outcomes.length} hosts ended with code 0`);
  }
  exitWith(exit);
}

function codeOf(end: ExecEnd | undefined): number {
  if (end?.timedOut === true) return ERRORS.timeout.exit;
  return end?.code ?? ERRORS.internal.exit;
}

function endText(end: ExecEnd | undefined): string {
  if (end?.timedOut === true) return "not done within the time allowed, and killed";
  return end?.code === undefined ? `ended by ${end?.signal ?? "a signal"}` : `ended with code ${end.code}`;
}

function countOption(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MOST_AT_ONCE) return count;
  throw new AppError("invalid_input", `--concurrency must be a number from 1 to ${MOST_AT_ONCE}, got "${text}"`);
}
