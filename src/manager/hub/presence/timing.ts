/** By what times a host's state is judged. */
export interface Timing {
  /** Silent for so long it is unreachable. */
  readonly unreachableAfterMs: number;
  /** Silent for so long it is offline. */
  readonly offlineAfterMs: number;
  /** More changes than that within the window are too many; 0 for never. */
  readonly flapLimit: number;
  readonly flapWindowMs: number;
  /** How long it must be steady before it is believed again. */
  readonly flapHoldMs: number;
}

/** What a rule of the settings, or the config, says; null where it says nothing. */
export type WantedTimes = { readonly [Key in keyof Timing]: number | null };

/** A connection that is lost may be back at once; only then is it worth telling. */
export const LOST_GRACE_MS = 5_000;

const MISSED_INTERVALS = 2.5;
const FURTHER_INTERVALS = 3;
const FURTHER_MS = 5_000;
/** Whoever wants it sharper than a late heartbeat allows would see hosts come and go. */
const LEAST_INTERVALS = 1.5;
const FLAP_LIMIT = 6;
const FLAP_WINDOW_MS = 600_000;
const FLAP_HOLD_MS = 300_000;

/**
 * The deadlines of a host that reports at this interval. What a rule says of hosts like this one is taken as it is said;
 * what the config says of all is the least, because a host that reports seldom is silent for longer.
 */
export function timingOf(intervalMs: number, rule: WantedTimes, config: Partial<Timing>): Timing {
  const usualMs = Math.max(config.unreachableAfterMs ?? 0, intervalMs * MISSED_INTERVALS);
  const unreachableAfterMs = Math.max(rule.unreachableAfterMs ?? usualMs, intervalMs * LEAST_INTERVALS);
  const furtherMs = unreachableAfterMs + intervalMs * FURTHER_INTERVALS + FURTHER_MS;
  const offlineAfterMs = rule.offlineAfterMs ?? Math.max(config.offlineAfterMs ?? 0, furtherMs);
  return {
    unreachableAfterMs,
    offlineAfterMs: Math.max(offlineAfterMs, unreachableAfterMs + 1_000),
    flapLimit: rule.flapLimit ?? config.flapLimit ?? FLAP_LIMIT,
    flapWindowMs: rule.flapWindowMs ?? config.flapWindowMs ?? FLAP_WINDOW_MS,
    flapHoldMs: rule.flapHoldMs ?? config.flapHoldMs ?? FLAP_HOLD_MS,
  };
}
