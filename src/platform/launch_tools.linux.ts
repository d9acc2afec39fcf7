import { AppError } from "../core/mod.ts";
import { findTool, type LaunchTool } from "./launch_line.posix.ts";

const TOOLS: readonly LaunchTool[] = ["setpriv", "prlimit", "nice"];

export function linuxMissingTools(canExecute: (path: string) => boolean = isExecutable): string[] {
  return TOOLS.flatMap((tool) => {
    try {
      findTool(tool, canExecute);
      return [];
    } catch (error) {
      if (error instanceof AppError && error.code === "unsupported") return [error.message];
      throw error;
    }
  });
}

function isExecutable(path: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false; // it is not there, or not for us
  }
}
