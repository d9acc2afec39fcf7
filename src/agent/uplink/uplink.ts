import { AppError, type Clock, messageOf, toAppError } from "../../core/mod.ts";
import type { Component } from "../../lifecycle/mod.ts";
import { createStateLog, type Logger, type StateLog } from "../../log/mod.ts";
import type { ManagerLink } from "../../protocol/mod.ts";
import { type ManagerAddress, managerAddresses } from "./addresses.ts";
import { Connector } from "./connector.ts";
import { RefusedError } from "./handshake.ts";
import type { Link } from "./link.ts";
import type { LinkMemory } from "./link_contract.ts";
import type { UplinkPorts } from "./ports.ts";
import { afterTry, FIRST_TRY, type Tries, type TryEnd } from "./reconnect.ts";
import type { ManagerConfig } from "./trust.ts";

/** What the uplink needs of a connection; `Link` is one. */
export type Connection = Pick<Link, "name" | "latencyMs" | "ended" | "call" | "close">;

/** What the uplink needs of whoever makes connections; `Connector` does. */
export interface Connecting {
  readonly facts: Connector["facts"];
  connect(address: ManagerAddress, config: () => ManagerConfig, signal: AbortSignal): Promise<Connection>;
}

export interface UplinkOptions {
  readonly config: ManagerConfig;
  readonly workDir: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ports: UplinkPorts;
  readonly env: (name: string) => string | undefined;
  readonly bootId: string;
  readonly random?: () => number;
  /** For tests. */
  readonly connecting?: Connecting;
}

/** The component `uplink`: keeps one connection to the manager, or tries to. */
export class Uplink {
  readonly #options: UplinkOptions;
  readonly #random: () => number;
  readonly #connecting: Connecting;
  readonly #state: StateLog;
  readonly #memory: LinkMemory = { unfilled: null, refusedSettings: null };
  #config: ManagerConfig;
  #stopping = new AbortController();
  /** Ends what is under way, so that it is begun anew with what has changed. */
  #anew = new AbortController();
  #loop: Promise<void> | null = null;
  #link: { readonly connection: Connection; readonly address: ManagerAddress } | null = null;
  #sinceMs: number;
  #reason = "the agent is starting";
  #settingsTrouble: string | null = null;
  /** Nothing that was tried in the last round goes better by itself. */
  #isRefused = false;

  constructor(options: UplinkOptions) {
    const { clock, log, random = Math.random, ports, connecting } = options;
    this.#options = options;
    this.#config = options.config;
    this.#random = random;
    this.#sinceMs = clock.nowMs();
    this.#state = createStateLog(log, clock, "connection to the manager");
    const onSettings = (trouble: string | null) => this.#settingsChanged(trouble);
    this.#connecting = connecting ?? new Connector({ ...options, random, ports, memory: this.#memory, onSettings });
  }

