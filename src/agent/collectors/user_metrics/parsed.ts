import type { MetricFamily } from "../../../protocol/mod.ts";

/** What a text of a user's own metrics held. One mistake refuses the whole text: half of it would look complete. */
export interface Parsed {
  readonly families: readonly MetricFamily[];
  /** What is wrong, with the line or the place in the JSON; there are no families then. */
  readonly error?: string;
}

/** What one text may hold. A program that goes wrong must not take the memory of the agent, or of Prometheus. */
export interface MetricLimits {
  readonly families: number;
  readonly series: number;
  readonly labels: number;
  readonly nameLength: number;
  readonly labelValueLength: number;
  readonly helpLength: number;
}

export const METRIC_LIMITS: MetricLimits = {
  families: 1_000,
  series: 10_000,
  labels: 32,
  nameLength: 200,
  labelValueLength: 1_024,
  helpLength: 1_024,
};

/** A mistake in a text; it never leaves this folder. */
export class Mistake extends Error {}

/** Runs a reader of a text and makes its mistake, and no other failure, a result. */
export function outcomeOf(read: () => readonly MetricFamily[]): Parsed {
  try {
    return { families: read() };
  } catch (error) {
    if (error instanceof Mistake) return { families: [], error: error.message };
    throw error;
  }
}
