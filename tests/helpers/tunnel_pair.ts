/** Two ends of an imagined link for the tunnel, whose behaviour a test decides. */
import { setImmediate } from "node:timers";
import { AppError } from "../../src/core/mod.ts";
import {
  createSession,
  type Session,
  type SessionOptions,
  type Transport,
  type TransportReceiver,
} from "../../src/tunnel/mod.ts";

export interface LinkOptions {
  /** Cuts a message into the messages that arrive; as it is, if absent. */
  readonly split?: (message: Uint8Array) => readonly Uint8Array[];
  /** How many messages may be under way before a sender has to wait; without limit if absent. */
  readonly maxQueued?: number;
}

/** One end: what it sends arrives at the other in later microtasks, unless the test holds it. */
export class LinkEnd implements Transport {
  /** Everything that this end sent, for tests of what goes over the wire. */
  readonly sent: Uint8Array[] = [];
  closedWith: number | undefined;
  other: LinkEnd | undefined;
  readonly #options: LinkOptions;
  readonly #queue: Uint8Array[] = [];
  #receiver: TransportReceiver | undefined;
  #isDelivering = false;
  #isHeld = false;
  #isOver = false;
  #room: PromiseWithResolvers<void> | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  open(receiver: TransportReceiver): void {
    this.#receiver = receiver;
  }

  send(message: Uint8Array): Promise<void> | undefined {
    if (this.#isOver) throw new AppError("unavailable", "The link is closed");
    const copy = message.slice();
    this.sent.push(copy);
    this.#queue.push(...(this.#options.split?.(copy) ?? [copy]));
    this.#deliverSoon();
    if (this.#queue.length < (this.#options.maxQueued ?? Infinity)) return undefined;
    this.#room ??= Promise.withResolvers<void>();
    return this.#room.promise;
  }

  /** What was sent before still arrives, as over a real connection. */
  close(code: number, _reason: string): void {
    if (this.#isOver) return;
    this.closedWith = code;
    this.#isOver = true;
    this.#receiver = undefined;
    this.#deliverSoon();
  }

  /** Keeps what this end sends until `release`. */
  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    this.#deliverSoon();
  }

  /** The link is gone, for both ends and without a word. */
  static cut(end: LinkEnd): void {
    for (const each of [end, end.other]) each?.fail(new AppError("unavailable", "The link broke"));
  }

  /** Arrives at this end as if the other had sent it. */
  inject(message: Uint8Array): void {
    this.#receiver?.onMessage(message);
  }

  fail(error: AppError | null): void {
    this.#isOver = true;
    this.#queue.length = 0;
    this.#room?.reject(error);
    this.#room = undefined;
    const receiver = this.#receiver;
    this.#receiver = undefined;
    receiver?.onClose(error);
  }

  #deliverSoon(): void {
    if (this.#isDelivering || this.#isHeld) return;
    this.#isDelivering = true;
    queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    this.#isDelivering = false;
    const message = this.#isHeld ? undefined : this.#queue.shift();
    if (message !== undefined) this.other?.inject(message);
    if (this.#queue.length > 0) this.#deliverSoon();
    else {
      this.#room?.resolve();
      this.#room = undefined;
      if (this.#isOver && !this.#isHeld) this.other?.fail(null);
    }
  }
}

export function linkPair(options: LinkOptions = {}): readonly [client: LinkEnd, server: LinkEnd] {
  const ends = [new LinkEnd(options), new LinkEnd(options)] as const;
  ends[0].other = ends[1];
  ends[1].other = ends[0];
  return ends;
}

export interface TunnelPair extends Disposable {
  readonly client: Session;
  readonly server: Session;
  readonly clientLink: LinkEnd;
  readonly serverLink: LinkEnd;
}

/** Two sessions that talk to each other; disposing closes both. */
export function tunnelPair(
  client: Omit<SessionOptions, "role"> = {},
  server: Omit<SessionOptions, "role"> = {},
  link: LinkOptions = {},
): TunnelPair {
  const [clientLink, serverLink] = linkPair(link);
  const pair = {
    clientLink,
    serverLink,
    client: createSession(clientLink, { role: "client", ...client }),
    server: createSession(serverLink, { role: "server", ...server }),
  };
  return {
    ...pair,
    [Symbol.dispose]() {
      pair.client.close();
      pair.server.close();
    },
  };
}

/** Cuts bytes after as many as each number says, again and again. */
export function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const end = at + (sizes[turn % sizes.length] ?? bytes.length);
    parts.push(bytes.slice(at, end));
    at = end;
  }
  return parts;
}

/** Lets everything happen that is due: what was written is sent, arrives and is handled. */
export async function settle(turns = 3): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
