/** `deno task gen [--check]`: writes the generated files, or with --check says which are stale and exits 1. */
import { parseArgs } from "node:util";
import { configJsonSchema, managerJsonSchema, settableKeys } from "../src/config/mod.ts";
import { MANAGER_KEYS } from "../src/manager/settings/mod.ts";
import { ROOT, runScript } from "./support.ts";

interface Generator {
  /** The generated file, from the repository's root. */
  readonly path: string;
  make(): string;
}

/** To add one more generated file, add a line here. */
const GENERATORS: readonly Generator[] = [
  { path: "configs/agent.schema.json", make: () => `${JSON.stringify(configJsonSchema(), null, 2)}\n` },
  { path: "configs/manager.schema.json", make: () => `${JSON.stringify(managerJsonSchema(), null, 2)}\n` },
  { path: "src/console/pages/settings/known_keys.json", make: () => `${JSON.stringify(knownKeys(), null, 2)}\n` },
];

/** What the console's editor of settings offers: the manager's own keys and those of its hosts. */
function knownKeys(): readonly object[] {
  const own = [...MANAGER_KEYS].map(([key, { kind, description }]) => ({ key, kind, default: null, description }));
  return [...own, ...settableKeys()];
}

async function current(path: string): Promise<string | undefined> {
  try {
    // A checkout on Windows may have turned the line endings.
    return (await Deno.readTextFile(new URL(path, ROOT))).replaceAll("\r\n", "\n");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({ args: Deno.args, options: { check: { type: "boolean", default: false } } });
  let stale = 0;
  for (const { path, make } of GENERATORS) {
    const text = make();
    if (await current(path) === text) continue;
    stale++;
    if (values.check) console.error(`gen: ${path} is stale; run \`deno task gen\` and commit it`);
    else {
      await Deno.writeTextFile(new URL(path, ROOT), text);
      console.log(`wrote ${path}`);
    }
  }
  if (stale === 0) console.log(`${GENERATORS.length} generated files are up to date`);
  return values.check && stale > 0 ? 1 : 0;
}

if (import.meta.main) await runScript("gen", main);
