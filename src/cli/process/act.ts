/** `agent process start|stop|restart|signal`. */
import type { Command } from "commander";
import { AppError } from "../../core/mod.ts";
import {
  type ProcessAction,
  type ProcessActionReport,
  processActionReport,
  type ProcessActionRequest,
} from "../../protocol/mod.ts";
import { command, durationOption } from "../command.ts";
import type { CliContext } from "../context.ts";
import type { Output } from "../output.ts";
import { displayWidth, safeText } from "../safe_text.ts";
import { collectLabel, type SelectOptions, selectorOf } from "./selection.ts";
import { stateStyle } from "./words.ts";
import { paintLine, span } from "../top/lines.ts";

interface ActOptions extends SelectOptions {
  readonly timeout: string;
  readonly wait: boolean;
}

/** For the agent's answer itself, once the waiting is over. */
const ANSWER_MS = 5_000;
const SIGNAL = /^(?:\d{1,2}|[A-Z][A-Z0-9+-]{1,14})$/;

const PAST: Readonly<Record<ProcessAction, string>> = {
  start: "started",
  stop: "stopped",
  restart: "restarted",
  signal: "signalled",
};

export function actCommands(contextOf: (self: Command) => CliContext): Command[] {
  const act = (action: "start" | "stop" | "restart", about: string) =>
    selecting(command(action, about, [`agent process ${action} web`, `agent process ${action} --label tier=web`]))
      .option("--timeout <duration>", "how long to wait for the outcome; what was begun goes on after it", "30s")
      .option("--no-wait", "do not wait for the outcome")
      .option("--json", "print JSON")
      .action(async (ids: string[], { timeout, wait, ...select }: ActOptions, self: Command) => {
        const waitMs = wait ? durationOption(timeout).ms : 0;
        await perform(contextOf(self), { action, select: selectorOf(ids, select), waitMs });
      });
  return [
    act("start", "start processes, those they depend on first"),
    act("stop", "stop processes with all their descendants, and keep them stopped"),
    act("restart", "stop processes and start them again"),
    signalCommand(contextOf),
  ];
}

function signalCommand(contextOf: (self: Command) => CliContext): Command {
  return selecting(
    command("signal", "send a signal to processes", [
      "agent process signal HUP web",
      "agent process signal SIGUSR2 --label tier=web",
      "agent process signal 1 web --tree",
    ]).argument("<signal>", "its name or number: SIGHUP, HUP or 1"),
  )
    .option("--tree", "to all their descendants, too")
    .option("--json", "print JSON")
    .action(async (text: string, ids: string[], options: SelectOptions & { tree?: boolean }, self: Command) => {
      const { tree = false, ...select } = options;
      const request = { select: selectorOf(ids, select), signal: signalOption(text), ...(tree ? { tree } : {}) };
      await perform(contextOf(self), { action: "signal", waitMs: 0, ...request });
    });
}

/** What the agent does not know of it, it says itself. */
function signalOption(text: string): string {
  const name = text.toUpperCase();
  if (SIGNAL.test(name)) return name;
  throw new AppError("invalid_input", `A signal such as SIGHUP, HUP or 1 is needed, got "${text}"`);
}

function selecting(self: Command): Command {
  return self.argument("[id...]", "ids of processes, or of all replicas of one")
    .option("--all", "all processes")
    .option("--label <name=value>", "those with this label; may be repeated", collectLabel);
}

async function perform({ out, agent, signal }: CliContext, request: ProcessActionRequest): Promise<void> {
  const asked = { method: "POST", body: request, signal, timeoutMs: (request.waitMs ?? 0) + ANSWER_MS } as const;
  const report = processActionReport().parse(await (await agent()).ask("/v1/processes/actions", asked));
  out.either(report, () => printResults(out, report));
  const { length: failed } = report.results.filter(({ ok }) => !ok);
  if (failed === 0) return;
  const all = report.results.length;
  const subject = all === 1 ? "The process" : `${failed} of ${all} processes`;
  throw new AppError("unavailable", `${subject} could not be ${PAST[request.action]}`);
}

/** One line for each, in the order in which they were done. */
export function printResults(out: Output, { results }: ProcessActionReport): void {
  if (results.length === 0) return out.line("No process matches");
  const idWidth = Math.max(...results.map(({ id }) => displayWidth(safeText(id))));
  for (const { id, ok, state, message } of results) {
    const cells = [
      ok ? span("ok  ", "green") : span("FAIL", "red"),
      span(safeText(id).padEnd(idWidth)),
      span(state.padEnd(9), stateStyle(state)),
      span(message, ok ? undefined : "red"),
    ];
    out.line(paintLine(cells.flatMap((cell, at) => at === 0 ? [cell] : [span("  "), cell]), Infinity, out.colour));
  }
}
