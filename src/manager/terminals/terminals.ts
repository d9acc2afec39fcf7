import { join } from "node:path";
import { AppError, type Clock } from "../../core/mod.ts";
import type { Component } from "../../lifecycle/mod.ts";
import type { Logger } from "../../log/mod.ts";
import { type AttachMode, TERMINAL_CLOSE_CODES } from "../../protocol/mod.ts";
import { Attachment, type AttachmentTold } from "./attachment.ts";
import { Guest, type GuestSocket } from "./guest.ts";
import type { TerminalsPorts } from "./ports.ts";
import { Recorders } from "./recording/recorders.ts";
import { Recordings } from "./recording/recordings.ts";
import { Upkeep } from "./recording/upkeep.ts";

export interface TerminalsSettings {
  readonly recording: boolean;
  readonly keepMs: number;
  readonly maxTotalBytes: number;
  readonly maxBytes: number;
}

export interface TerminalsOptions {
  readonly ports: TerminalsPorts;
  /** Where recordings are written; made when it is not there. */
  readonly dir: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Those that hold now. */
  readonly settings: () => TerminalsSettings;
  readonly newId?: () => string;
}

/** A guest who wants to be at a terminal. */
export interface AttachRequest {
  readonly hostId: string;
  readonly host: string;
  readonly terminalId: string;
  readonly actor: string;
  readonly mode: AttachMode;
  readonly cols?: number | undefined;
  readonly rows?: number | undefined;
  /** How many bytes of output he has already. */
  readonly from?: number | undefined;
  /** Of the request to the host. */
  readonly headers: Headers;
  readonly told: AttachmentTold;
}

/** What whoever has the guest's WebSocket does with one who is attached. */
export interface Attached {
  received(data: unknown): void;
  /** The WebSocket has closed. */
  closed(): void;
  close(code: number, reason: string): void;
  /** Resolves when it is over, with the WebSocket. */
  readonly over: Promise<void>;
}

const HEAD_TIMEOUT_MS = 20_000;
/** Of a guest who does not say how large his screen is. */
const USUAL_SIZE = { cols: 80, rows: 24 };
const TRIM_EVERY_MS = 600_000;
/** How long guests have to answer when the manager stops. */
const LEAVING_MS = 500;

/** The terminals of all hosts that somebody is attached to, and the recordings of them. */
export class Terminals {
  readonly recordings: Recordings;
  readonly #options: TerminalsOptions;
  readonly #recorders: Recorders;
  readonly #upkeep: Upkeep;
  readonly #all = new Map<Attachment, Guest>();
  #stopped = new AbortController();
  #keeping: Promise<void> = Promise.resolve();
  #trimming: Promise<void> | null = null;
  #isTrimWanted = false;
  /** A second stop joins the first. */
  #stopping: Promise<void> | null = null;

  constructor(options: TerminalsOptions) {
    const { ports: { recordings: index }, clock, log, dir, settings, newId = () => crypto.randomUUID() } = options;
    this.#options = options;
    this.#recorders = new Recorders({
      ...{ index, dir, clock, log, newId },
      isOn: () => settings().recording,
      maxBytes: () => settings().maxBytes,
      onGrown: () => void this.#trim(),
    });
    this.#upkeep = new Upkeep({
      ...{ index, dir, clock, log, recorders: this.#recorders },
      keepMs: () => settings().keepMs,
      maxTotalBytes: () => settings().maxTotalBytes,
    });
    this.recordings = new Recordings({ index, dir, recorders: this.#recorders, upkeep: this.#upkeep });
  }

  /** Guests who are attached. */
  get size(): number {
    return this.#all.size;
  }

  component(dependsOn: readonly string[]): Component {
    return {
      name: "terminals",
      dependsOn,
      start: (signal) =>
        Promise.try(() => {
          signal.throwIfAborted();
          this.#stopped = new AbortController();
          this.#recorders.begin();
          this.#keeping = this.#keep(this.#stopped.signal);
        }),
      stop: (signal) => this.#stopping ??= this.#end(signal).finally(() => this.#stopping = null),
    };
  }

  /** Throws while the manager stops. */
  admit(): void {
    if (!this.#stopped.signal.aborted) return;
    throw new AppError("unavailable", "The manager stops; attach again", { retryable: true });
  }

  /** The socket must be open. */
  attach(socket: GuestSocket, request: AttachRequest): Attached {
    const { clock, log, ports } = this.#options;
    const { hostId, host, terminalId, actor, mode, told, headers } = request;
    const guest = new Guest(socket, clock);
    const { cols = USUAL_SIZE.cols, rows = USUAL_SIZE.rows } = request;
    const attachment = new Attachment({
      ...{ guest, mode, clock, log, told },
      ask: (signal) =>
        ports.hub.duplex(hostId, new Request(addressOf(request), { headers, signal }), {
          headTimeoutMs: HEAD_TIMEOUT_MS,
        }),
      record: (onChange) => this.#recorders.join({ hostId, host, terminalId, actor, cols, rows }, onChange),
      isRecorded: () => this.#recorders.isRecorded(hostId, terminalId),
    });
    this.#all.set(attachment, guest);
    const over = attachment.run().then(() => void this.#all.delete(attachment));
    return {
      received: (data) => attachment.received(data),
      closed: () => attachment.closed(),
      close: (code, reason) => attachment.close(code, reason),
      over,
    };
  }

  async #end(signal: AbortSignal): Promise<void> {
    this.#stopped.abort();
    await this.#leaveAll();
    // A disk that hangs must not keep the manager; what is not in the index then is repaired at the next start.
    await Promise.race([Promise.all([this.#recorders.end(), this.#keeping, this.#trimming]), aborted(signal)]);
  }

  async #leaveAll(): Promise<void> {
    for (const attachment of this.#all.keys()) {
      attachment.close(TERMINAL_CLOSE_CODES.try_again, "the manager stops; attach again");
    }
    if (this.#all.size === 0) return;
    const gone = new AbortController();
    const late = this.#options.clock.sleep(LEAVING_MS, gone.signal).catch(() => {}); // all have gone before
    await Promise.race([Promise.all([...this.#all.values()].map(({ whenOver }) => whenOver)), late]);
    gone.abort();
    for (const [attachment, guest] of this.#all) {
      guest.drop();
      attachment.closed();
    }
  }

  async #keep(signal: AbortSignal): Promise<void> {
    await this.#upkeep.repair();
    while (!signal.aborted) {
      await this.#trim();
      await this.#options.clock.sleep(TRIM_EVERY_MS, signal).catch(() => {
        // The part stops.
      });
    }
  }

  /** One after the other; whoever asks while one is under way is served by the one after it. */
  #trim(): Promise<void> {
    this.#isTrimWanted = true;
    return this.#trimming ??= this.#trimWhileWanted().finally(() => this.#trimming = null);
  }

  async #trimWhileWanted(): Promise<void> {
    const { signal } = this.#stopped;
    while (this.#isTrimWanted && !signal.aborted) {
      this.#isTrimWanted = false;
      await this.#upkeep.trim(signal);
    }
  }
}

/** Where recordings are, below the manager's data directory. */
export function recordingsDir(dataDir: string): string {
  return join(dataDir, "recordings");
}

function addressOf({ terminalId, mode, cols, rows, from }: AttachRequest): string {
  const given = Object.entries({ mode, cols, rows, from });
  const query = new URLSearchParams(given.flatMap(([name, value]) => value === undefined ? [] : [[name, `${value}`]]));
  return `http://tunnel/v1/terminals/${encodeURIComponent(terminalId)}/attach?${query}`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
