import { AppError, type ErrorCode, messageOf } from "../core/mod.ts";

/**
 * The AppError for a file operation that failed: `fileError("write", path, error)` reads "Cannot write PATH: …".
 * What is an AppError already passes through.
 */
export function fileError(action: string, path: string, thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const [code, advice] = meaningOf(thrown);
  return new AppError(code, `Cannot ${action} ${path}: ${messageOf(thrown)}${advice}`, { cause: thrown });
}

function meaningOf(thrown: unknown): [code: ErrorCode, advice: string] {
  // What comes from node's API has a code, what comes from Deno's has a class.
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  if (thrown instanceof Deno.errors.NotFound || code === "ENOENT") return ["not_found", "; does its directory exist?"];
  if (thrown instanceof Deno.errors.PermissionDenied || code === "EACCES" || code === "EPERM") {
    return ["forbidden", "; run this as its owner or as administrator"];
  }
  return ["internal", ""];
}
