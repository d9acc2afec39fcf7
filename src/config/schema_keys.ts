import * as z from "zod/mini";

/** One key of the schema, as far as reading text, resolving paths and giving hints need to know it. */
export interface SchemaKey {
  /** `agent.log.level`; the items of a list are `processes[]`, the values of a free mapping `processes[].env.*`. */
  readonly path: string;
  readonly kind: "mapping" | "list" | "number" | "text";
  /** The marker that schema/values.ts gives: time-span, byte-size, path, socket-path, on-off, as-written … */
  readonly format: string;
  /** The words that a choice allows. */
  readonly words: readonly string[];
  /** The keys of a mapping; none where the user chooses the names. */
  readonly children: ReadonlyMap<string, SchemaKey>;
  /** What stands under each name of a mapping whose names the user chooses. */
  readonly values: SchemaKey | null;
  readonly item: SchemaKey | null;
  /** The key of this mapping that a text alone stands for; "" for none. */
  readonly shortForm: string;
  /** True for a secret and for whatever contains one: its value is never shown. */
  readonly secret: boolean;
}

/** Derives the keys from a schema, so that there is no second list to keep in step. */
export function schemaKeys(schema: z.core.$ZodType, path = ""): SchemaKey {
  const { inner, format, secret, shortForm } = unwrap(schema);
  const { def } = inner._zod;
  const children = new Map<string, SchemaKey>();
  if (def.type === "object") {
    for (const [name, child] of Object.entries(def.shape)) children.set(name, schemaKeys(child, join(path, name)));
  }
  const item = def.type === "array" ? schemaKeys(def.element, `${path}[]`) : null;
  const value = def.type === "record" ? schemaKeys(def.valueType, join(path, "*")) : null;
  const nested = [...children.values(), item, value];
  return {
    path,
    kind: kindOf(def.type),
    format,
    words: wordsOf(inner),
    children,
    values: value === null ? null : { ...value, secret: value.secret || secret },
    item,
    shortForm,
    secret: secret || nested.some((key) => key?.secret === true),
  };
}

/** Every key below the given one; lists and names that the user chooses are not entered. */
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
    if (key === undefined) return undefined;
    key = typeof step === "number" ? key.item ?? undefined : childKey(key, String(step));
  }
  return key;
}

/** What the schema says of a name in a mapping. */
export function childKey(key: SchemaKey, name: string): SchemaKey | undefined {
  return key.children.get(name) ?? key.values ?? undefined;
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

interface Unwrapped {
  readonly inner: z.core.$ZodTypes;
  readonly format: string;
  readonly secret: boolean;
  readonly shortForm: string;
}

/** Goes through defaults and transformations to what the user writes, and collects the marks on the way. */
function unwrap(schema: z.core.$ZodType): Unwrapped {
  const meta = z.globalRegistry.get(schema);
  // The union of all schema types is zod's own way to look into a schema.
  const inner = schema as z.core.$ZodTypes;
  const { def } = inner._zod;
  const marks = {
    format: typeof meta?.format === "string" ? meta.format : "",
    secret: meta?.writeOnly === true,
    shortForm: typeof meta?.shortForm === "string" ? meta.shortForm : "",
  };
  const next = def.type === "prefault" ? def.innerType : def.type === "pipe" ? def.in : null;
  if (next === null) return { inner, ...marks };
  const below = unwrap(next);
  return {
    inner: below.inner,
    format: marks.format || below.format,
    secret: marks.secret || below.secret,
    shortForm: marks.shortForm || below.shortForm,
  };
}

function kindOf(type: string): SchemaKey["kind"] {
  if (type === "object" || type === "record") return "mapping";
  if (type === "array") return "list";
  return type === "number" || type === "int" ? "number" : "text";
}

function wordsOf(schema: z.core.$ZodTypes): string[] {
  const { def } = schema._zod;
  if (def.type === "union") return def.options.flatMap((option) => wordsOf(unwrap(option).inner));
  return def.type === "enum" ? Object.values(def.entries).map(String) : [];
}
