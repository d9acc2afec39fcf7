/**
 * What the browser keeps for this console. It may be forbidden, full, or written by another version, so nothing here
 * throws, and what was kept is looked at before it is believed. No secret goes here.
 */

const PREFIX = "farhand.";

export function stored<T>(key: string, isGood: (value: unknown) => value is T, fallback: T): T {
  try {
    const text = globalThis.localStorage?.getItem(PREFIX + key) ?? null;
    if (text === null) return fallback;
    const value: unknown = JSON.parse(text);
    return isGood(value) ? value : fallback;
  } catch {
    // Forbidden, or not JSON: as if nothing had been kept.
    return fallback;
  }
}

export function store(key: string, value: unknown): void {
  try {
    globalThis.localStorage?.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // Forbidden or full: the choice then holds until the page is left.
  }
}

export const isText = (value: unknown): value is string => typeof value === "string";
