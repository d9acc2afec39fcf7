import type { Clock } from "../../core/mod.ts";
import type { ObservedExit, Pty, PtyOptions } from "../../platform/mod.ts";
import type { AttachMode, TerminalExit, TerminalState, TerminalView } from "../../protocol/mod.ts";
import type { Duplex } from "../../tunnel/mod.ts";
import { ByteRing } from "./byte_ring.ts";
import type { Size } from "./frames.ts";
import { Guest, type GuestHost, type GuestOptions } from "./guest.ts";
import type { LifeFacts } from "./lifespan.ts";
import type { ShellPlan } from "./ports.ts";
import { TitleReader } from "./title_reader.ts";

/** News of the state wait so long for more of them. */
const TELL_AFTER_MS = 50;

export interface SessionOptions {
  readonly id: string;
  /** Who has opened it. */
  readonly actor: string;
  readonly plan: ShellPlan;
  readonly size: Size;
  readonly scrollbackBytes: number;
  readonly clock: Clock;
  readonly open: (options: PtyOptions) => Pty;
  /** Ends everybody on the terminal; what kept it from that, or null. Never rejects. */
  readonly endAll: (pty: Pty) => Promise<string | null>;
  /** Somebody came or went, so that it may live for longer or shorter. */
  readonly onGuests: () => void;
}

/** One terminal: a shell that goes on whoever looks at it, what it has printed, and those who are attached. */
export class Session implements GuestHost {
  readonly id: string;
  readonly actor: string;
  readonly ring: ByteRing;
  readonly clock: Clock;
  /** Resolves when the shell has ended. */
  readonly ended: Promise<TerminalExit>;
  readonly #options: SessionOptions;
  readonly #pty: Pty;
  readonly #titles = new TitleReader();
  /** In the order in which they came. */
  readonly #guests = new Set<Guest>();
  /** The last one that came to control it: its size counts, and what is printed waits for it. */
  #controlling: Guest | undefined;
  readonly #attached = new Set<Promise<void>>();
  readonly #createdMs: number;
  readonly #openedAtMs: number;
  readonly #over = Promise.withResolvers<TerminalExit>();
  readonly #untold = new AbortController();
  #activeAtMs: number;
  #leftAtMs: number | null;
  #title = "";
  #size: Size;
  #exit: TerminalExit | null = null;
  #ending: { readonly reason: string; readonly done: Promise<TerminalExit> } | null = null;
  #isHeld = false;
  #isTelling = false;

