import { Buffer } from "node:buffer";
import { AppError } from "../../../core/mod.ts";

/** Where a list was left: what its last item was ordered by, and its id, so that an item that has gone is not missed. */
export interface Position<Key extends string | number = string | number> {
  readonly key: Key;
  readonly id: string;
}

/** `order` names the list and its order, so that a cursor of another one is refused instead of misread. */
export function cursorText(order: string, { key, id }: Position): string {
  return Buffer.from(JSON.stringify([order, key, id])).toString("base64url");
}

export function positionOf(order: string, cursor: string): Position {
  const parts = read(cursor);
  if (Array.isArray(parts) && parts.length === 3) {
    const [of, key, id] = parts as unknown[];
    if (of === order && (typeof key === "string" || Number.isFinite(key)) && typeof id === "string") {
      return { key: key as string | number, id };
    }
  }
  throw new AppError("invalid_input", "cursor must be the `next` of an earlier answer to the same question");
}

function read(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    // It says nothing; the caller is told that it is no cursor.
    return null;
  }
}
