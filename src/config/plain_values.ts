import { ByteSize, Duration, Secret } from "../core/mod.ts";
import { isSection } from "./leaves.ts";

/** A part of the effective config as its author could have written it, secrets included. */
export function plainValues(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (value instanceof Duration || value instanceof ByteSize) return String(value);
  if (Array.isArray(value)) return value.map(plainValues);
  if (!isSection(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, plainValues(child)]));
}
