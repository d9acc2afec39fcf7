import { type Clock, messageOf } from "../../core/mod.ts";
import { createStateLog, type Logger, type StateLog } from "../../log/mod.ts";
import { normalIp, type OwnConnections, ownConnections } from "../../platform/mod.ts";
import { isCrowded, isGreedy, isLate, isStranger, outOfRoom } from "./judgement.ts";
import { type Host, rememberVisitor, Visitor } from "./visitor.ts";

export interface ConnectionGuardOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Of this program; null where it cannot look at them, and then nothing is guarded. */
  readonly connections?: OwnConnections | null;
  /** What the program needs of the host's memory. */
  readonly memoryBytes?: () => number;
}

/** How often it is asked whether anything is scarce, which costs some µs. */
const TICK_MS = 100;
/** How often all connections are looked at even so, which costs some µs for each. */
const LOOK_EVERY_MS = 5_000;
/** Looking takes no more of the time than one part in so many. */
const LOOK_SHARE = 20;
/** Who makes the program grow by so much at once is looked for. */
const GROWTH_BYTES = 48 * 1024 * 1024;

type Why = "unwanted" | "late" | "greedy" | "crowded";

/** A connection that is there now. */
interface Present {
  readonly fd: number;
  readonly visitor: Visitor;
}

/**
 * Looks after the connections of a server that anybody can reach. The runtime accepts as many as come, waits for ever
 * for their requests, and puts together messages of any length; who means harm could use up all files and all memory by
 * that, and a server that finds no file for the next connection is over. What the runtime cannot be told is done from
 * outside: the connections are looked at as the system sees them, and those that are late, greedy, or too many are cut.
 */
export class ConnectionGuard implements Host {
  readonly #clock: Clock;
  readonly #connections: OwnConnections | null;
  readonly #memoryBytes: () => number;
  readonly #state: StateLog;
  readonly #log: Logger;
  readonly #visitors = new Map<string, Visitor>();
  readonly #cut: Record<Why, number> = { unwanted: 0, late: 0, greedy: 0, crowded: 0 };
  hasUnwanted = false;
  #look = 0;
  #lookAtMs = 0;
  /** When looking again would not take too much time. */
  #restUntilMs = 0;
  #leastBytes = Infinity;
  #onDeaf: () => void = () => {};
  #running: { readonly stop: AbortController; readonly over: Promise<void> } | null = null;

  constructor({ clock, log, connections = ownConnections(), memoryBytes = residentBytes }: ConnectionGuardOptions) {
    this.#clock = clock;
    this.#log = log;
    this.#connections = connections;
    this.#memoryBytes = memoryBytes;
    this.#state = createStateLog(log, clock, "serving all who have connected");
  }

  /** How many have been cut, and why. */
  get cut(): Readonly<Record<Why, number>> {
    return this.#cut;
  }

