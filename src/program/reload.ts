import { configDifference, type Loaded } from "../config/mod.ts";
import { messageOf } from "../core/mod.ts";
import type { Logger } from "../log/mod.ts";
import type { ReloadReport } from "../protocol/mod.ts";

/** One key, or one section with all its keys, that can change while the program runs. */
export interface LiveKey<C> {
  readonly key: string;
  /** Called once for a section, however many of its keys have changed. */
  apply(config: C): void;
}

export interface Reloader<C> {
  current(): Loaded<C>;
  loadedMs(): number;
  /** Logs how it went, besides telling its caller. */
  reload(): Promise<ReloadReport>;
}

export interface ReloaderOptions<C> {
  readonly initial: Loaded<C>;
  readonly load: () => Promise<Loaded<C>>;
  readonly live: readonly LiveKey<C>[];
  readonly nowMs: () => number;
  readonly log: Logger;
}

/**
 * Reads the config again and applies what is live. A bad file throws and changes nothing. What needs a restart is
 * named, and goes on being named by later reloads until the restart happens, because it is compared with what runs.
 * One reload follows another, so that the last one asked for decides, however long each takes to read its file.
 */
export function createReloader<C extends object>(options: ReloaderOptions<C>): Reloader<C> {
  const { initial, load, live, nowMs, log } = options;
  let current = initial;
  let loadedMs = nowMs();
  let last: Promise<unknown> = Promise.resolve();

  async function reloadOnce(): Promise<ReloadReport> {
    const next = await load();
    const changed = configDifference(current.config, next.config);
    const targets = live.filter((target) => changed.some((key) => covers(target.key, key)));
    for (const target of targets) target.apply(next.config);
    current = next;
    loadedMs = nowMs();
    const applied = changed.filter((key) => targets.some((target) => covers(target.key, key)));
    const needsRestart = configDifference(initial.config, next.config)
      .filter((key) => !live.some((candidate) => covers(candidate.key, key)));
    log.info("config reloaded", { file: next.file, applied, needsRestart });
    return { file: next.file, applied, needsRestart, warnings: [...next.warnings] };
  }

  return {
    current: () => current,
    loadedMs: () => loadedMs,
    reload() {
      const reloading = last.then(reloadOnce);
      last = reloading.catch((error) => {
        log.error("config not reloaded; the old one stays in force", { reason: messageOf(error) });
      });
      return reloading;
    },
  };
}

function covers(live: string, key: string): boolean {
  return key === live || key.startsWith(`${live}.`);
}
