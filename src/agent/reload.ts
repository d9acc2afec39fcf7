import { type Config, configDifference, type LoadedConfig } from "../config/mod.ts";
import type { ReloadReport } from "../protocol/mod.ts";

/** One key that can change while the agent runs. */
export interface LiveKey {
  readonly key: string;
  apply(config: Config): void;
}

export interface Reloader {
  current(): LoadedConfig;
  loadedMs(): number;
  reload(): Promise<ReloadReport>;
}

/**
 * Reads the config again and applies what is live. A bad file throws and changes nothing. What needs a restart is
 * named, and goes on being named by later reloads until the restart happens, because it is compared with what runs.
 */
export function createReloader(
  { initial, load, live, nowMs }: {
    initial: LoadedConfig;
    load: () => Promise<LoadedConfig>;
    live: readonly LiveKey[];
    nowMs: () => number;
  },
): Reloader {
  let current = initial;
  let loadedMs = nowMs();
  return {
    current: () => current,
    loadedMs: () => loadedMs,
    async reload() {
      const next = await load();
      const applied: string[] = [];
      for (const key of configDifference(current.config, next.config)) {
        const target = live.find((candidate) => candidate.key === key);
        if (target === undefined) continue;
        target.apply(next.config);
        applied.push(key);
      }
      const needsRestart = configDifference(initial.config, next.config)
        .filter((key) => !live.some((candidate) => candidate.key === key));
      current = next;
      loadedMs = nowMs();
      return { file: next.file, applied, needsRestart, warnings: [...next.warnings] };
    },
  };
}