  /** Starts the shell; throws an AppError that says why it cannot be. */
  constructor(options: SessionOptions) {
    const { id, actor, clock, plan, size } = options;
    this.id = id;
    this.actor = actor;
    this.clock = clock;
    this.#options = options;
    this.#size = size;
    this.ring = new ByteRing(options.scrollbackBytes);
    this.#createdMs = clock.nowMs();
    this.#openedAtMs = this.#activeAtMs = this.#leftAtMs = clock.monotonicMs();
    this.ended = this.#over.promise;
    const { userName: _, ...shell } = plan;
    const shown = { onData: (bytes: Uint8Array) => this.#print(bytes), onDrain: () => this.#drained() };
    this.#pty = options.open({ ...shell, ...size, ...shown });
    this.#pty.exited.then((exit) => this.#finish(exit));
  }

  get life(): LifeFacts {
    return { openedAtMs: this.#openedAtMs, activeAtMs: this.#activeAtMs, leftAtMs: this.#leftAtMs };
  }

  /** Whether it has ended, or is being ended. */
  get isEnding(): boolean {
    return this.#ending !== null || this.#exit !== null;
  }

  get guestCount(): number {
    return this.#guests.size;
  }

  /** `keepMs` is how long it waits for somebody to come back. */
  view(keepMs: number): TerminalView {
    const { actor, id, plan: { userName, argv } } = this.#options;
    const [now, wall] = [this.clock.monotonicMs(), this.clock.nowMs()];
    return {
      id,
      actor,
      user: userName,
      shell: argv[0],
      title: this.#title,
      ...this.#size,
      createdMs: this.#createdMs,
      activeMs: Math.round(wall - (now - this.#activeAtMs)),
      ...(this.#leftAtMs !== null && { expiresMs: Math.round(wall + this.#leftAtMs + keepMs - now) }),
      guests: [...this.#guests].map(({ actor, mode, sinceMs }) => ({ actor, mode, sinceMs })),
      outputBytes: this.ring.end,
    };
  }

  /** Resolves when the guest has left; rejects when it has sent what is no frame. */
  async attach(duplex: Duplex, options: GuestOptions): Promise<void> {
    const guest = new Guest(this, options);
    this.#guests.add(guest);
    this.#leftAtMs = null;
    this.#guestsChanged();
    if (this.#exit !== null) guest.end(this.#exit);
    const attached = guest.run(duplex).finally(() => this.#left(guest));
    this.#attached.add(attached);
    await attached.finally(() => this.#attached.delete(attached));
  }

  /** Resolves when all have been told of the end, or have left. */
  async untilTold(): Promise<void> {
    await Promise.allSettled(this.#attached);
  }

  /** Ends everybody on it. Who asks second joins the first. */
  end(reason: string): Promise<TerminalExit> {
    if (this.#exit !== null) return this.ended;
    this.#ending ??= { reason, done: this.#endAll() };
    return this.#ending.done;
  }

  /* ---- for its guests ---- */

  state(mode: AttachMode): TerminalState {
    return { terminal: this.view(0), mode };
  }

  type(bytes: Uint8Array): boolean {
    this.#activeAtMs = this.clock.monotonicMs();
    return this.#pty.write(bytes);
  }

  changed(guest: Guest): void {
    if (guest === this.#controlling) this.#resize(guest.size);
    this.#holdBack();
  }

  #print(bytes: Uint8Array): void {
    this.#activeAtMs = this.clock.monotonicMs();
    this.ring.append(bytes);
    const title = this.#titles.read(bytes);
    if (title !== null && title !== this.#title) {
      this.#title = title;
      this.#tellSoon();
    }
    for (const guest of this.#guests) guest.wake();
    this.#holdBack();
  }

  #drained(): void {
    for (const guest of this.#guests) guest.roomCame();
  }

  #left(guest: Guest): void {
    if (!this.#guests.delete(guest)) return;
    if (this.#guests.size === 0) this.#leftAtMs = this.clock.monotonicMs();
    this.#guestsChanged();
  }

  #guestsChanged(): void {
    this.#controlling = [...this.#guests].findLast(({ mode }) => mode === "control");
    this.#resize(this.#controlling?.size ?? null);
    this.#holdBack();
    this.#tellSoon();
    this.#options.onGuests();
  }

  #resize(size: Size | null): void {
    if (size === null || (size.cols === this.#size.cols && size.rows === this.#size.rows)) return;
    this.#size = { cols: size.cols, rows: size.rows };
    this.#pty.resize(size.cols, size.rows);
    this.#tellSoon();
  }

  #holdBack(): void {
    const isHeld = this.#controlling?.isBehind === true;
    if (isHeld === this.#isHeld) return;
    this.#isHeld = isHeld;
    if (isHeld) this.#pty.pause();
    else this.#pty.resume();
  }

  #tellSoon(): void {
    if (this.#isTelling || this.#guests.size === 0) return;
    this.#isTelling = true;
    this.clock.sleep(TELL_AFTER_MS, this.#untold.signal).then(() => {
      this.#isTelling = false;
      for (const guest of this.#guests) guest.tell();
    }, () => {}); // it has ended, which is told instead
  }

  async #endAll(): Promise<TerminalExit> {
    const problem = await this.#options.endAll(this.#pty);
    if (problem !== null) this.#finish({}, `, but ${problem}`);
    return await this.ended;
  }

  #finish({ code, signal }: ObservedExit, more = ""): void {
    if (this.#exit !== null) return;
    const byItself = signal === undefined ? "the shell has ended" : `the shell was ended by ${signal}`;
    this.#exit = {
      ...(code !== undefined && { exitCode: code }),
      ...(signal !== undefined && { signal }),
      reason: `${this.#ending?.reason ?? byItself}${more}`,
    };
    this.#untold.abort();
    this.#drained();
    for (const guest of this.#guests) guest.end(this.#exit);
    this.#over.resolve(this.#exit);
  }
}
