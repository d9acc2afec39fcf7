import * as z from "zod/mini";
import { issueProblems } from "./issues.ts";
import { dropEmptySections } from "./layers.ts";
import { managerLayer } from "./manager_layer.ts";
import { isTooDeep, joinPath, toPlain } from "./node.ts";
import type { Problem } from "./problem.ts";
import { configSchema } from "./schema/config.ts";
import { type SchemaKey, schemaKeys } from "./schema_keys.ts";

/** What is wrong with one setting that a manager is to make on its hosts. */
export interface SettingProblem {
  readonly key: string;
  /** A clause that names the key, with what to do about it. */
  readonly message: string;
}

/** Only of sections that no manager may set. */
const NO_FILES = { workDir: "/", pidFile: "/", logFile: "/", socket: "/" };

/**
 * Checks what a manager wants to set on its hosts by the schema that the hosts themselves check it by, so that a bad value
 * is refused where it is made and reaches nobody. Keys are written with dots: `collectors.cpu.interval`.
 */
export function checkDynamicSettings(values: Readonly<Record<string, unknown>>): SettingProblem[] {
  const deep = Object.keys(values).find((key) => isTooDeep(values[key]));
  if (deep !== undefined) return [{ key: deep, message: `${joinPath("", deep)} is nested too deeply` }];
  const { schema, keys } = checker();
  const { root, warnings } = managerLayer(values);
  const given = dropEmptySections(root, keys);
  const parsed = z.safeParse(schema, toPlain(given));
  const issues = parsed.success ? [] : issueProblems(parsed.error.issues, given, keys);
  return [
    ...warnings.map(({ path }) => ({ key: path, message: `${path} is the host's own, and not the manager's to set` })),
    ...issues.map(problemOf),
  ];
}

interface Checker {
  readonly schema: ReturnType<typeof configSchema>;
  readonly keys: SchemaKey;
}

let lastChecker: WeakRef<Checker> | undefined;

/** To make a schema takes longer than to check a rule by it, and to keep it takes memory: so as long as it is there. */
function checker(): Checker {
  const kept = lastChecker?.deref();
  if (kept !== undefined) return kept;
  const schema = configSchema(NO_FILES);
  const made = { schema, keys: schemaKeys(schema) };
  lastChecker = new WeakRef(made);
  return made;
}

function problemOf({ path, message, hint }: Problem): SettingProblem {
  return { key: path, message: hint === null ? message : `${message}; ${hint}` };
}
