/**
 * What a host answers comes to the browser as the host has sent it: it may be anything. These make of it what a page can
 * show without failing; what is not as its schema says is as good as absent.
 */

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

export function listOf(value: unknown, max: number): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, max) : [];
}

/** The records of a list; what is none is left out. */
export function recordsOf(value: unknown, max: number): readonly Readonly<Record<string, unknown>>[] {
  return listOf(value, max).filter(isRecord);
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function optionalText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function textsOf(value: unknown, max: number): string[] {
  return listOf(value, max).map(textOf);
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

export function textMapOf(value: unknown, max: number): Record<string, string> {
  return Object.fromEntries(Object.entries(recordOf(value)).slice(0, max).map(([key, each]) => [key, textOf(each)]));
}

/** The properties that have a value: what was not measured is absent. */
export function present<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
