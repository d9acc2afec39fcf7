import { loadConfig, type LoadedConfig } from "../../src/config/mod.ts";
import { pathsUnder } from "../../src/platform/mod.ts";

/** The config of an agent whose files are all in `dir`; `set` is what `--set` would say. */
export function configIn(dir: string, ...set: readonly string[]): Promise<LoadedConfig> {
  return loadConfig({ file: null, fileRequired: false, env: {}, flags: { set }, defaults: pathsUnder(dir), cwd: dir });
}
