import { AppError, type Clock } from "../../../core/mod.ts";
import {
  type Caller,
  type FleetEvent,
  type HostView,
  LIVE_CLOSE_CODES,
  type LiveMessage,
  type LiveRequest,
  type Task,
} from "../../../protocol/mod.ts";
import { Allowances } from "../guard/allowances.ts";
import type { HostAccess } from "../guard/host_access.ts";
import { type FeedHosts, HostFeed } from "./host_feed.ts";
import type { Recent } from "./recent.ts";

/** What of a WebSocket is used, so that tests can have one without a network. */
export interface SocketLike {
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
  /** Lets go of it at once, whatever its peer does. */
  drop(): void;
}

/** What all connections share. */
export interface LiveShared {
  readonly hosts: HostAccess;
  readonly clock: Clock;
  readonly events: Recent<FleetEvent>;
  readonly tasks: Recent<Task>;
  views(): readonly HostView[];
  view(id: string): HostView | null;
  textOf(host: HostView): string;
  /** What a message asks for; null for one that cannot be read. */
  requestOf(message: string): LiveRequest | null;
}

/** What may wait to be sent; a reader who is farther behind is told later, and less. */
export const MAX_BUFFERED_BYTES = 1024 * 1024;
const MAX_MESSAGE_LENGTH = 80 * 1024;
const MESSAGES = { burst: 20, everyMs: 500, maxKeys: 1 };
const CHANGES_EVERY_MS = 1_000;
/** Who has read nothing for so long is not there any more. */
const STALLED_MS = 60_000;
/** Time to answer a close; then the socket is dropped. */
const CLOSING_MS = 10_000;
const OPEN = 1;

/** One connection: what it has subscribed to, and how far it has been told. */
export class LiveSocket {
  readonly #socket: SocketLike;
  readonly #shared: LiveShared;
  readonly #messages: Allowances;
  #caller: Caller;
  #wanted: Extract<LiveRequest, { type: "subscribe" }> | null = null;
  #feed: HostFeed | null = null;
  #changesFromMs = 0;
  #eventsAfter: number | null = null;
  #tasksAfter: number | null = null;
  #buffered = 0;
  #progressMs: number;
  #closingMs: number | null = null;

  constructor(socket: SocketLike, caller: Caller, shared: LiveShared) {
    this.#socket = socket;
    this.#caller = caller;
    this.#shared = shared;
    this.#messages = new Allowances(shared.clock, MESSAGES);
    this.#progressMs = shared.clock.monotonicMs();
  }

  get caller(): Caller {
    return this.#caller;
  }

