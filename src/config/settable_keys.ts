import { configJsonSchema } from "./json_schema.ts";
import { managerLayer } from "./manager_layer.ts";

export const SETTABLE_KINDS = ["duration", "size", "switch", "choice", "number", "list", "text"] as const;

/** A key that a manager may set on its hosts, as an editor shows it. */
export interface SettableKey {
  readonly key: string;
  readonly kind: (typeof SETTABLE_KINDS)[number];
  /** Of a choice. */
  readonly words?: readonly string[];
  readonly default: unknown;
  readonly description: string;
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
}

/** All of them, in the order of the schema; asked of the layer itself, so that there is no second list to keep in step. */
export function settableKeys(): SettableKey[] {
  return [...leaves(configJsonSchema(), "")].filter(({ key, default: value }) =>
    managerLayer({ [key]: value }).warnings.length === 0
  );
}

function* leaves(schema: JsonSchema, path: string): Generator<SettableKey> {
  for (const [name, child] of Object.entries(schema.properties ?? {})) {
    const key = path === "" ? name : `${path}.${name}`;
    if (child.properties !== undefined) yield* leaves(child, key);
    else yield settableKey(key, child);
  }
}

function settableKey(key: string, schema: JsonSchema): SettableKey {
  const kind = kindOf(schema);
  return {
    key,
    kind,
    ...kind === "choice" && { words: (schema.enum ?? []).map(String) },
    default: schema.default ?? null,
    description: schema.description ?? "",
  };
}

function kindOf({ format, type = "string", enum: words }: JsonSchema): SettableKey["kind"] {
  if (format === "time-span") return "duration";
  if (format === "byte-size") return "size";
  if (format === "on-off") return "switch";
  if (words !== undefined) return "choice";
  const types = [type].flat();
  if (types.includes("array")) return "list";
  return types.includes("integer") || types.includes("number") ? "number" : "text";
}