  component(dependsOn: readonly string[]): Component {
    return { name: "uplink", dependsOn, start: (signal) => this.#start(signal), stop: () => this.#stop() };
  }

  /** Asks the manager something; rejects with `unavailable` at once while there is no connection. */
  async call(path: string, body: unknown, signal: AbortSignal): Promise<unknown> {
    if (this.#link !== null) return await this.#link.connection.call(path, body, signal);
    throw new AppError("unavailable", `The manager is not connected: ${this.#reason}`, { retryable: true });
  }

  status(): ManagerLink {
    const { enrolment, clockSkewMs } = this.#connecting.facts;
    const { latencyMs } = this.#link?.connection ?? {};
    const url = this.#link?.address.shown ??
      managerAddresses(this.#config.address).map(({ shown }) => shown).join(", ");
    return {
      state: this.#stateWord(enrolment !== null),
      sinceMs: this.#sinceMs,
      reason: this.#reason,
      ...(url !== "" && { url }),
      ...(enrolment !== null && {
        hostId: enrolment.hostId,
        managerId: enrolment.managerId,
        name: this.#link?.connection.name ?? enrolment.name,
        settingsVersion: this.#options.ports.settings.version(enrolment.managerId),
      }),
      ...(latencyMs !== undefined && { latencyMs }),
      ...(clockSkewMs !== undefined && { clockSkewMs }),
    };
  }

  #stateWord(isEnrolled: boolean): ManagerLink["state"] {
    if (this.#link !== null) return "connected";
    return this.#isRefused ? "refused" : isEnrolled ? "connecting" : "enrolling";
  }

  /**
   * The config was loaded again. What the connection is made with is put in force by making it anew, and where nothing
   * has changed it is tried at once what seemed hopeless: files may have.
   */
  reloaded(config: ManagerConfig): void {
    const hasChanged = madeWith(config) !== madeWith(this.#config);
    this.#config = config;
    this.#memory.refusedSettings = null;
    if (hasChanged || this.#link === null) this.#anew.abort(new AppError("cancelled", "The config was loaded again"));
  }

  #start(signal: AbortSignal): Promise<void> {
    return Promise.try(() => {
      signal.throwIfAborted();
      this.#stopping = new AbortController();
      this.#disconnected("connecting");
      this.#loop ??= this.#run(this.#stopping.signal);
    });
  }

  async #stop(): Promise<void> {
    this.#stopping.abort(new AppError("cancelled", "The agent stops"));
    await this.#loop;
    this.#loop = null;
  }

  /** Never rejects. */
  async #run(stopping: AbortSignal): Promise<void> {
    let tries: Tries = FIRST_TRY;
    let reasons: string[] = [];
    while (!stopping.aborted) {
      this.#anew = new AbortController();
      const signal = AbortSignal.any([stopping, this.#anew.signal]);
      const addresses = managerAddresses(this.#config.address);
      const address = addresses[tries.address % addresses.length];
      if (address === undefined) {
        this.#alone();
        await this.#rest(Infinity, signal);
        continue;
      }
      const { end, reason } = await this.#try(address, signal);
      if (stopping.aborted) return;
      if (this.#anew.signal.aborted) {
        [tries, reasons] = [FIRST_TRY, []];
        continue;
      }
      const maxMs = this.#config.reconnect_interval.ms;
      const next = afterTry(tries, end, { addresses: addresses.length, maxMs, random: this.#random() });
      tries = next.tries;
      reasons.push(reason);
      if (next.isRoundOver) {
        this.#isRefused = !next.isHopeful;
        const reason = [...new Set(reasons)].join("; ");
        if (end.kind === "failed") this.#state.failed(reason); // the end of a connection has been logged
        this.#disconnected(reason);
        reasons = [];
      }
      await this.#rest(next.waitMs, signal);
      if (this.#anew.signal.aborted) tries = FIRST_TRY;
    }
  }

  /** From the first byte to the end of the connection, if there is one. */
  async #try(address: ManagerAddress, signal: AbortSignal): Promise<{ readonly end: TryEnd; readonly reason: string }> {
    let connection: Connection;
    try {
      connection = await this.#connecting.connect(address, () => this.#config, signal);
    } catch (error) {
      const retryAfterMs = error instanceof RefusedError ? error.retryAfterMs : undefined;
      const { retryable, code } = toAppError(error);
      return {
        // What nobody has foreseen, such as a full disk, may pass as it came.
        end: { kind: "failed", isHopeful: retryable || code === "internal", retryAfterMs },
        reason: messageOf(error),
      };
    }
    const leave = () => connection.close("it was closed by this host");
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
    this.#connected(connection, address);
    const { reason, livedMs, againInMs } = await connection.ended;
    signal.removeEventListener("abort", leave);
    this.#link = null;
    this.#sinceMs = this.#options.clock.nowMs();
    this.#options.log.info("connection to the manager ended", {
      url: address.shown,
      reason,
      livedMs: Math.round(livedMs),
    });
    return {
      end: { kind: "ended", livedMs, againInMs },
      reason: `The connection to the manager at ${address.shown} has ended: ${reason}`,
    };
  }

  async #rest(ms: number, signal: AbortSignal): Promise<void> {
    await this.#options.clock.sleep(ms, signal).catch(() => {}); // told to go on, or to stop, which the loop sees
  }

  #connected(connection: Connection, address: ManagerAddress): void {
    const { clock, log, ports } = this.#options;
    const { enrolment, clockSkewMs } = this.#connecting.facts;
    this.#link = { connection, address };
    this.#sinceMs = clock.nowMs();
    this.#isRefused = false;
    this.#reason = `connected to ${address.shown} since ${new Date(this.#sinceMs).toISOString()}`;
    this.#state.recovered({ url: address.shown });
    log.info("connected to the manager", {
      url: address.shown,
      hostId: enrolment?.hostId,
      name: connection.name,
      clockSkewMs,
    });
    this.#tellState();
    ports.linked();
  }

  #disconnected(reason: string): void {
    this.#reason = reason;
    this.#tellState();
  }

  #alone(): void {
    this.#reason = "manager.address is empty";
    this.#options.ports.onState("ok", "the agent works alone: manager.address is empty");
  }

  /** What is wrong although the manager is reached; null for nothing. */
  get trouble(): string | null {
    return this.#settingsTrouble;
  }

  #settingsChanged(trouble: string | null): void {
    if (trouble === this.#settingsTrouble) return;
    this.#settingsTrouble = trouble;
    const { log } = this.#options;
    if (trouble === null) log.info("the manager's settings are in force");
    else log.warn("the manager's settings are not in force", { reason: trouble });
    this.#tellState();
  }

  #tellState(): void {
    const { onState } = this.#options.ports;
    if (this.#link === null) onState("degraded", this.#reason);
    else if (this.#settingsTrouble === null) onState("ok", this.#reason);
    else onState("degraded", `${this.#settingsTrouble}; ${this.#reason}`);
  }
}

/** Everything that a connection is made with, to be compared; what holds at any time is left out. */
function madeWith(config: ManagerConfig): string {
  const { address, token, token_file, ca_file, ca_fingerprint, cert_file, key_file } = config;
  return JSON.stringify([address, token.reveal(), token_file, ca_file, ca_fingerprint, cert_file, key_file]);
}
