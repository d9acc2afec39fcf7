import * as z from "zod/mini";
import { configSchema } from "./schema/config.ts";
import { managerConfigSchema } from "./schema/server/manager.ts";

/** Stands for a default that the platform decides, so that the published schema can leave it out. */
const BY_PLATFORM = "(by platform)";

const DEFAULTS = { workDir: BY_PLATFORM, pidFile: BY_PLATFORM, logFile: BY_PLATFORM, socket: BY_PLATFORM };

/** The JSON schema of an agent's config file, for editors. Written to configs/agent.schema.json. */
export function configJsonSchema(): Record<string, unknown> {
  return jsonSchemaOf(configSchema(DEFAULTS), "Configuration of the Farhand agent");
}

/** The same of a manager's; configs/manager.schema.json. */
export function managerJsonSchema(): Record<string, unknown> {
  return jsonSchemaOf(managerConfigSchema(DEFAULTS), "Configuration of the Farhand manager");
}

function jsonSchemaOf(schema: z.ZodMiniType, title: string): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io: "input",
    override: ({ jsonSchema, path }) => {
      // A section defaults to its keys' defaults, which stand there already.
      if (jsonSchema.default === BY_PLATFORM || jsonSchema.properties !== undefined) delete jsonSchema.default;
      // `agent:` with nothing under it is as good as absent.
      const isNamed = path.at(-2) === "properties";
      const mayBeEmpty = jsonSchema.type === "object" || jsonSchema.type === "array";
      if (isNamed && mayBeEmpty) Object.assign(jsonSchema, { type: [jsonSchema.type, "null"] });
      allowShortForm(jsonSchema);
    },
  });
  return { $schema, title, ...rest };
}

/** A mapping that may be written as the value of one of its keys alone. */
function allowShortForm(jsonSchema: z.core.JSONSchema.JSONSchema): void {
  const { shortForm, ...mapping } = jsonSchema;
  const short = typeof shortForm === "string" ? mapping.properties?.[shortForm] : undefined;
  if (short === undefined) return;
  for (const name of Object.keys(jsonSchema)) delete jsonSchema[name];
  Object.assign(jsonSchema, { anyOf: [short, mapping] });
}
