import { AppError, type ErrorCode, messageOf } from "../../core/mod.ts";
import { type Trouble, type TroubleKind, troubleOf } from "../../database/mod.ts";

/** What to do when the database will not open, for whoever starts the manager. */
const OPENING_ADVICE: Readonly<Record<TroubleKind, string>> = {
  corrupt: "",
  full: "free some space there",
  busy: "another program has it open, perhaps another manager; end that one",
  unwritable: "the account that runs the manager must be able to write it and its directory",
  newer: "start the newer version again, or put the backup copy in its place that was made before it first ran",
  rejected: "",
  other: "",
};

/** What to do about it while the manager runs; nobody waits at the command line. */
const RUNNING_ADVICE: Readonly<Record<TroubleKind, string>> = {
  corrupt: "stop the manager and put a backup copy in its place",
  full: "free some space there",
  busy: "end the other program that has it open",
  unwritable: "see to its disk and its rights",
  newer: "start the newer version again",
  rejected: "",
  other: "",
};

/** Thrown within a write to have it refused: what nobody may take away, what refers to nothing. */
export function refused(code: "conflict" | "not_found", message: string, details: unknown): AppError {
  return new AppError(code, message, { details });
}

/**
 * The truth is in this file, so it is never replaced: somebody has to decide what becomes of it. A log of changes that
 * is left beside it belongs to the damaged file, and would be taken for the copy's.
 */
function damaged(path: string, why: string): string {
  return `Cannot use the manager's database ${path}: it is damaged (${why}). It was left as it is. ` +
    `To restore: keep it aside together with ${path}-wal and ${path}-shm where they are, ` +
    `then put a backup copy at ${path} and start again. ` +
    `Without a backup: move the three aside, and the manager begins anew, without hosts and users`;
}

export function openingFailure(thrown: unknown, path: string): AppError {
  const { kind } = troubleOf(thrown, path);
  const why = messageOf(thrown);
  // A file that does not take what this program's own schema says is not one of its own any more.
  if (kind === "corrupt" || kind === "rejected") {
    return new AppError("unavailable", damaged(path, why), { details: { kind: "corrupt" }, cause: thrown });
  }
  const code: ErrorCode = kind === "newer" ? "unsupported" : "unavailable";
  const message = advised(`Cannot use the manager's database ${path}: ${why}`, OPENING_ADVICE[kind]);
  return new AppError(code, message, { details: { kind }, cause: thrown });
}

/** Undefined for what says nothing of the file: a refusal, a broken promise of uniqueness, a mistake of ours. */
export function runningTrouble(thrown: unknown, path: string): Trouble | undefined {
  if (thrown instanceof AppError || !(thrown instanceof Error) || !("code" in thrown)) return undefined;
  const trouble = troubleOf(thrown, path);
  return trouble.kind === "rejected" || trouble.kind === "other" ? undefined : trouble;
}

/** What whoever asked is told. */
export function runningFailure(thrown: unknown, path: string): AppError {
  const trouble = runningTrouble(thrown, path);
  if (trouble !== undefined) return unavailable(trouble.kind, path, messageOf(thrown), thrown);
  if (thrown instanceof AppError) return thrown;
  return brokenPromise(thrown) ?? new AppError("internal", `The store has failed: ${messageOf(thrown)}`, {
    cause: thrown,
  });
}

function unavailable(kind: TroubleKind, path: string, why: string, cause: unknown): AppError {
  const message = advised(`Cannot use the manager's database ${path}: ${why}`, RUNNING_ADVICE[kind]);
  return new AppError("unavailable", message, { retryable: kind !== "corrupt", details: { kind }, cause });
}

/** SQLite names the columns in its message only, in the same words for as long as there are constraints. */
function brokenPromise(thrown: unknown): AppError | null {
  const message = messageOf(thrown);
  if (message.startsWith("FOREIGN KEY constraint failed")) {
    return new AppError("not_found", "Cannot store what belongs to something that is not there any more");
  }
  const columns = /^UNIQUE constraint failed: (.+)$/.exec(message)?.[1];
  const column = columns?.split(".").at(-1);
  if (column === undefined) return null;
  const field = column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return new AppError("conflict", `Cannot store this: its ${field} is taken already; choose another`, {
    details: { field },
  });
}

function advised(message: string, advice: string): string {
  return advice === "" ? message : `${message}; ${advice}`;
}
