import { AppError, Duration, systemClock } from "../core/mod.ts";
import {
  type HostView,
  newTerminal,
  terminalAttachPath,
  type TerminalExit,
  terminalList,
  type TerminalView,
  terminalView,
} from "../protocol/mod.ts";
import { command, type CommandFile } from "./command.ts";
import type { CliContext } from "./context.ts";
import { type Keyboard, roughly } from "./output.ts";
import { findHost } from "./remote/find_hosts.ts";
import type { ManagerClient } from "./remote/manager_client.ts";
import { safeText } from "./safe_text.ts";
import { openLink } from "./shell/link.ts";
import { UserScreen } from "./shell/screen.ts";
import { type ShellEnd, ShellSession } from "./shell/session.ts";

interface ShellOptions {
  readonly attach?: string;
  readonly view?: string;
  readonly list?: boolean;
}

/** What a shell says of one of its own that a signal has ended. */
const SIGNAL_BASE = 128;
const SIGNALS: Readonly<Record<string, number>> = {
  ...{ SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGPIPE: 13, SIGTERM: 15 },
};
const UNKNOWN_EXIT = 1;
const ASK_TIMEOUT_MS = 30_000;

export const shellCommand: CommandFile = {
  build: (contextOf) =>
    command("shell", "open a terminal on a host, where its policy permits it; ~. leaves, and it lives on for a while", [
      "agent shell web-1",
      "agent shell web-1 --list",
      "agent shell web-1 --attach 4f1c2a",
      "agent shell web-1 --view 4f1c2a",
    ])
      .argument("<host>", "name or id of a host")
      .option("--attach <terminal>", "come back to a terminal, by its id or the beginning of it")
      .option("--view <terminal>", "look on at a terminal, without typing")
      .option("--list", "list the terminals of the host")
      .option("--json", "with --list: print JSON")
      .action((host: string, options: ShellOptions, self) => shell(contextOf(self), host, options)),
};

async function shell(context: CliContext, name: string, options: ShellOptions): Promise<void> {
  if ([options.attach, options.view, options.list].filter((each) => each !== undefined).length > 1) {
    throw new AppError("invalid_input", "--attach, --view and --list exclude each other");
  }
  if (options.list !== true && context.out.json) throw new AppError("invalid_input", "--json goes with --list only");
  const keyboard = options.list === true ? null : keyboardOf(context, name);
  const manager = await context.manager();
  const remote = new RemoteTerminals(manager, await findHost(manager.api, context.signal, name), context.signal);
  if (keyboard === null) return printList(context, await remote.list());
  await use(context, keyboard, remote, options);
}

/** A script's input is no keyboard, and it would wait for ever for a prompt. */
function keyboardOf({ terminal }: CliContext, host: string): Keyboard {
  if (terminal.isTerminal && terminal.keyboard !== undefined) return terminal.keyboard;
  throw new AppError(
    "invalid_input",
    `agent shell needs a terminal for its input and output; for a script: agent exec ${safeText(host)} -- COMMAND`,
  );
}

async function use(
  context: CliContext,
  keyboard: Keyboard,
  remote: RemoteTerminals,
  options: ShellOptions,
): Promise<void> {
  const { terminal, colour, signal, env } = context;
  const screen = new UserScreen(terminal, keyboard, { colour, clock: systemClock });
  const wanted = options.attach ?? options.view;
  const { id } = wanted === undefined ? await remote.open(screen.size, env["TERM"]) : await remote.find(wanted);
  const mode = options.view === undefined ? "control" : "view";
  let end: ShellEnd;
  try {
    screen.open();
    end = await new ShellSession({
      ...{ screen, mode, clock: systemClock, random: Math.random, signal },
      attach: ({ from, size: { columns: cols, rows } }, until) => {
        const query = new URLSearchParams({ mode, from: `${from}`, cols: `${cols}`, rows: `${rows}` });
        return openLink(remote.socket(id, query), until);
      },
      look: async (until) => void await remote.find(id, until),
    }).run();
  } finally {
    screen[Symbol.dispose]();
  }
  tellEnd(context, end, remote.name, id, mode === "view");
}

