import { join } from "node:path";
import { AppError, messageOf } from "../core/mod.ts";
import { loadConfig, type LoadedConfig, type LoadOptions } from "./load.ts";

/** What a manager has set on this host, as the agent remembers it for the time without the manager. */
export interface KeptSettings {
  /** Whose they are. */
  readonly managerId: string;
  readonly version: number;
  readonly values: Readonly<Record<string, unknown>>;
}

const FILE = "settings.json";
const MAX_BYTES = 1024 * 1024;

/** Where an agent keeps them. */
export function keptSettingsPath(workDir: string): string {
  return join(workDir, FILE);
}

/** Null when there are none; throws an AppError for a file that cannot be read or is not what an agent writes. */
export async function readKeptSettings(workDir: string): Promise<KeptSettings | null> {
  const path = keptSettingsPath(workDir);
  try {
    const { size } = await Deno.stat(path);
    if (size > MAX_BYTES) throw new Error(`it has ${size} bytes`);
    return parse(JSON.parse(await Deno.readTextFile(path)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new AppError("invalid_config", `Cannot read the manager's settings in ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function parse(value: unknown): KeptSettings {
  const { managerId, version, values } = (value ?? {}) as Record<string, unknown>;
  const isTree = typeof values === "object" && values !== null && !Array.isArray(values);
  if (typeof managerId !== "string" || typeof version !== "number" || !isTree) {
    throw new Error("it is not what an agent has written");
  }
  return { managerId, version, values: values as KeptSettings["values"] };
}

/**
 * The effective configuration of a host, the settings included that its manager has made when it was last connected. What
 * of them is bad is no reason not to start: then they are left out, all of them, with a warning. Settings that are given in
 * `options` are tried instead, and a bad one throws.
 */
export async function loadManagedConfig(options: LoadOptions): Promise<LoadedConfig> {
  const plain = await loadConfig(options);
  const { agent, manager } = plain.config;
  if (options.dynamic !== undefined || manager.address === "") return plain;
  try {
    const kept = await readKeptSettings(agent.work_dir);
    return kept === null ? plain : await loadConfig({ ...options, dynamic: kept.values });
  } catch (error) {
    const warning = `the manager's settings are ignored: ${messageOf(error)}`;
    return { ...plain, warnings: [...plain.warnings, warning] };
  }
}
