import { Duration } from "../../core/mod.ts";

/** What rules say of how the manager itself judges a host; null where none does. */
export interface HostTimes {
  /** How long it may be silent before it is unreachable. */
  readonly unreachableAfterMs: number | null;
  /** How long it may be silent before it is offline. */
  readonly offlineAfterMs: number | null;
  /** How many changes of its state in the window make it flapping; 0 for never. */
  readonly flapLimit: number | null;
  readonly flapWindowMs: number | null;
  /** How long it must be well before it is believed again. */
  readonly flapHoldMs: number | null;
}

interface ManagerKey {
  readonly field: keyof HostTimes;
  /** The number that a value stands for, or null for none. */
  read(value: unknown): number | null;
  /** The clause that follows the key when it is none. */
  readonly clause: string;
  readonly kind: "duration" | "number";
  /** For who sets it. */
  readonly description: string;
}

const DAY_MS = 24 * 3_600_000;

function durationKey(field: keyof HostTimes, minMs: number, description: string): ManagerKey {
  const clause = `must be a duration from ${new Duration(minMs)} to 1d, such as 90s`;
  const read = (value: unknown): number | null => {
    const ms = typeof value === "string" ? Duration.parse(value)?.ms ?? -1 : -1;
    return ms >= minMs && ms <= DAY_MS ? ms : null;
  };
  return { field, read, clause, kind: "duration", description };
}

const FLAP_LIMIT: ManagerKey = {
  field: "flapLimit",
  read: (value) => typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 1_000 ? value : null,
  clause: "must be a whole number from 0 to 1000, 0 for never",
  kind: "number",
  description: "How many changes of its state within hosts.flap_window make a host flapping; 0 for never.",
};

/** Keys that are about a host and stay with the manager; no agent is told them. */
export const MANAGER_KEYS: ReadonlyMap<string, ManagerKey> = new Map([
  [
    "hosts.unreachable_after",
    durationKey("unreachableAfterMs", 2_000, "How long a host may be silent before it is unreachable."),
  ],
  ["hosts.offline_after", durationKey("offlineAfterMs", 3_000, "How long a host may be silent before it is offline.")],
  ["hosts.flap_limit", FLAP_LIMIT],
  ["hosts.flap_window", durationKey("flapWindowMs", 10_000, "The time in which changes of state are counted.")],
  [
    "hosts.flap_hold",
    durationKey("flapHoldMs", 1_000, "How long a flapping host must be well before it is believed again."),
  ],
]);

export const NO_TIMES: HostTimes = {
  unreachableAfterMs: null,
  offlineAfterMs: null,
  flapLimit: null,
  flapWindowMs: null,
  flapHoldMs: null,
};

export function timesOf(values: ReadonlyMap<string, unknown>): HostTimes {
  const times: Record<keyof HostTimes, number | null> = { ...NO_TIMES };
  for (const [name, key] of MANAGER_KEYS) {
    const value = values.get(name);
    if (value !== undefined) times[key.field] = key.read(value);
  }
  return times;
}
