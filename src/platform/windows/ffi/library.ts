import { AppError, messageOf } from "../../../core/mod.ts";

/** Opens a DLL; `unsupported` where this Windows lacks it or one of its functions that are not `optional`. */
export function openLibrary<const Symbols extends Deno.ForeignLibraryInterface>(
  name: string,
  symbols: Symbols,
): Deno.DynamicLibrary<Symbols>["symbols"] {
  try {
    return Deno.dlopen(name, symbols).symbols;
  } catch (error) {
    throw new AppError("unsupported", `Cannot use ${name}: ${messageOf(error)}`, { cause: error });
  }
}

/** For functions that give an error code of Windows as their result. */
export function checkCode(action: string, code: number): void {
  if (code !== 0) throw new AppError("unavailable", `Cannot ${action}: Windows error ${code}`);
}

/** For functions that give a BOOL; the code of the error is not asked for, as it belongs to the thread that failed. */
export function checkTrue(action: string, result: number): void {
  if (result === 0) throw new AppError("unavailable", `Cannot ${action}: Windows refuses`);
}
