interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly unknown[];
  readonly oneOf?: readonly unknown[];
  readonly items?: unknown;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly description?: string;
  readonly $ref?: string;
}

const MAX_DEPTH = 12;

/** A JSON schema in the words of a reader: like the value that it describes, with types in place of values. */
export function schemaText(schema: unknown, indent = "", depth = 0): string {
  if (typeof schema !== "object" || schema === null || depth > MAX_DEPTH) return "any";
  const { const: value, enum: values, anyOf, oneOf, type, items, properties, additionalProperties, $ref } =
    schema as Schema;
  if ($ref !== undefined) return $ref.split("/").at(-1) ?? "any";
  if (value !== undefined) return JSON.stringify(value);
  if (values !== undefined) return values.map((each) => JSON.stringify(each)).join(" | ");
  const options = anyOf ?? oneOf;
  if (options !== undefined) return options.map((each) => schemaText(each, indent, depth + 1)).join(" | ");
  if (properties !== undefined) return objectText(schema as Schema, indent, depth);
  if (items !== undefined) return `[${schemaText(items, indent, depth + 1)}]`;
  if (type === "object" && typeof additionalProperties === "object") {
    return `{ [name]: ${schemaText(additionalProperties, indent, depth + 1)} }`;
  }
  return type === undefined ? "any" : [type].flat().join(" | ");
}

function objectText({ properties = {}, required = [] }: Schema, indent: string, depth: number): string {
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(([name, member]) => {
    const { description } = member as Schema;
    const note = description === undefined ? "" : `  // ${description}`;
    return `${inner}${name}${required.includes(name) ? "" : "?"}: ${schemaText(member, inner, depth + 1)}${note}`;
  });
  return lines.length === 0 ? "{}" : `{\n${lines.join("\n")}\n${indent}}`;
}
