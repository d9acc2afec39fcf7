import { AppError, messageOf } from "../core/mod.ts";

/**
 * What is wrong with a database file, by what there is to do about it: `corrupt` is moved aside, `full` and `busy` pass
 * by themselves, `newer` is not ours to touch, `rejected` is a statement that a sound file of ours would have taken.
 */
export type TroubleKind = "corrupt" | "full" | "busy" | "unwritable" | "newer" | "rejected" | "other";

export interface Trouble {
  readonly kind: TroubleKind;
  /** The same text for as long as the cause is the same. */
  readonly reason: string;
}

/** https://www.sqlite.org/rescode.html; the runtime gives the code with some errors and leaves it out of others. */
const KIND_BY_CODE = new Map<number, TroubleKind>([
  [5, "busy"],
  [6, "busy"],
  [8, "unwritable"],
  [10, "unwritable"],
  [11, "corrupt"],
  [13, "full"],
  [14, "unwritable"],
  [26, "corrupt"],
]);

const KIND_BY_MESSAGE: readonly (readonly [RegExp, TroubleKind])[] = [
  [/malformed|not a database/i, "corrupt"],
  [/database or disk is full/i, "full"],
  [/is locked/i, "busy"],
  [/readonly database|disk I\/O error|unable to open database/i, "unwritable"],
];

const ADVICE: Readonly<Record<TroubleKind, string>> = {
  corrupt: "",
  full: "; free some space there",
  busy: "; end the other program that has it open",
  unwritable: "; whoever runs this must be able to write it and its directory",
  newer: "; run that version again, or move the file away",
  rejected: "",
  other: "",
};

export class CorruptError extends Error {}

/** What anything that was thrown while a database was used says of the file. */
export function troubleOf(thrown: unknown, path: string): Trouble {
  const kind = kindOf(thrown);
  return { kind, reason: `Cannot use the database ${path}: ${messageOf(thrown)}${ADVICE[kind]}` };
}

function kindOf(thrown: unknown): TroubleKind {
  if (thrown instanceof CorruptError) return "corrupt";
  if (thrown instanceof AppError && thrown.code === "unsupported") return "newer";
  if (isFileError(thrown)) return "unwritable";
  if (!isSqliteError(thrown)) return "other";
  const byCode = typeof thrown.errcode === "number" ? KIND_BY_CODE.get(thrown.errcode & 0xff) : undefined;
  const byMessage = KIND_BY_MESSAGE.find(([pattern]) => pattern.test(thrown.message))?.[1];
  return byCode ?? byMessage ?? "rejected";
}

/** What the runtime's own file functions throw has a class of `Deno.errors`, or the system's code. */
function isFileError(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const hasSystemCode = "code" in thrown && typeof thrown.code === "string" && /^E[A-Z]+$/.test(thrown.code);
  return hasSystemCode || Object.values(Deno.errors).some((kind) => thrown instanceof kind) ||
    / \(os error \d+\)/.test(thrown.message);
}

function isSqliteError(thrown: unknown): thrown is Error & { errcode?: unknown } {
  return thrown instanceof Error && "code" in thrown && thrown.code === "ERR_SQLITE_ERROR";
}
