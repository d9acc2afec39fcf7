import { AppError } from "../core/mod.ts";
import { type Origin, printable } from "./node.ts";

/** One thing that is wrong with a config. */
export interface Problem {
  /** Null when it is about the file as a whole. */
  readonly origin: Origin | null;
  /** The key as its author wrote it, or "". */
  readonly path: string;
  /** A clause that names the key: "agent.stop_timeout must be a duration such as 60s, got 'abc'". */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string | null;
}

/** What `details.problems` of the error holds, for programs. */
export interface ProblemDetails {
  readonly line: number | null;
  readonly column: number | null;
  readonly path: string;
  readonly message: string;
  readonly hint: string | null;
  readonly origin: string;
}

const MOST_PROBLEMS = 20;

/** One error for all problems: its first line says the first of them, each further line one more. */
export function configError(file: string | null, problems: readonly Problem[]): AppError {
  const sorted = problems.toSorted((a, b) => rank(a) - rank(b));
  const lines = sorted.slice(0, MOST_PROBLEMS).map(problemText);
  if (sorted.length > MOST_PROBLEMS) lines.push(`and ${sorted.length - MOST_PROBLEMS} more problems`);
  const first = sorted[0]?.origin?.kind ?? "file";
  const subject = file !== null && first === "file" ? `config ${printable(file)}` : "config";
  const details: ProblemDetails[] = sorted.map(({ origin, path, message, hint }) => ({
    line: origin?.kind === "file" ? origin.line : null,
    column: origin?.kind === "file" ? origin.column : null,
    path,
    message,
    hint,
    origin: origin === null ? "" : originText(origin),
  }));
  return new AppError("invalid_config", `Cannot read ${subject}: ${lines.join("\n  ")}`, {
    details: { file, problems: details },
  });
}

/** What is wrong with one process that came by the API. */
export function processError(problems: readonly Problem[]): AppError {
  const lines = problems.slice(0, MOST_PROBLEMS).map(problemText);
  if (problems.length > MOST_PROBLEMS) lines.push(`and ${problems.length - MOST_PROBLEMS} more problems`);
  return new AppError("invalid_input", `Cannot take this process: ${lines.join("\n  ")}`, {
    details: { problems: problems.map(({ path, message, hint }) => ({ path, message, hint })) },
  });
}

/** `line 7: … ; hint`, as a line of the error or as a warning. */
export function problemText({ origin, message, hint }: Problem): string {
  return `${place(origin)}${message}${hint === null ? "" : `; ${hint}`}`;
}

/** Where a value came from, as `agent config show` prints it. */
export function originText(origin: Origin): string {
  switch (origin.kind) {
    case "default":
      return "default";
    case "file":
      return `${origin.file}:${origin.line}`;
    case "environment":
      return `environment ${origin.name}`;
    case "flag":
      return `flag ${origin.flag}`;
    case "manager":
      return "manager";
    case "api":
      return "api";
  }
}

function place(origin: Origin | null): string {
  if (origin === null || origin.kind === "default" || origin.kind === "api") return "";
  return origin.kind === "file" ? `line ${origin.line}: ` : `${originText(origin)}: `;
}

/** Problems of the file come first, in the order of its lines. */
function rank({ origin }: Problem): number {
  if (origin === null) return 0;
  return origin.kind === "file" ? origin.line : Number.MAX_SAFE_INTEGER;
}
