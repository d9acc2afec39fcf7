import { AppError } from "../../core/mod.ts";
import { type FleetSearchQuery, SEARCH_DEFAULTS, SEARCH_LIMITS } from "../../protocol/mod.ts";
import { durationOption } from "../command.ts";
import { sinceOption } from "../since.ts";

export interface GrepOptions {
  readonly regex?: boolean;
  readonly ignoreCase?: boolean;
  readonly process?: string;
  readonly file?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit?: string;
  readonly beforeContext?: string;
  readonly afterContext?: string;
  readonly context?: string;
  readonly timeout?: string;
  /** False with `--no-prefix`. */
  readonly prefix: boolean;
}

/** What is asked of the agent, or of the manager. */
export function queryOf(
  pattern: string,
  options: GrepOptions,
  host: string | undefined,
  nowMs: number,
): FleetSearchQuery {
  const { regex, ignoreCase, process, file, since, until, context, timeout } = options;
  const { beforeContext = context, afterContext = context } = options;
  const before = countOption("--before-context", beforeContext, 0, SEARCH_LIMITS.contextLines);
  const after = countOption("--after-context", afterContext, 0, SEARCH_LIMITS.contextLines);
  return {
    pattern,
    ...(regex === true && { regex: "true" }),
    ...(ignoreCase === true && { ignoreCase: "true" }),
    ...(process !== undefined && { process }),
    ...(file !== undefined && { file }),
    ...(since !== undefined && { since: sinceOption(since, nowMs) }),
    ...(until !== undefined && { until: sinceOption(until, nowMs, "--until") }),
    limit: String(limitOf(options)),
    ...(before > 0 && { before: String(before) }),
    ...(after > 0 && { after: String(after) }),
    timeoutMs: String(timeout === undefined ? SEARCH_DEFAULTS.timeoutMs : timeoutOption(timeout)),
    ...(host !== undefined && { select: host }),
  };
}

export function limitOf({ limit }: GrepOptions): number {
  return limit === undefined ? SEARCH_DEFAULTS.matches : countOption("--limit", limit, 1, SEARCH_LIMITS.matches);
}

function timeoutOption(text: string): number {
  const { ms } = durationOption(text);
  if (ms > 0 && ms <= SEARCH_LIMITS.timeoutMs) return ms;
  throw new AppError(
    "invalid_input",
    `--timeout is ${SEARCH_LIMITS.timeoutMs / 60_000} minutes at most, got "${text}"`,
  );
}

function countOption(option: string, text: string | undefined, least: number, most: number): number {
  if (text === undefined) return least;
  if (/^\d{1,7}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
  throw new AppError("invalid_input", `${option} must be a number from ${least} to ${most}, got "${text}"`);
}
