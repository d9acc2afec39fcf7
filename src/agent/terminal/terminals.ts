import { AppError, type Clock, messageOf } from "../../core/mod.ts";
import type { Component } from "../../lifecycle/mod.ts";
import type { Logger } from "../../log/mod.ts";
import type { Pty } from "../../platform/mod.ts";
import type { NewTerminal, TerminalExit, TerminalView } from "../../protocol/mod.ts";
import type { Duplex } from "../../tunnel/mod.ts";
import type { Ender } from "./ending.ts";
import type { GuestOptions } from "./guest.ts";
import { endOf, type LifeLimits } from "./lifespan.ts";
import type { ShellPlan, TerminalConfig, TerminalSystem } from "./ports.ts";
import type { Session } from "./session.ts";

/** More than would ever look at one terminal; each costs memory and the sending of all output. */
export const MAX_GUESTS = 16;

export interface TerminalsOptions {
  readonly config: TerminalConfig;
  readonly clock: Clock;
  readonly log: Logger;
  /** Instead of this host, for tests. */
  readonly system?: TerminalSystem;
}

/** What it takes to open one, which is read when the first one is opened. */
interface Equipment {
  readonly system: TerminalSystem;
  readonly ender: Ender;
  readonly Session: typeof Session;
}

/** The component `terminal`: the shells that people have open on this host, each with who looks at it. */
export class Terminals {
  readonly #options: TerminalsOptions;
  #config: TerminalConfig;
  readonly #sessions = new Map<string, Session>();
  #equipping: Promise<Equipment> | undefined;
  #isOpen = false;
  #alarm = new AbortController();
  /** Aborts when a stop has no time left. */
  #hurry = new AbortController();

  constructor(options: TerminalsOptions) {
    this.#options = options;
    this.#config = options.config;
  }

  component(dependsOn: readonly string[]): Component {
    return {
      name: "terminal",
      dependsOn,
      start: (signal) => this.#start(signal),
      stop: (signal) => this.#stop(signal),
    };
  }

  /** How long terminals live counts for those that are open as well; all else for those that are opened from now on. */
  reconfigure(config: TerminalConfig): void {
    this.#config = config;
    this.#schedule();
  }

  list(): TerminalView[] {
    return [...this.#sessions.values()].map((session) => session.view(this.#config.keep.ms));
  }

  /** Opens one for an actor; it waits for somebody to attach. */
  async open({ cols, rows, term = "" }: NewTerminal, actor: string): Promise<TerminalView> {
    this.#requireOpen();
    const { system, ender, Session } = await (this.#equipping ??= this.#equip());
    this.#requireOpen();
    this.#requireRoom(actor);
    const id = crypto.randomUUID();
    const plan = system.plan(this.#config, { id, term });
    const { clock } = this.#options;
    const session = new Session({
      ...{ id, actor, plan, size: { cols, rows }, clock },
      scrollbackBytes: this.#config.scrollback.bytes,
      open: (options) => system.open(options),
      endAll: (pty) => this.#endAll(ender, pty, plan),
      onGuests: () => this.#schedule(),
    });
    this.#sessions.set(id, session);
    this.#options.log.info("terminal opened", { id, by: actor, user: plan.userName, shell: plan.argv[0] });
    void this.#follow(session);
    this.#schedule();
    return session.view(this.#config.keep.ms);
  }

  /** Shows it to a guest until it leaves or the terminal ends. */
  async attach(id: string, duplex: Duplex, guest: GuestOptions): Promise<void> {
    this.requireAttachable(id);
    const { log } = this.#options;
    const fields = { id, by: guest.actor, mode: guest.mode };
    log.info("terminal attached", fields);
    await this.#session(id).attach(duplex, guest).finally(() => log.info("terminal left", fields));
  }

  /** Throws when nobody can attach to it. */
  requireAttachable(id: string): void {
    if (this.#session(id).guestCount < MAX_GUESTS) return;
    throw new AppError("rate_limited", `Cannot attach to the terminal: ${MAX_GUESTS} are there already`, {
      retryable: true,
    });
  }

  /** Ends one with everything on it; resolves when it has ended. */
  async end(id: string, actor: string): Promise<TerminalExit> {
    return await this.#session(id).end(`ended by ${actor}`);
  }

  /** Ends all of them. */
  async endAll(reason: string): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.end(reason)));
  }

  #session(id: string): Session {
    const session = this.#sessions.get(id);
    if (session !== undefined) return session;
    throw new AppError("not_found", "There is no such terminal on this host any more; list them, or open a new one");
  }

  #requireOpen(): void {
    if (this.#isOpen) return;
    const message = "Cannot open a terminal: the agent is starting or stopping";
    throw new AppError("unavailable", message, { retryable: true });
  }

  #requireRoom(actor: string): void {
    const { max_sessions, max_per_user } = this.#config;
    const own = [...this.#sessions.values()].filter((session) => session.actor === actor).length;
    const problem = this.#sessions.size >= max_sessions
      ? `${this.#sessions.size} are open on this host, of terminal.max_sessions ${max_sessions}`
      : own >= max_per_user
      ? `${actor} has ${own} open on this host, of terminal.max_per_user ${max_per_user}`
      : null;
    if (problem === null) return;
    throw new AppError("rate_limited", `Cannot open a terminal: ${problem}; end one first`, { retryable: true });
  }

  async #equip(): Promise<Equipment> {
    const [{ Session }, { Ender }, { createTerminalSystem }] = await Promise.all([
      import("./session.ts"),
      import("./ending.ts"),
      import("./system.ts"),
    ]);
    const system = this.#options.system ?? createTerminalSystem();
    return { system, ender: new Ender(system), Session };
  }

