import * as z from "zod/mini";

/** One key of the schema, as far as reading text, resolving paths and giving hints need to know it. */
export interface SchemaKey {
  /** `agent.log.level`; the items of a list are `processes[]`. */
  readonly path: string;
  readonly kind: "mapping" | "list" | "number" | "text";
  /** The marker that schema/values.ts gives: time-span, byte-size, path, socket-path, on-off … */
  readonly format: string;
  /** The words that a choice allows. */
  readonly words: readonly string[];
  readonly children: ReadonlyMap<string, SchemaKey>;
  readonly item: SchemaKey | null;
  /** True for a secret and for whatever contains one: its value is never shown. */
  readonly secret: boolean;
}

/** Derives the keys from a schema, so that there is no second list to keep in step. */
export function schemaKeys(schema: z.core.$ZodType, path = ""): SchemaKey {
  const { inner, format, secret } = unwrap(schema);
  const { def } = inner._zod;
  const children = new Map<string, SchemaKey>();
  if (def.type === "object") {
    for (const [name, child] of Object.entries(def.shape)) children.set(name, schemaKeys(child, join(path, name)));
  }
  const item = def.type === "array" ? schemaKeys(def.element, `${path}[]`) : null;
  const nested = item === null ? [...children.values()] : [item];
  return {
    path,
    kind: kindOf(def.type),
    format,
    words: wordsOf(inner),
    children,
    item,
    secret: secret || nested.some((key) => key.secret),
  };
}

/** Every key below the given one, lists not entered. */
export function* keysBelow(from: SchemaKey): Generator<SchemaKey> {
  for (const child of from.children.values()) {
    yield child;
    yield* keysBelow(child);
  }
}

/** The key at a path such as ["processes", 0, "id"], or undefined where the schema has none. */
export function keyAt(from: SchemaKey, path: readonly PropertyKey[]): SchemaKey | undefined {
  let key: SchemaKey | undefined = from;
  for (const step of path) {
    key = typeof step === "number" ? key?.item ?? undefined : key?.children.get(String(step));
  }
  return key;
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

/** Goes through defaults and transformations to what the user writes, and collects the marks on the way. */
function unwrap(schema: z.core.$ZodType): { inner: z.core.$ZodTypes; format: string; secret: boolean } {
  const meta = z.globalRegistry.get(schema);
  // The union of all schema types is zod's own way to look into a schema.
  const inner = schema as z.core.$ZodTypes;
  const { def } = inner._zod;
  const marks = { format: typeof meta?.format === "string" ? meta.format : "", secret: meta?.writeOnly === true };
  const next = def.type === "prefault" ? def.innerType : def.type === "pipe" ? def.in : null;
  if (next === null) return { inner, ...marks };
  const below = unwrap(next);
  return { inner: below.inner, format: marks.format || below.format, secret: marks.secret || below.secret };
}

function kindOf(type: string): SchemaKey["kind"] {
  if (type === "object") return "mapping";
  if (type === "array") return "list";
  return type === "number" || type === "int" ? "number" : "text";
}

function wordsOf(schema: z.core.$ZodTypes): string[] {
  const { def } = schema._zod;
  if (def.type === "union") return def.options.flatMap((option) => wordsOf(unwrap(option).inner));
  return def.type === "enum" ? Object.values(def.entries).map(String) : [];
}
