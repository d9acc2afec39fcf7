import { join, resolve } from "node:path/win32";
import { AppError } from "../../core/mod.ts";
import { variable } from "./environment_block.ts";

/** From the root of a drive or of a share; what begins with one slash depends on the drive that we happen to be on. */
const FULL_PATH = /^(?:[a-z]:[\\/]|[\\/]{2})/i;
const DEFAULT_EXTENSIONS = ".COM;.EXE;.BAT;.CMD";

export interface SearchPlace {
  /** The directory that the program will work in; a relative path is meant from there. */
  readonly cwd: string;
  /** The environment that it will have: its PATH and PATHEXT are asked. */
  readonly env: Readonly<Record<string, string>>;
  isFile(path: string): boolean;
}

/**
 * The file that a program's name means. A name without a directory is looked for on PATH alone: never in the working
 * directory, where Windows itself would look first, and where somebody else may have put one.
 */
export function findProgram(program: string, place: SearchPlace): string {
  const extensions = split(variable(place.env, "PATHEXT") ?? DEFAULT_EXTENSIONS);
  const named = /[\\/]|^[a-z]:/i.test(program);
  const directories = named ? [place.cwd] : searchPath(place.env);
  for (const directory of program === "" ? [] : directories) {
    const path = named ? resolve(directory, program) : join(directory, program);
    const found = candidates(path, extensions).find((candidate) => place.isFile(candidate));
    if (found !== undefined) return found;
  }
  const where = named ? resolve(place.cwd, program) : `no directory of PATH has it (${directories.length} looked at)`;
  const why = named ? `there is no file ${where}` : where;
  throw new AppError("not_found", `Cannot start ${program || '""'}: ${why}; name the program with its full path`);
}

/** A name that has an extension means that very file first; one without is never a program by itself on PATH. */
function candidates(path: string, extensions: readonly string[]): string[] {
  const completed = extensions.map((extension) => path + extension);
  return /\.[^.\\/ ]+$/.test(path) ? [path, ...completed] : [...completed, path];
}

/** Without a PATH, Windows' own programs are found all the same. Relative entries depend on luck and are left out. */
function searchPath(env: Readonly<Record<string, string>>): string[] {
  const root = variable(env, "SYSTEMROOT");
  const path = variable(env, "PATH") ?? (root === undefined ? "" : `${root}\\System32;${root}`);
  return split(path).filter((directory) => FULL_PATH.test(directory));
}

function split(list: string): string[] {
  return list.split(";").map((entry) => entry.replaceAll('"', "").trim()).filter((entry) => entry !== "");
}
