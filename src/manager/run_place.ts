import type { ManagerConfig } from "../config/mod.ts";
import type { RateLimit } from "../log/mod.ts";
import type { ProgramPlace } from "../program/mod.ts";

/** Where a manager keeps its files and its log. */
export function placeOf(config: ManagerConfig): ProgramPlace {
  const { level, file, max_size: maxSize, max_files: maxFiles } = config.log;
  const log = { level, file, maxBytes: maxSize.bytes, keep: maxFiles - 1, rateLimit: rateLimitOf(config) };
  return { dir: config.data_dir, log };
}

/** `log.rate_limit` as the logger takes it; 0 is no limit. */
export function rateLimitOf({ log }: ManagerConfig): RateLimit | null {
  return log.rate_limit === 0 ? null : { perSecond: log.rate_limit };
}