  /** Guards the connections of this port from now on; it may be asked again while it does. */
  start(port: () => number): void {
    if (this.#connections === null || this.#running !== null) return;
    const stop = new AbortController();
    this.#lookAtMs = this.#clock.monotonicMs() + LOOK_EVERY_MS;
    this.#running = { stop, over: this.#go(this.#connections, port, stop.signal) };
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    running?.stop.abort();
    await running?.over;
    this.#visitors.clear();
  }

  /** Told when nothing listens on the port any more, again and again until something does. */
  onDeaf(listener: () => void): void {
    this.#onDeaf = listener;
  }

  /** A request has come; null where nothing is guarded. */
  began(request: Request, { hostname, port }: Deno.NetAddr): Visitor | null {
    if (this.#running === null) return null;
    const address = normalIp(hostname); // as the system's are spelled, whatever the runtime's spelling is
    const visitor = this.#visitor(address, `${address} ${port}`);
    visitor.activeMs = this.#clock.monotonicMs();
    visitor.requests++;
    visitor.lately++;
    visitor.underWay++;
    rememberVisitor(request, visitor);
    return visitor;
  }

  ended(visitor: Visitor, isSocket: boolean): void {
    visitor.underWay--;
    visitor.activeMs = this.#clock.monotonicMs();
    if (isSocket) visitor.isSocket = true;
  }

  #visitor(address: string, peer: string): Visitor {
    const known = this.#visitors.get(peer);
    if (known !== undefined) return known;
    const visitor = new Visitor(address, this.#clock.monotonicMs(), this);
    visitor.look = this.#look;
    this.#visitors.set(peer, visitor);
    return visitor;
  }

  async #go(connections: OwnConnections, port: () => number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        this.#tick(connections, port());
      } catch (error) {
        // Without it the server is as good as any; it is tried again at the next tick.
        this.#state.failed(messageOf(error));
      }
      await this.#clock.sleep(TICK_MS, signal).catch(() => {
        // It stops, which the loop sees.
      });
    }
  }

  #tick(connections: OwnConnections, port: number): void {
    const nowMs = this.#clock.monotonicMs();
    const memoryBytes = this.#memoryBytes();
    this.#leastBytes = Math.min(this.#leastBytes, memoryBytes);
    const isDue = nowMs >= this.#lookAtMs;
    const hasGrown = memoryBytes - this.#leastBytes >= GROWTH_BYTES;
    const crowded = isCrowded(connections.openFiles(), connections.mostFiles());
    const isDeaf = port !== 0 && !connections.listens(port);
    if (!isDue && (nowMs < this.#restUntilMs || !(hasGrown || crowded || isDeaf || this.hasUnwanted))) return;
    if (hasGrown) this.#leastBytes = memoryBytes;
    const present = this.#lookAround(connections, port);
    this.hasUnwanted = false;
    this.#cutAll(connections, "unwanted", present.filter(({ visitor }) => visitor.isUnwanted));
    this.#cutAll(connections, "late", present.filter(({ visitor }) => isLate(visitor, nowMs)));
    if (hasGrown) this.#cutAll(connections, "greedy", this.#greedy(connections, present));
    if (crowded) this.#makeRoom(connections, present);
    if (isDeaf && !connections.listens(port)) this.#onDeaf();
    if (isDue) this.#settle(nowMs);
    this.#restUntilMs = this.#clock.monotonicMs() + LOOK_SHARE * (this.#clock.monotonicMs() - nowMs);
  }

  /** All connections, and nobody is remembered who has left. */
  #lookAround(connections: OwnConnections, port: number): Present[] {
    const present: Present[] = [];
    const look = ++this.#look;
    connections.visit(port, (fd, peer) => {
      const visitor = this.#visitor(peer.slice(0, peer.lastIndexOf(" ")), peer);
      visitor.look = look;
      present.push({ fd, visitor });
    });
    for (const [peer, visitor] of this.#visitors) {
      if (visitor.look !== look && visitor.underWay === 0) this.#visitors.delete(peer);
    }
    return present;
  }

  #greedy(connections: OwnConnections, present: readonly Present[]): Present[] {
    return present.filter(({ fd, visitor }) => {
      const readBytes = visitor.isHeard ? connections.readBytes(fd) : null;
      if (isGreedy(visitor, readBytes)) return true;
      visitor.readBytes ??= readBytes;
      return false;
    });
  }

  #makeRoom(connections: OwnConnections, present: readonly Present[]): void {
    const fds = new Map(present.map(({ fd, visitor }) => [visitor, fd]));
    const strangers = [...fds.keys()].filter(isStranger);
    const victims = outOfRoom(strangers, connections.openFiles(), connections.mostFiles());
    this.#cutAll(connections, "crowded", victims.map((visitor) => ({ visitor, fd: fds.get(visitor) ?? -1 })));
  }

  #cutAll(connections: OwnConnections, why: Why, victims: readonly Present[]): void {
    for (const { fd } of victims) connections.cut(fd);
    this.#cut[why] += victims.length;
    if (victims.length === 0) return;
    const [{ visitor: { address } }] = victims as [Present];
    if (why === "late" || why === "unwanted") {
      this.#log.debug("connections were cut", { why, count: victims.length, address });
    } else this.#state.failed(REASONS[why], { count: victims.length, address });
  }

  #settle(nowMs: number): void {
    this.#lookAtMs = nowMs + LOOK_EVERY_MS;
    for (const visitor of this.#visitors.values()) visitor.lately /= 2;
    const { greedy, crowded } = this.#cut;
    if (greedy + crowded === this.#settled) this.#state.recovered({ cut: greedy + crowded });
    this.#settled = greedy + crowded;
  }

  #settled = 0;
}

const REASONS = {
  greedy: "a connection asked for too much memory, and was cut",
  crowded: "there were more connections than files for them, and those of whom nobody knows were cut",
} as const;

function residentBytes(): number {
  return Deno.memoryUsage().rss;
}