function tellEnd({ out, exitWith }: CliContext, end: ShellEnd, host: string, id: string, isView: boolean): void {
  if (end.kind === "exit") {
    if (end.exit.exitCode === undefined) out.note(`The terminal has ended: ${safeText(end.exit.reason)}`);
    return exitWith(isView ? 0 : codeOf(end.exit));
  }
  const how = isView ? "--view" : "--attach";
  out.note(`Left. The terminal lives on; to come back: agent shell ${safeText(host)} ${how} ${safeText(id)}`);
}

function codeOf({ exitCode, signal }: TerminalExit): number {
  if (exitCode !== undefined) return exitCode;
  const number = signal === undefined ? undefined : SIGNALS[signal];
  return number === undefined ? UNKNOWN_EXIT : SIGNAL_BASE + number;
}

function printList({ out }: CliContext, terminals: readonly TerminalView[]): void {
  if (out.json) return out.data({ terminals });
  if (terminals.length === 0) return out.line("No terminals");
  const nowMs = systemClock.nowMs();
  const ago = (ms: number) => roughly(new Duration(Math.max(0, nowMs - ms)));
  out.table(
    ["ID", "OPENED BY", "USER", "AGE", "IDLE", "USED BY", "TITLE"],
    terminals.map((terminal) => [
      safeText(terminal.id),
      safeText(terminal.actor),
      safeText(terminal.user),
      ago(terminal.createdMs),
      ago(terminal.activeMs),
      terminal.guests.map(({ actor, mode }) => mode === "view" ? `${safeText(actor)} (views)` : safeText(actor))
        .join(", ") || "nobody",
      safeText(terminal.title || terminal.shell),
    ]),
  );
}

/** The terminals of one host, through the manager. */
class RemoteTerminals {
  readonly name: string;
  readonly #manager: ManagerClient;
  readonly #hostId: string;
  readonly #signal: AbortSignal;

  constructor(manager: ManagerClient, host: HostView, signal: AbortSignal) {
    this.#manager = manager;
    this.#hostId = host.id;
    this.name = host.name;
    this.#signal = signal;
  }

  async list(signal = this.#signal): Promise<TerminalView[]> {
    return terminalList().parse(await this.#ask("GET", undefined, signal)).terminals;
  }

  async open({ columns: cols, rows }: { columns: number; rows: number }, term: string | undefined) {
    const wish = { cols, rows };
    const isNamed = newTerminal().safeParse({ ...wish, term }).success;
    return terminalView().parse(await this.#ask("POST", isNamed ? { ...wish, term } : wish, this.#signal));
  }

  /** By its id, or as much of it as no other has. */
  async find(id: string, signal = this.#signal): Promise<TerminalView> {
    const terminals = await this.list(signal);
    const exact = terminals.find((terminal) => terminal.id === id);
    const found = exact === undefined ? terminals.filter((terminal) => terminal.id.startsWith(id)) : [exact];
    const [first, ...more] = found;
    if (first === undefined) {
      const hint = `"agent shell ${safeText(this.name)} --list" shows those that there are`;
      throw new AppError("not_found", `There is no terminal ${safeText(id)} on ${safeText(this.name)}; ${hint}`);
    }
    if (more.length === 0) return first;
    throw new AppError("invalid_input", `${found.length} terminals begin with ${safeText(id)}; give more of the id`);
  }

  socket(id: string, query: URLSearchParams): WebSocket {
    return this.#manager.socket(`${terminalAttachPath(this.#hostId, id)}?${query}`);
  }

  async #ask(method: "GET" | "POST", body: unknown, signal: AbortSignal): Promise<unknown> {
    const limit = AbortSignal.timeout(ASK_TIMEOUT_MS);
    try {
      return await this.#manager.api.call(`/api/v1/hosts/${encodeURIComponent(this.#hostId)}/agent/v1/terminals`, {
        ...{ method, signal: AbortSignal.any([signal, limit]) },
        ...(body !== undefined && { body }),
      });
    } catch (error) {
      signal.throwIfAborted();
      if (!limit.aborted) throw error;
      throw new AppError("timeout", `${this.name} has not answered within ${ASK_TIMEOUT_MS / 1000} s`);
    }
  }
}
