import { AppError } from "../../core/mod.ts";
import type { LaunchOptions } from "../halves.ts";
import { batchCommandLine, commandLine, isBatchFile } from "./command_line.ts";
import { environmentBlock } from "./environment_block.ts";
import { createSuspended, openForChild, type SuspendedProcess, systemDirectory } from "./ffi/kernel32_launch.ts";
import { closeHandle, type Handle } from "./ffi/kernel32_waits.ts";
import { findProgram } from "./program_search.ts";

// https://learn.microsoft.com/windows/win32/procthread/process-creation-flags
const IDLE_PRIORITY_CLASS = 0x40;
const BELOW_NORMAL_PRIORITY_CLASS = 0x4000;
const ABOVE_NORMAL_PRIORITY_CLASS = 0x8000;
const HIGH_PRIORITY_CLASS = 0x80;

/** The values of nice from which on a class is meant; those of Linux are 40, those of Windows five. */
const NICE_IDLE = 10;
const NICE_HIGH = -10;

/** Creates the process that was asked for; it does nothing until it is resumed. */
export function startSuspended(options: LaunchOptions): SuspendedProcess {
  refuseUnsupported(options);
  refuseMissingWorkDir(options);
  const environment = environmentBlock(options.env);
  const { program, line } = programAndLine(options);
  return withStandardHandles(options, (input, output, error) =>
    createSuspended({
      program,
      commandLine: line,
      environment,
      cwd: options.cwd,
      priorityClass: priorityClass(options.nice),
      input,
      output,
      error,
    }));
}

/** 0 for what everybody has. The highest class of all is not given: it would keep Windows itself from its work. */
export function priorityClass(nice: number): number {
  if (nice === 0) return 0;
  if (nice > 0) return nice >= NICE_IDLE ? IDLE_PRIORITY_CLASS : BELOW_NORMAL_PRIORITY_CLASS;
  return nice <= NICE_HIGH ? HIGH_PRIORITY_CLASS : ABOVE_NORMAL_PRIORITY_CLASS;
}

/** What Windows has no counterpart of is refused rather than left out, as a program may rely on it. */
export function refuseUnsupported({ argv, user, group, umask, ulimits, cgroup }: LaunchOptions): void {
  const asked = [
    ["user", user !== ""],
    ["group", group !== ""],
    ["umask", umask !== null],
    ["ulimits", Object.keys(ulimits).length > 0],
    ["cgroup", cgroup !== ""],
  ].filter(([, isAsked]) => isAsked).map(([what]) => what);
  if (asked.length === 0) return;
  throw new AppError(
    "unsupported",
    `Cannot start ${argv[0]} with ${asked.join(", ")}: Windows has no such thing; leave it out on Windows`,
  );
}

/** The file to start and the command line to start it with; what only cmd.exe can run is run by it. */
export function programAndLine(
  { argv: [name, ...args], cwd, env }: Pick<LaunchOptions, "argv" | "cwd" | "env">,
): { program: string; line: string } {
  const program = findProgram(name, { cwd, env, isFile });
  if (!isBatchFile(program)) return { program, line: commandLine(program, args) };
  const cmd = `${systemDirectory()}\\cmd.exe`;
  return { program: cmd, line: batchCommandLine(cmd, program, args) };
}

/** Aliases of programs from the store are links that cannot be followed by reading them. */
function isFile(path: string): boolean {
  try {
    return !Deno.lstatSync(path).isDirectory;
  } catch (error) {
    // What may not be looked at may be there: starting it tells. Nothing else that fails can be started.
    return error instanceof Deno.errors.PermissionDenied;
  }
}

function refuseMissingWorkDir({ argv, cwd }: LaunchOptions): void {
  let why = "it is not a directory; name one";
  try {
    if (Deno.statSync(cwd).isDirectory) return;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) return; // starting it tells what is wrong
    why = "it is not there; create it";
  }
  throw new AppError("not_found", `Cannot start ${argv[0]} in ${cwd}: ${why}`);
}

/** They are ours only until the child has its own: whatever we start meanwhile could inherit them. */
function withStandardHandles<T>(
  { stdout, stderr }: LaunchOptions,
  use: (input: Handle, output: Handle, error: Handle) => T,
): T {
  const opened: Handle[] = [];
  const open = (path: string | null, how: "read" | "append") => {
    const handle = openForChild(path, how);
    opened.push(handle);
    return handle;
  };
  try {
    const input = open(null, "read");
    const output = open(stdout, "append");
    return use(input, output, stderr === stdout ? output : open(stderr, "append"));
  } finally {
    opened.forEach(closeHandle);
  }
}
