import assert from "node:assert/strict";
import { type ConfigDefaults, loadConfig, type LoadedConfig, type LoadOptions } from "../../src/config/mod.ts";
import { AppError } from "../../src/core/mod.ts";

export const DEFAULTS: ConfigDefaults = {
  workDir: "/var/lib/farhand",
  pidFile: "/run/farhand/agent.pid",
  logFile: "/var/log/farhand/agent.log",
  socket: "/run/farhand/agent.sock",
};

/** What loads a file and nothing else: no variables, no flags. */
export function fileOptions(file: string): LoadOptions {
  return { file, fileRequired: true, env: {}, defaults: DEFAULTS, cwd: "/" };
}

export function loadFile(file: string): Promise<LoadedConfig> {
  return loadConfig(fileOptions(file));
}

/** The error with which a config is refused. */
export async function refusal(options: LoadOptions): Promise<AppError> {
  try {
    await loadConfig(options);
  } catch (thrown) {
    assert(thrown instanceof AppError, String(thrown));
    assert.equal(thrown.code, "invalid_config");
    return thrown;
  }
  return assert.fail(`${options.file ?? "the config"} was accepted`);
}

/** The message with which a file is refused, with `{file}` for its path. */
export async function complaint(file: string): Promise<string> {
  return (await refusal(fileOptions(file))).message.replaceAll(file, "{file}");
}
