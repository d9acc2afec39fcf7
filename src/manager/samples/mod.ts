/**
 * manager/samples (L3): the last day of every host's fleet series, in memory: an hour at the host's own interval, 24 hours
 * by the minute. Nothing of it touches the database; after a restart the agents' own histories refill it.
 *
 * Lifecycle: none of its own; `Samples` is a value that the hub feeds and trims by `prune`, and whoever asks reads. What a
 * host has taken is free again at once when it is removed. All rows of all hosts live in one pool of equal chunks
 * (chunk_pool.ts) below one limit; where that would not do, the resolution of all is lowered (resolution.ts) and told.
 *
 * To add one more series: a name in FLEET_SERIES of protocol; nothing here knows what they mean.
 *
 * May import: core, protocol.
 *
 * @module
 */
export { type LatestRow, Samples, type SamplesOptions, type SamplesReport } from "./samples.ts";
export type { RangeQuery } from "./range.ts";
