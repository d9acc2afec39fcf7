import type { Clock } from "../../core/mod.ts";
import type { Logger } from "../../log/mod.ts";
import type { Assembly } from "./assembly.ts";
import type { HostEntry } from "./hosts/host_entry.ts";
import type { HubPorts } from "./ports.ts";
import { Ticker } from "./ticker.ts";

/** In how many seconds the time of every host's last report is written down once. */
const LAST_SEEN_ROUND = 300;
/** How long those that are connected have to hear that it is over. */
const GOODBYE_MS = 1_000;
const LOOK_MS = 50;

/** The hub's start, stop and drain, and what it does in between without being asked. */
export class Life {
  readonly #parts: Assembly;
  readonly #ports: HubPorts;
  readonly #clock: Clock;
  readonly #ticker: Ticker;
  #round: Iterator<HostEntry> | null = null;
  /** Of how many hosts the round is behind. */
  #toSee = 0;
  #stopped = new AbortController();
  #stopping: Promise<void> | null = null;

  constructor(parts: Assembly, { ports, clock, log }: { ports: HubPorts; clock: Clock; log: Logger }) {
    this.#parts = parts;
    this.#ports = ports;
    this.#clock = clock;
    this.#ticker = new Ticker(clock, log, [
      { everyMs: 250, act: () => this.#sweep() },
      { everyMs: 1_000, act: () => this.#write() },
      { everyMs: 600_000, act: () => ports.samples.prune() },
    ]);
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const [records, stored] = await Promise.all([this.#ports.hosts.all(), this.#ports.processes.all()]);
    signal.throwIfAborted();
    const { directory, changes, processes } = this.#parts;
    const byHost = Map.groupBy(stored, ({ hostId }) => hostId);
    for (const record of records) {
      if (directory.get(record.id) === undefined) processes.load(changes.add(record), byHost.get(record.id) ?? []);
    }
    this.#stopped = new AbortController();
    this.#ticker.start();
  }

  /** A second stop joins the first. */
  stop(signal: AbortSignal): Promise<void> {
    return this.#stopping ??= this.#end(signal).finally(() => this.#stopping = null);
  }

  async #end(signal: AbortSignal): Promise<void> {
    const { arrivals, directory, entrance, presence, processes, writer } = this.#parts;
    this.#stopped.abort();
    presence.freeze();
    await this.#ticker.stop();
    entrance.close();
    for (const entry of directory.entries()) {
      arrivals.unlink(entry, "was ended: the manager is stopping");
      this.#writeLastSeen(entry);
    }
    processes.sweep(true);
    await writer.flushAll();
    await this.#goodbyes(signal);
    entrance.dropAll();
  }

  async drain(spreadMs: number): Promise<void> {
    const { arrivals, directory, leaving, presence } = this.#parts;
    leaving.begin(spreadMs);
    presence.freeze();
    const endMs = this.#clock.monotonicMs() + spreadMs;
    while (arrivals.sessions > 0 && this.#clock.monotonicMs() < endMs && !this.#stopped.signal.aborted) {
      await this.#pause(this.#stopped.signal);
    }
    const over = new AbortController();
    const sessions = Array.from(directory.entries(), ({ link }) => link?.session).filter((one) => one !== undefined);
    const drained = Promise.all(sessions.map((session) => session.drain(over.signal)));
    const limit = this.#clock.sleep(GOODBYE_MS, over.signal).catch(() => {
      // All have gone before.
    });
    await Promise.race([drained, limit]);
    over.abort();
    await Promise.all([drained, limit]);
  }

  #sweep(): void {
    const { arrivals, directory, enrolment, entrance, presence } = this.#parts;
    entrance.sweep();
    enrolment.sweep();
    for (const entry of presence.sweep()) {
      presence.unlinked(entry, "lost", "it did not answer any more");
      arrivals.unlink(entry, "was ended: nothing was heard of the host");
    }
    directory.tell();
  }

  #write(): void {
    const { directory, processes, writer } = this.#parts;
    processes.sweep();
    for (this.#toSee += directory.size / LAST_SEEN_ROUND; this.#toSee >= 1; this.#toSee--) {
      this.#round ??= directory.entries();
      const { value, done } = this.#round.next();
      if (done === true) this.#round = null;
      else this.#writeLastSeen(value);
    }
    writer.flush();
  }

  #writeLastSeen(entry: HostEntry): void {
    const { lastSeenMs, record } = entry;
    if (lastSeenMs === record.lastSeenMs) return;
    entry.record = { ...record, lastSeenMs };
    this.#parts.writer.change(entry.id, { lastSeenMs });
  }

  async #goodbyes(signal: AbortSignal): Promise<void> {
    const { entrance } = this.#parts;
    const endMs = this.#clock.monotonicMs() + GOODBYE_MS;
    for (entrance.sweep(); entrance.leaving > 0; entrance.sweep()) {
      if (signal.aborted || this.#clock.monotonicMs() >= endMs) return;
      await this.#pause(signal);
    }
  }

  #pause(signal: AbortSignal): Promise<void> {
    return this.#clock.sleep(LOOK_MS, signal).catch(() => {
      // It is over, which the loop sees.
    });
  }
}