  async #follow(session: Session): Promise<void> {
    const { id, actor, ring, ended } = session;
    const exit = await ended;
    this.#sessions.delete(id);
    this.#schedule();
    this.#options.log.info("terminal ended", { id, by: actor, ...exit, outputBytes: ring.end });
  }

  async #endAll(ender: Ender, pty: Pty, { jobName }: ShellPlan): Promise<string | null> {
    const { clock, log } = this.#options;
    const fields = { pid: pty.identity.pid };
    try {
      const left = await ender.end({ pty, jobName, clock, hurry: this.#hurry.signal });
      if (left === 0) return null;
      log.warn("processes of a terminal cannot be killed", { ...fields, left });
      return `${left} of its processes cannot be killed`;
    } catch (error) {
      log.warn("processes of a terminal cannot be ended", { ...fields, reason: messageOf(error) });
      return `its processes cannot be ended: ${messageOf(error)}`;
    }
  }

  /** One wait for all of them, until the next one is due. */
  #schedule(): void {
    this.#alarm.abort();
    const { clock } = this.#options;
    const ends = this.#living().map(({ life }) => endOf(life, this.#limits())?.atMs ?? Infinity);
    const nextMs = Math.min(...ends);
    if (nextMs === Infinity || !this.#isOpen) return;
    this.#alarm = new AbortController();
    clock.sleep(Math.max(0, nextMs - clock.monotonicMs()), this.#alarm.signal)
      .then(() => this.#endDue(), () => {}); // something has changed, and another wait was begun
  }

  #endDue(): void {
    const now = this.#options.clock.monotonicMs();
    for (const session of this.#living()) {
      const end = endOf(session.life, this.#limits());
      if (end !== null && end.atMs <= now) void session.end(end.reason);
    }
    this.#schedule();
  }

  #living(): Session[] {
    return [...this.#sessions.values()].filter(({ isEnding }) => !isEnding);
  }

  #limits(): LifeLimits {
    const { keep, idle_timeout, max_lifetime } = this.#config;
    return { keepMs: keep.ms, idleMs: idle_timeout.ms, lifetimeMs: max_lifetime.ms };
  }

  #start(signal: AbortSignal): Promise<void> {
    return Promise.try(() => {
      signal.throwIfAborted();
      this.#hurry = new AbortController();
      this.#isOpen = true;
    });
  }

  async #stop(signal: AbortSignal): Promise<void> {
    this.#isOpen = false;
    this.#alarm.abort();
    const hurry = this.#hurry;
    const onAbort = () => hurry.abort();
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    const told = Promise.withResolvers<void>();
    hurry.signal.addEventListener("abort", () => told.resolve(), { once: true });
    const sessions = [...this.#sessions.values()];
    await this.endAll("the agent is stopping");
    const all = Promise.all(sessions.map((session) => session.untilTold()));
    if (!hurry.signal.aborted) await Promise.race([all, told.promise]);
    signal.removeEventListener("abort", onAbort);
    (await this.#equipping)?.system.close();
  }
}
