import { Duration } from "../../../../core/mod.ts";
import { type ExecRequest, MAX_EXEC_TIMEOUT_MS, type NewTasks, type Task } from "../../../../protocol/mod.ts";
import { commandFor, commandOf, type CommandProblem, type Interpreter } from "../command_line.ts";

/** The form of a new task, and the request that it makes. */
export interface TaskForm {
  readonly select: string;
  /** Hosts by id instead, for running something again where it ran before. */
  readonly hosts: readonly { readonly id: string; readonly name: string }[] | null;
  readonly interpreter: Interpreter;
  readonly text: string;
  readonly title: string;
  readonly cwd: string;
  readonly user: string;
  readonly stdin: string;
  readonly timeout: string;
  readonly expiresIn: string;
  readonly concurrency: string;
  readonly maxFailures: string;
}

export type FormProblem = `command_${CommandProblem}` | "no_duration" | "no_count";
export type FormField = "text" | "timeout" | "expiresIn" | "concurrency" | "maxFailures";
export type BuiltTask =
  | { readonly request: NewTasks }
  | { readonly problems: Readonly<Partial<Record<FormField, FormProblem>>> };

/** An answer keeps 64 KiB in all, JSON included: so much of each output leaves room for what JSON adds. */
const MAX_OUTPUT_BYTES = 24 * 1024;
const MAX_COUNT = 10_000;
const MAX_TITLE = 80;
const DEFAULT_TIMEOUT_MS = 600_000;

export function emptyForm(select = ""): TaskForm {
  return {
    ...{ select, hosts: null, interpreter: "program", text: "", title: "", cwd: "", user: "", stdin: "" },
    ...{ timeout: "", expiresIn: "", concurrency: "", maxFailures: "" },
  };
}

/** The form that makes the same task again on the same host. */
export function formOf(task: Task): TaskForm {
  const body = task.operation.body as Partial<ExecRequest> | undefined;
  const argv = Array.isArray(body?.argv) ? body.argv.map(String) : [];
  const command = commandOf(argv);
  // A title that was made of the command is made anew of the next one.
  const isMade = [oneLine(command.text), `${task.operation.method} ${task.operation.path}`].includes(task.title);
  return {
    ...emptyForm(),
    ...command,
    hosts: [{ id: task.hostId, name: task.host }],
    title: isMade ? "" : task.title,
    cwd: textOf(body?.cwd),
    user: textOf(body?.user),
    stdin: textOf(body?.stdin),
    timeout: task.timeoutMs === DEFAULT_TIMEOUT_MS ? "" : new Duration(task.timeoutMs).toString(),
  };
}

/** The request, or what is wrong with the fields. */
export function requestOf(form: TaskForm): BuiltTask {
  const command = commandFor(form.interpreter, form.text);
  const timeoutMs = durationMs(form.timeout, DEFAULT_TIMEOUT_MS);
  const [concurrency, maxFailures] = [countOf(form.concurrency), countOf(form.maxFailures)];
  const problems: Partial<Record<FormField, FormProblem>> = {
    ..."problem" in command && { text: `command_${command.problem}` as const },
    ...timeoutMs === null && { timeout: "no_duration" as const },
    ...durationMs(form.expiresIn, 0) === null && { expiresIn: "no_duration" as const },
    ...concurrency === null && { concurrency: "no_count" as const },
    ...maxFailures === null && { maxFailures: "no_count" as const },
  };
  if (Object.keys(problems).length > 0 || "problem" in command) return { problems };
  const body: ExecRequest = {
    argv: [...command.argv],
    ...form.cwd !== "" && { cwd: form.cwd },
    ...form.user !== "" && { user: form.user },
    ...form.stdin !== "" && { stdin: form.stdin },
    // Its own limit is that of the task: the host then says that it took too long, with what was printed until then.
    timeoutMs: Math.min(timeoutMs ?? DEFAULT_TIMEOUT_MS, MAX_EXEC_TIMEOUT_MS),
    maxOutputBytes: MAX_OUTPUT_BYTES,
  };
  const title = (form.title.trim() === "" ? oneLine(form.text) : form.title.trim()).slice(0, MAX_TITLE);
  return {
    request: {
      ...title !== "" && { title },
      operation: { method: "POST", path: "/v1/exec", body },
      ...form.hosts === null ? { select: form.select } : { hosts: form.hosts.map(({ id }) => id) },
      ...form.timeout.trim() !== "" && { timeout: form.timeout.trim() },
      ...form.expiresIn.trim() !== "" && { expiresIn: form.expiresIn.trim() },
      ...concurrency !== null && concurrency !== undefined && { concurrency },
      ...maxFailures !== null && maxFailures !== undefined && { maxFailures },
    },
  };
}

/** A title may hold no control characters, and half a character is none. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim().slice(0, MAX_TITLE).toWellFormed();
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Null for what is no duration. */
function durationMs(text: string, emptyMs: number): number | null {
  if (text.trim() === "") return emptyMs;
  try {
    return Duration.parse(text)?.ms ?? null;
  } catch {
    return null; // too long to be one
  }
}

/** Undefined where none is given, null for what is none. */
function countOf(text: string): number | null | undefined {
  if (text.trim() === "") return undefined;
  const count = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
  return count >= 1 && count <= MAX_COUNT ? count : null;
}
