import type { LoadedConfig } from "../config/mod.ts";

/**
 * Files and folders of the agent that nobody may reach by way of `/v1/files`: what it is known by, what its secrets are in,
 * and what decides about its policy, which no request may widen.
 */
export function ownPaths({ config, file }: Pick<LoadedConfig, "config" | "file">, program: string | null): string[] {
  const { agent, manager, metrics } = config;
  return [
    agent.work_dir,
    agent.pid_file,
    agent.control.socket,
    agent.control.token_file,
    manager.token_file,
    manager.key_file,
    metrics.token_file,
    metrics.otlp.headers_file,
    file ?? "",
    program ?? "",
  ].filter((path) => path !== "");
}
