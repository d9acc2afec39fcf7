/**
 * Makes plain, bounded, printable data of whatever was handed to the logger. Nothing that a caller passes can make this
 * throw, loop or grow without limit: getters may throw, structures may be cyclic, text may be of any size.
 */
import { AppError, messageOf } from "../core/mod.ts";
import { isSecretKey, REDACTED } from "./redact.ts";
import { type Budget, fit } from "./text_budget.ts";

export type Plain = null | boolean | number | string | Plain[] | PlainFields;
export interface PlainFields {
  [key: string]: Plain;
}

/** What one field may take in a JSON line. */
export const FIELD_LIMIT_BYTES = 8 * 1024;
const DEPTH_LIMIT = 6;
const ITEMS_LIMIT = 100;
/** What punctuation, a number or an empty structure may take beside the text in it. */
const OVERHEAD_BYTES = 32;
/** Kept back for the notes that say what was left out: one per level of depth. */
const NOTES_BYTES = 512;

interface Walk {
  readonly budget: Budget;
  /** The objects that lead to the present one: meeting one of them again is a cycle. */
  readonly path: object[];
  readonly stacks: boolean;
}

export interface PlainOptions {
  /** What all fields together may take in a JSON line. */
  readonly limitBytes: number;
  /** Gives the stack of an AppError too; that of any other error is always given. */
  readonly stacks: boolean;
}

/** The fields as plain data; fields that no longer fit are counted in `fieldsLeftOut`. */
export function plainFields(fields: Readonly<Record<string, unknown>>, options: PlainOptions): PlainFields {
  const result: PlainFields = {};
  const keys = ownKeys(fields);
  let leftBytes = options.limitBytes - NOTES_BYTES;
  let kept = 0;
  for (const key of keys) {
    if (leftBytes < 2 * NOTES_BYTES) break;
    const roomBytes = Math.min(FIELD_LIMIT_BYTES, leftBytes) - NOTES_BYTES;
    const budget = { leftBytes: roomBytes };
    addEntry(result, key, () => fields[key], { budget, path: [], stacks: options.stacks });
    leftBytes -= roomBytes - budget.leftBytes;
    kept++;
  }
  if (kept < keys.length) result.fieldsLeftOut = keys.length - kept;
  return result;
}

function plain(value: unknown, walk: Walk): Plain | undefined {
  walk.budget.leftBytes -= OVERHEAD_BYTES;
  switch (typeof value) {
    case "string":
      return fit(value, walk.budget);
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "boolean":
      return value;
    case "undefined":
      return undefined;
    case "bigint":
    case "symbol":
      return fit(String(value), walk.budget);
    case "function":
      return "[function]";
    case "object":
      return value === null ? null : plainObject(value, walk);
  }
}

function plainObject(value: object, walk: Walk): Plain | undefined {
  if (walk.path.includes(value)) return "[circular]";
  if (walk.path.length >= DEPTH_LIMIT) return Array.isArray(value) ? "[array]" : "[object]";
  walk.path.push(value);
  try {
    return structure(value, walk);
  } catch (error) {
    return fit(`[unreadable: ${messageOf(error)}]`, walk.budget);
  } finally {
    walk.path.pop();
  }
}

function structure(value: object, walk: Walk): Plain | undefined {
  if (value instanceof Error) return plainError(value, walk);
  if ("toJSON" in value && typeof value.toJSON === "function") return plain(value.toJSON(), walk);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Map) {
    return plainEntries([...value.keys()].map((key) => [String(key), () => value.get(key)]), walk);
  }
  if (Array.isArray(value) || value instanceof Set) return plainItems(value, walk);
  const source = value as Readonly<Record<string, unknown>>;
  return plainEntries(ownKeys(source).map((key) => [key, () => source[key]]), walk);
}

/** Message, code, details, causes; the stack where the failure is not one of our own, foreseen ones. */
function plainError(error: Error, walk: Walk): Plain {
  const known = error instanceof AppError;
  const entries: Entry[] = [["message", () => messageOf(error)]];
  if (!known) entries.push(["name", () => error.name]);
  if ("code" in error) entries.push(["code", () => error.code]);
  if (known) entries.push(["details", () => error.details]);
  if (error instanceof AggregateError) entries.push(["errors", () => error.errors]);
  entries.push(["cause", () => error.cause]);
  if (!known || walk.stacks) entries.push(["stack", () => error.stack]);
  return plainEntries(entries, walk);
}

function plainItems(items: Iterable<unknown>, walk: Walk): Plain[] {
  const result: Plain[] = [];
  let left = 0;
  for (const item of items) {
    if (result.length >= ITEMS_LIMIT || walk.budget.leftBytes <= OVERHEAD_BYTES) left++;
    else result.push(plain(item, walk) ?? null);
  }
  if (left > 0) result.push(`[${left} more]`);
  return result;
}

type Entry = readonly [key: string, read: () => unknown];

function plainEntries(entries: readonly Entry[], walk: Walk): PlainFields {
  const result: PlainFields = {};
  let kept = 0;
  for (const [key, read] of entries) {
    if (kept >= ITEMS_LIMIT || walk.budget.leftBytes <= OVERHEAD_BYTES) break;
    addEntry(result, key, read, walk);
    kept++;
  }
  if (kept < entries.length) result["…"] = `[${entries.length - kept} more]`;
  return result;
}

function addEntry(result: PlainFields, key: string, read: () => unknown, walk: Walk): void {
  const name = fit(key, walk.budget);
  let value: Plain | undefined;
  try {
    const raw = read();
    const hidden = isSecretKey(key) && raw !== undefined && raw !== null && typeof raw !== "boolean";
    value = plain(hidden ? REDACTED : raw, walk);
  } catch (error) {
    value = fit(`[unreadable: ${messageOf(error)}]`, walk.budget);
  }
  // Defined rather than assigned: a key such as __proto__ must become a plain property.
  if (value !== undefined) {
    Object.defineProperty(result, name, { value, enumerable: true, configurable: true, writable: true });
  }
}

function ownKeys(value: object): string[] {
  try {
    return Object.keys(value);
  } catch {
    // A proxy that refuses to list its keys has nothing that could be logged.
    return [];
  }
}
