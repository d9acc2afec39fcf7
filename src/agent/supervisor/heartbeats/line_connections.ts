import type { Clock } from "../../../core/mod.ts";
import { createStateLog, type Logger, type StateLog } from "../../../log/mod.ts";
import { checkLine } from "./beat.ts";
import type { BeatRelay } from "./beat_relay.ts";
import type { HeartbeatPorts } from "./contract.ts";
import { LineSplitter } from "./line_splitter.ts";
import { ReadBudget } from "./read_budget.ts";

/** What is used of a connection; the runtime's own are such. */
export interface LineWire {
  read(into: Uint8Array): Promise<number | null>;
  close(): void;
}

export interface LineConnectionsOptions {
  /** Whose connections they are. */
  readonly id: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ports: HeartbeatPorts;
  readonly relay: BeatRelay;
}

export interface LineStats {
  readonly connections: number;
  readonly beats: number;
  readonly badLines: number;
}

export const MAX_LINE_BYTES = 16 * 1024;
/** A program needs one, and another while it restarts; beyond that the one that was silent for longest is closed. */
export const MAX_CONNECTIONS = 16;
/** Some 8,000 lines. */
const BYTES_PER_SECOND = 1024 * 1024;
/** Whoever sends so many in a row that are none, means something else. */
const MAX_BAD_IN_A_ROW = 100;
const BUFFER_BYTES = 1024;
const utf8 = new TextDecoder("utf-8", { fatal: true });

interface Connection {
  readonly wire: LineWire;
  served: Promise<void>;
  heardMs: number;
  isClosed: boolean;
}

/** The connections of one process. */
export class LineConnections {
  readonly #options: LineConnectionsOptions;
  readonly #budget: ReadBudget;
  readonly #trouble: StateLog;
  readonly #closing = new AbortController();
  readonly #open = new Set<Connection>();
  #beats = 0;
  #badLines = 0;

  constructor(options: LineConnectionsOptions) {
    this.#options = options;
    this.#budget = new ReadBudget(options.clock, BYTES_PER_SECOND);
    this.#trouble = createStateLog(options.log, options.clock, "reading heartbeats from a socket");
  }

  add(wire: LineWire): void {
    if (this.#open.size >= MAX_CONNECTIONS) this.#makeRoom();
    const connection: Connection = {
      wire,
      served: Promise.resolve(),
      heardMs: this.#options.clock.monotonicMs(),
      isClosed: false,
    };
    this.#open.add(connection);
    connection.served = this.#serve(connection);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const open = [...this.#open];
    for (const connection of open) this.#end(connection);
    await Promise.all(open.map(({ served }) => served));
  }

  stats(): LineStats {
    return { connections: this.#open.size, beats: this.#beats, badLines: this.#badLines };
  }

  #makeRoom(): void {
    const [oldest] = [...this.#open].sort((a, b) => a.heardMs - b.heardMs);
    if (oldest !== undefined) this.#end(oldest);
  }

  #end(connection: Connection): void {
    this.#open.delete(connection);
    if (connection.isClosed) return;
    connection.isClosed = true;
    connection.wire.close();
  }

  async #serve(connection: Connection): Promise<void> {
    const { id, clock, log } = this.#options;
    const splitter = new LineSplitter(MAX_LINE_BYTES);
    const buffer = new Uint8Array(BUFFER_BYTES);
    try {
      for (let badInARow = 0;;) {
        const read = await connection.wire.read(buffer);
        if (read === null || connection.isClosed) return;
        connection.heardMs = clock.monotonicMs();
        for (const line of splitter.push(buffer.subarray(0, read))) badInARow = this.#take(line) ? 0 : badInARow + 1;
        if (badInARow >= MAX_BAD_IN_A_ROW) {
          this.#trouble.failed("what it sends are no heartbeats: the connection was closed", { process: id });
          return;
        }
        await this.#budget.spend(read, this.#closing.signal);
      }
    } catch (error) {
      // The program has gone, or we have closed; other failures are faults of our own.
      const isExpected = connection.isClosed || (error instanceof Error && error.name in Deno.errors);
      if (!isExpected) log.error("a heartbeat could not be read", { process: id, error });
    } finally {
      this.#end(connection);
    }
  }

  /** False for a line that is no heartbeat; an empty one is nothing at all. */
  #take(line: Uint8Array | null): boolean {
    if (line !== null && (line.length === 0 || (line.length === 1 && line[0] === 13))) return true;
    const { id, ports, relay } = this.#options;
    const checked = line === null ? null : checkLine(id, jsonOf(line));
    if (checked === null || !checked.ok) {
      this.#badLines++;
      return false;
    }
    this.#beats++;
    this.#trouble.recovered({ process: id });
    if (ports.find(id) === "running") relay.take(id, checked.beat);
    return true;
  }
}

/** Undefined for what is no JSON, which then is no JSON object either. */
function jsonOf(line: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(line));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined; // no JSON, or no UTF-8
    throw error;
  }
}
