import type { Clock } from "../../../core/mod.ts";
import type { Logger } from "../../../log/mod.ts";
import type { Beat, HeartbeatPorts } from "./contract.ts";

export interface BeatRelayOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly ports: HeartbeatPorts;
}

/** How often the supervisor hears of one process at most; the first beat after a pause it hears at once. */
const GAP_MS = 100;

interface Track {
  deliveredMs: number;
  pending: Beat | null;
}

/** Stands between those who send beats, however many, and the supervisor. Holds one beat for each process at most. */
export class BeatRelay {
  readonly #options: BeatRelayOptions;
  /** Of the processes that were heard of within the last gap, and none else. */
  readonly #tracks = new Map<string, Track>();
  #ticking: AbortController | null = null;

  constructor(options: BeatRelayOptions) {
    this.#options = options;
  }

  take(id: string, beat: Beat): void {
    const nowMs = this.#options.clock.monotonicMs();
    const track = this.#tracks.get(id);
    if (track !== undefined && nowMs - track.deliveredMs < GAP_MS) {
      track.pending = track.pending === null ? beat : merged(track.pending, beat);
      return;
    }
    const whole = track === undefined || track.pending === null ? beat : merged(track.pending, beat);
    this.#tracks.set(id, { deliveredMs: nowMs, pending: null });
    this.#deliver(id, whole);
    if (this.#ticking === null) void this.#tick(this.#ticking = new AbortController());
  }

  /** What is pending is dropped. */
  stop(): void {
    this.#tracks.clear();
    this.#ticking?.abort();
    this.#ticking = null;
  }

  async #tick(stop: AbortController): Promise<void> {
    const { clock, ports } = this.#options;
    while (this.#tracks.size > 0) {
      try {
        await clock.sleep(GAP_MS, stop.signal);
      } catch {
        return; // stopped
      }
      const nowMs = clock.monotonicMs();
      for (const [id, track] of this.#tracks) {
        if (nowMs - track.deliveredMs < GAP_MS) continue;
        if (track.pending === null) this.#tracks.delete(id);
        else {
          const beat = track.pending;
          this.#tracks.set(id, { deliveredMs: nowMs, pending: null });
          if (ports.find(id) === "running") this.#deliver(id, beat);
        }
      }
    }
    this.#ticking = null;
  }

  #deliver(id: string, beat: Beat): void {
    try {
      this.#options.ports.beat(id, beat);
    } catch (error) {
      // The sender is not to blame, and the beats of others go on.
      this.#options.log.error("a heartbeat could not be acted upon", { process: id, error });
    }
  }
}

/** The later one counts, but what was said only before is not forgotten. */
function merged(earlier: Beat, later: Beat): Beat {
  return {
    ...earlier,
    ...later,
    ...((earlier.ready || later.ready) && { ready: true }),
    isAlive: earlier.isAlive || later.isAlive,
  };
}
