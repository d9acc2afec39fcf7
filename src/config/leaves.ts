import { ByteSize, Duration, Secret } from "../core/mod.ts";
import { joinPath, type Path, quoted } from "./node.ts";

export interface Leaf {
  readonly path: Path;
  readonly value: unknown;
}

/**
 * Every value of a config that is not itself a section; a list of plain values is one leaf, one of sections is not. A
 * mapping whose names the user chooses is one only where it is empty.
 */
export function* leavesOf(value: unknown, path: Path = []): Generator<Leaf> {
  if (Array.isArray(value) && value.some(isSection)) {
    for (const [index, item] of value.entries()) yield* leavesOf(item, [...path, index]);
  } else if (isSection(value) && Object.keys(value).length > 0) {
    for (const [name, child] of Object.entries(value)) yield* leavesOf(child, [...path, name]);
  } else {
    yield { path, value };
  }
}

/** `processes[0].restart.policy` */
export function pathText(path: Path): string {
  return path.reduce<string>(joinPath, "");
}

export function isSection(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return !(value instanceof Duration || value instanceof ByteSize || value instanceof Secret);
}

/** The user name and password that an address can contain are as secret as any other. */
export function withoutUserInfo(text: string): string {
  return text.replace(/\/\/[^/?#\s]*@/g, "//[redacted]@");
}

/** A text as a message quotes it. */
export function quotedValue(text: string): string {
  return quoted(withoutUserInfo(text));
}
