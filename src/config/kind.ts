import type * as z from "zod/mini";
import type { MapNode } from "./node.ts";
import type { Problem } from "./problem.ts";
import type { ConfigDefaults } from "./schema/agent.ts";
import type { SchemaKey } from "./schema_keys.ts";

/** How messages and variables name a configuration. */
export interface ConfigWords {
  readonly program: "agent" | "manager";
  readonly envPrefix: "AGENT_" | "MANAGER_";
  /** What `--help` of `--set` and its errors show. */
  readonly exampleSet: string;
  readonly schemaCommand: string;
}

/** Where the keys of a program's own files stand. */
export interface FileKeys {
  /** The directory, whose choice moves the other files along. */
  readonly dir: readonly string[];
  readonly pidFile: readonly string[];
  readonly logFile: readonly string[];
  readonly socket: readonly string[];
}

/** A file of the program that this one replaces, told in our keys. */
export interface Translation {
  readonly root: MapNode;
  readonly problems: readonly Problem[];
  /** The old daemon ignored keys that it did not know, so they do not make its file invalid. */
  readonly warnings: readonly Problem[];
}

/** What is set while everything runs, as a layer; what may not be set so is left out, with a warning. */
export interface SettingsLayer {
  readonly root: MapNode;
  readonly warnings: readonly Problem[];
}

/** One of the configurations that the loader can load: the agent's, the manager's. */
export interface ConfigKind<S extends z.ZodMiniType> {
  readonly words: ConfigWords;
  readonly files: FileKeys;
  schema(defaults: ConfigDefaults): S;
  /** Null for a file that needs no translation. */
  translate(root: MapNode, keys: SchemaKey): Translation | null;
  settings(dynamic: Readonly<Record<string, unknown>>): SettingsLayer;
  /** Fills in what one key takes from another; paths are made absolute besides. */
  complete(root: MapNode, keys: SchemaKey): MapNode;
  /** The rules that concern several keys at once. */
  rules(root: MapNode, keys: SchemaKey, defaults: ConfigDefaults): Problem[];
}
