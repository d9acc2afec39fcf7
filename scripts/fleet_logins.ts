/** How fast hosts have connected, out of how many did in each part of time. */
import { LOGIN_SLOT_MS } from "./fleet_messages.ts";

const SLOTS_PER_SECOND = 1_000 / LOGIN_SLOT_MS;

export interface LoginRates {
  readonly count: number;
  /** In the busiest second, wherever that begins. */
  readonly peakPerSecond: number;
  /** From the first to the last. */
  readonly meanPerSecond: number;
}

export function loginRates(logins: ReadonlyMap<number, number>): LoginRates {
  const slots = [...logins].sort(([a], [b]) => a - b);
  const count = slots.reduce((sum, [, logged]) => sum + logged, 0);
  const [first, last] = [slots.at(0)?.[0] ?? 0, slots.at(-1)?.[0] ?? 0];
  let [peak, inWindow, oldest] = [0, 0, 0];
  for (const [slot, logged] of slots) {
    inWindow += logged;
    for (let left = slots[oldest]; left !== undefined && left[0] <= slot - SLOTS_PER_SECOND; left = slots[++oldest]) {
      inWindow -= left[1];
    }
    peak = Math.max(peak, inWindow);
  }
  return { count, peakPerSecond: peak, meanPerSecond: count / ((last - first + 1) / SLOTS_PER_SECOND) };
}
