import { resolve } from "node:path";
import { AppError } from "../core/mod.ts";

/** Where a program without a path is looked for when the environment has no PATH. */
const DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";
/** The kernel reads so much of a script's first line. */
const FIRST_LINE_BYTES = 256;

export interface ProgramQuestion {
  readonly program: string;
  readonly cwd: string;
  readonly path: string | undefined;
  readonly canExecute: (path: string) => boolean;
}

/**
 * The file that a program's name stands for: by PATH of its own environment when there is no slash in it, otherwise
 * as it is from its work directory. Throws what keeps it from being run, as far as that can be told before.
 */
export function findProgram({ program, cwd, path, canExecute }: ProgramQuestion): string {
  if (program === "") throw new AppError("invalid_input", "Cannot start a program without a name: give a command");
  if (program.includes("/")) {
    const file = resolve(cwd, program);
    const problem = problemOf(file, canExecute);
    if (problem === null) return file;
    throw new AppError(problem.code, `Cannot start ${file}: ${problem.reason}`);
  }
  const searched = path === undefined || path === "" ? DEFAULT_PATH : path;
  let denied: string | null = null;
  for (const directory of searched.split(":")) {
    const candidate = resolve(cwd, directory, program);
    const problem = problemOf(candidate, canExecute);
    if (problem === null) return candidate;
    if (problem.code === "forbidden") denied ??= `${candidate}: ${problem.reason}`;
  }
  if (denied !== null) throw new AppError("forbidden", `Cannot start ${denied}`);
  throw new AppError(
    "not_found",
    `Cannot start ${program}: it is in no directory of PATH (${searched}); give its whole path, or another PATH`,
  );
}

interface Problem {
  readonly code: "not_found" | "forbidden";
  readonly reason: string;
}

function problemOf(file: string, canExecute: (path: string) => boolean): Problem | null {
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(file);
  } catch (error) {
    // Whatever else keeps us from looking at it (a loop of links, a name too long) also keeps us from running it.
    if (!(error instanceof Deno.errors.PermissionDenied)) return { code: "not_found", reason: "there is no such file" };
    return { code: "forbidden", reason: "a directory on the way to it may not be entered" };
  }
  if (info.isDirectory) return { code: "forbidden", reason: "it is a directory" };
  if (canExecute(file)) return null;
  return { code: "forbidden", reason: "it may not be executed; make it executable with chmod +x" };
}

/** The program that a script's first line names; null for what is no script. */
export function interpreterOf(file: string): string | null {
  const bytes = new Uint8Array(FIRST_LINE_BYTES);
  let length: number;
  try {
    const opened = Deno.openSync(file);
    try {
      length = opened.readSync(bytes) ?? 0;
    } finally {
      opened.close();
    }
  } catch {
    return null; // it can be executed, but not read: then only the kernel knows
  }
  return parseInterpreter(new TextDecoder().decode(bytes.subarray(0, length)));
}

export function parseInterpreter(start: string): string | null {
  return /^#![ \t]*([^ \t\n\0]+)/.exec(start)?.[1] ?? null;
}

/** Throws when the work directory cannot be one. */
export function checkWorkDirectory(cwd: string, canEnter: (path: string) => boolean): void {
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(cwd);
  } catch (error) {
    const isMissing = error instanceof Deno.errors.NotFound;
    const reason = isMissing ? "it is not there; make it, or set another work_dir" : "it cannot be entered";
    throw new AppError(isMissing ? "not_found" : "forbidden", `Cannot use the work directory ${cwd}: ${reason}`, {
      cause: error,
    });
  }
  if (!info.isDirectory) {
    throw new AppError("invalid_input", `Cannot use the work directory ${cwd}: it is no directory`);
  }
  if (!canEnter(cwd)) {
    throw new AppError("forbidden", `Cannot use the work directory ${cwd}: it may not be entered by the agent's user`);
  }
}