  /** Other rights may mean other hosts, so all is told anew. */
  renewed(caller: Caller | null): void {
    if (caller === null) return this.close(LIVE_CLOSE_CODES.unauthorized, "the session or token has ended");
    const isSame = caller.role === this.#caller.role && String(caller.scopes) === String(this.#caller.scopes);
    this.#caller = caller;
    if (!isSame && this.#wanted !== null) this.#subscribe(this.#wanted);
  }

  close(code: number, reason: string): void {
    if (this.#socket.readyState > OPEN) return;
    this.#closingMs = this.#shared.clock.monotonicMs();
    this.#socket.close(code, reason);
  }

  drop(): void {
    this.#socket.drop();
  }

  received(data: unknown): void {
    if (this.#messages.take("") === null || typeof data !== "string" || data.length > MAX_MESSAGE_LENGTH) {
      return this.close(LIVE_CLOSE_CODES.too_much, "too many messages, or one that is too large or no text");
    }
    const request = this.#shared.requestOf(data);
    if (request === null) {
      return this.#fail(new AppError("invalid_input", "Cannot read the message; see the reference"));
    }
    if (request.type === "ping") return this.#send({ type: "pong" });
    this.#subscribe(request);
  }

  hostsChanged(ids: readonly string[], removed: readonly string[]): void {
    this.#feed?.changed(ids, removed);
  }

  /** Tells what there is to tell, as far as the reader keeps up. Called several times a second. */
  tick(): void {
    const nowMs = this.#shared.clock.monotonicMs();
    if (this.#closingMs !== null && nowMs - this.#closingMs >= CLOSING_MS) return this.drop();
    if (this.#socket.readyState !== OPEN || this.#isStalled(nowMs)) return;
    this.#tellHosts(nowMs);
    this.#eventsAfter = this.#tellRecent(
      this.#shared.events,
      this.#eventsAfter,
      ({ hostId }) => hostId,
      "event",
    );
    this.#tasksAfter = this.#tellRecent(this.#shared.tasks, this.#tasksAfter, ({ hostId }) => hostId, "task");
  }

  #subscribe(wanted: Extract<LiveRequest, { type: "subscribe" }>): void {
    this.#wanted = wanted;
    this.#feed = wanted.hosts === undefined ? null : new HostFeed(wanted.hosts, this.#feedHosts());
    this.#changesFromMs = 0;
    this.#eventsAfter = wanted.events === true ? this.#eventsAfter ?? this.#shared.events.last : null;
    this.#tasksAfter = wanted.tasks === true ? this.#tasksAfter ?? this.#shared.tasks.last : null;
  }

  #feedHosts(): FeedHosts {
    const { hosts, views, view, textOf } = this.#shared;
    return { views, view, textOf, mayUse: hosts.filter(this.#caller), seesAll: hosts.seesAll(this.#caller) };
  }

  #tellHosts(nowMs: number): void {
    const feed = this.#feed;
    if (feed === null || (!feed.isBeginning && (!feed.hasChanges || nowMs < this.#changesFromMs))) return;
    const hosts = this.#feedHosts();
    while (feed.isBeginning && this.#hasRoom) this.#sendText(feed.nextPart(hosts));
    if (feed.isBeginning || !feed.hasChanges || nowMs < this.#changesFromMs) return;
    this.#changesFromMs = nowMs + CHANGES_EVERY_MS;
    while (feed.hasChanges && this.#hasRoom) {
      const text = feed.nextChanges(hosts);
      if (text !== null) this.#sendText(text);
    }
  }

  /** Gives up to which it has been told. */
  #tellRecent<T>(
    recent: Recent<T>,
    after: number | null,
    hostOf: (value: T) => string | undefined,
    type: "event" | "task",
  ): number | null {
    if (after === null || after >= recent.last || !this.#hasRoom) return after;
    if (recent.hasForgottenAfter(after)) {
      this.#fail(
        new AppError("rate_limited", `This connection is slow: some ${type}s were left out; ask for the list`),
      );
    }
    const mayShow = this.#shared.hosts.mayShow(this.#caller);
    for (const entry of recent.after(after)) {
      if (!this.#hasRoom) return after;
      after = entry.n;
      const hostId = hostOf(entry.value);
      if (mayShow !== undefined && hostId !== undefined && !mayShow(hostId)) continue;
      this.#sendText(entry.text ??= JSON.stringify({ type, [type]: entry.value }));
    }
    return recent.last;
  }

  get #hasRoom(): boolean {
    return this.#socket.readyState === OPEN && this.#socket.bufferedAmount < MAX_BUFFERED_BYTES;
  }

  /** A link that is dead takes nothing and says nothing. */
  #isStalled(nowMs: number): boolean {
    const { bufferedAmount } = this.#socket;
    if (bufferedAmount === 0 || bufferedAmount < this.#buffered) this.#progressMs = nowMs;
    this.#buffered = bufferedAmount;
    if (nowMs - this.#progressMs < STALLED_MS) return false;
    this.close(LIVE_CLOSE_CODES.too_slow, "nothing was read for a minute");
    return true;
  }

  #fail({ message, meaning }: AppError): void {
    this.#send({ type: "error", code: meaning.number, message });
  }

  #send(message: LiveMessage): void {
    if (this.#hasRoom) this.#sendText(JSON.stringify(message));
  }

  #sendText(text: string): void {
    this.#socket.send(text);
    this.#buffered = this.#socket.bufferedAmount;
  }
}
