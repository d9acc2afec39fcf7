/** What one session may cost. Everything that a peer could make grow is in here. */
export interface TunnelLimits {
  /** Streams that each side may have open towards the other; more are reset. */
  readonly maxStreams: number;
  /** How much each stream may receive before it is read; yamux allows no less than 256 KiB. */
  readonly windowBytes: number;
  readonly maxHeadBytes: number;
  readonly maxHeaders: number;
  /** Requests of the other side that are handled at a time; more are answered 503. */
  readonly maxServed: number;
}

export const DEFAULT_LIMITS: TunnelLimits = {
  maxStreams: 256,
  windowBytes: 256 * 1024,
  maxHeadBytes: 64 * 1024,
  maxHeaders: 128,
  maxServed: 256,
};
