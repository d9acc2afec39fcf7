import { join } from "node:path";
import { AppError, type Clock, messageOf } from "../../../core/mod.ts";
import { createStateLog, type Logger, type StateLog } from "../../../log/mod.ts";
import type { RecordingIndexPort } from "../ports.ts";
import { CastFile } from "./cast_file.ts";
import { Recorder } from "./recorder.ts";

export interface RecordersOptions {
  readonly index: RecordingIndexPort;
  readonly dir: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly isOn: () => boolean;
  readonly maxBytes: () => number;
  readonly newId: () => string;
  /** Called now and then while recordings grow. */
  readonly onGrown: () => void;
}

/** Whose terminal is to be recorded, and how large it is. */
export interface RecordedTerminal {
  readonly hostId: string;
  readonly host: string;
  readonly terminalId: string;
  readonly actor: string;
  readonly cols: number;
  readonly rows: number;
}

/** A recording for as long as a guest is attached. */
export interface RecorderSeat {
  readonly recorder: Recorder;
  leave(): void;
}

const FLUSH_EVERY_MS = 1_000;
const INDEX_EVERY_MS = 10_000;
/** Longer than a terminal waits for somebody to come back, unless its host was told otherwise. */
const LINGER_MS = 15 * 60_000;
const MAX_RECORDERS = 1_000;

interface Entry {
  readonly recorder: Recorder;
  /** When the index was told of it last, and how large it was then. */
  indexedMs: number;
  indexedBytes: number;
  /** Whether the index says that it has ended; until then it is tried again. */
  isSettled: boolean;
  settling: Promise<void> | null;
}

/** The recordings that go on. One timer serves all of them, and there is none while there are none. */
export class Recorders {
  readonly #options: RecordersOptions;
  readonly #trouble: StateLog;
  readonly #indexTrouble: StateLog;
  readonly #byTerminal = new Map<string, Promise<Entry | null>>();
  /** Those whose end is not in the index yet; and those that were cut, so that no others are begun in their place. */
  readonly #open = new Map<string, Entry>();
  /** All that were begun since the start, until what the manager before has left is put in order: they are not of that. */
  #begun: Set<string> | null = new Set();
  #round: AbortController | null = null;
  #isEnding = false;

  constructor(options: RecordersOptions) {
    this.#options = options;
    this.#trouble = createStateLog(options.log, options.clock, "recording of terminals");
    this.#indexTrouble = createStateLog(options.log, options.clock, "index of recordings");
  }

  /** The one with this id, while it goes on. */
  running(id: string): Recorder | null {
    const entry = this.#open.get(id);
    return entry === undefined || entry.isSettled ? null : entry.recorder;
  }

  /** Whether it is one of this run, even if it is only being begun, or has ended already. */
  isOurs(id: string): boolean {
    return this.#open.has(id) || this.#begun?.has(id) === true;
  }

  /** What was there before is in order, and nobody asks any more what is ours. */
  repaired(): void {
    this.#begun = null;
  }

  /** Those that go on. */
  all(): readonly Recorder[] {
    return [...this.#open.values()].map(({ recorder }) => recorder).filter(({ isRecording }) => isRecording);
  }

  /** Whether what this terminal shows is kept. */
  async isRecorded(hostId: string, terminalId: string): Promise<boolean> {
    return (await this.#byTerminal.get(keyOf(hostId, terminalId)))?.recorder.isRecording ?? false;
  }

  /** Null where there is no recording: it is switched off, or cannot be begun, of which the log tells. */
  async join(of: RecordedTerminal, onChange: () => void): Promise<RecorderSeat | null> {
    if (this.#isEnding || !this.#options.isOn()) return null;
    const key = keyOf(of.hostId, of.terminalId);
    let opening = this.#byTerminal.get(key);
    if (opening === undefined) this.#byTerminal.set(key, opening = this.#tryToBegin(of));
    const entry = await opening;
    const isStill = this.#byTerminal.get(key) === opening;
    if (entry === null) {
      if (isStill) this.#byTerminal.delete(key);
      return null;
    }
    if (!isStill) return await this.join(of, onChange); // it has ended while it was waited for
    return { recorder: entry.recorder, leave: entry.recorder.enter(onChange) };
  }

  begin(): void {
    this.#isEnding = false;
    this.#begun = new Set();
  }

  /** Ends all of them. Resolves when they are in the index, or could not be brought there. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await Promise.all(this.#byTerminal.values());
    for (const { recorder } of this.#open.values()) recorder.finish("the manager has stopped");
    this.#byTerminal.clear();
    await Promise.all([...this.#open.values()].map((entry) => this.#settle(entry)));
    this.#open.clear();
    this.#round?.abort();
    this.#round = null;
  }

  async #tryToBegin(of: RecordedTerminal): Promise<Entry | null> {
    try {
      const entry = await this.#begin(of);
      this.#trouble.recovered();
      return entry;
    } catch (error) {
      this.#trouble.failed(messageOf(error), { host: of.host });
      return null;
    }
  }

  async #begin(of: RecordedTerminal): Promise<Entry> {
    const { index, dir, clock, newId, maxBytes } = this.#options;
    this.#makeRoom();
    const { cols, rows, ...origin } = of;
    const [id, startedMs] = [newId(), clock.nowMs()];
    this.#begun?.add(id);
    const position = await index.position(of.hostId, of.terminalId);
    await index.add({
      ...{ id, ...of, startedMs, position, endedMs: null, reason: "", isCut: false },
      ...{ user: "", shell: "", title: "", durationMs: 0, sizeBytes: 0 },
    });
    const file = await CastFile.create(castPath(dir, id), (error) => recorder.failed(error)).catch(async (error) => {
      await index.remove(id);
      // The same cause gives the same words, so that it is logged once.
      throw new AppError("internal", messageOf(error).replaceAll(id, "ID"), { cause: error });
    });
    const onOver = () => this.#isOver(entry);
    const recorder = new Recorder({ id, origin, startedMs, cols, rows, position, clock, maxBytes, onOver }, file);
    const entry: Entry = {
      recorder,
      indexedMs: clock.monotonicMs(),
      indexedBytes: 0,
      isSettled: false,
      settling: null,
    };
    this.#open.set(id, entry);
    if (this.#round === null) void this.#go((this.#round = new AbortController()).signal);
    return entry;
  }

  /** Of those whom nobody uses, the one that was left first makes room. */
  #makeRoom(): void {
    if (this.#open.size < MAX_RECORDERS) return;
    const left = [...this.#open.values()].filter(({ recorder: { leftMs } }) => leftMs !== null);
    const [first] = left.toSorted((a, b) => (a.recorder.leftMs ?? 0) - (b.recorder.leftMs ?? 0));
    if (first === undefined) throw new AppError("rate_limited", `${MAX_RECORDERS} terminals are recorded already`);
    this.#leave(first, "other terminals needed its place");
  }

  /** Nobody is expected to use the terminal any more. */
  #leave(entry: Entry, reason: string): void {
    const { recorder } = entry;
    if (recorder.isRecording) return recorder.finish(reason);
    this.#forget(recorder);
    if (entry.isSettled) this.#open.delete(recorder.id);
  }

  #forget({ origin: { hostId, terminalId } }: Recorder): void {
    this.#byTerminal.delete(keyOf(hostId, terminalId));
  }

  #isOver(entry: Entry): void {
    const { id, end, origin } = entry.recorder;
    if (end?.isCut === true) {
      this.#options.log.warn("a recording was cut", { id, reason: end.reason, host: origin.host });
    }
    if (!isKept(entry.recorder)) this.#forget(entry.recorder);
    void this.#settle(entry);
  }

  async #go(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#options.clock.sleep(FLUSH_EVERY_MS, signal);
      } catch {
        return; // the last one has ended
      }
      this.#tick();
      if (this.#open.size > 0) continue;
      this.#round = null;
      return;
    }
  }

  #tick(): void {
    const nowMs = this.#options.clock.monotonicMs();
    let hasGrown = false;
    for (const entry of this.#open.values()) {
      const { recorder } = entry;
      if (recorder.leftMs !== null && nowMs - recorder.leftMs >= LINGER_MS) {
        this.#leave(entry, "nobody came back to it");
      }
      if (recorder.isRecording) void recorder.file.flush();
      if (nowMs - entry.indexedMs < INDEX_EVERY_MS) continue;
      entry.indexedMs = nowMs;
      if (!recorder.isRecording) void this.#settle(entry);
      else if (recorder.file.sizeBytes !== entry.indexedBytes) {
        entry.indexedBytes = recorder.file.sizeBytes;
        void this.#write(() => this.#options.index.change(recorder.id, recorder.progress));
        hasGrown = true;
      }
    }
    if (hasGrown) this.#options.onGrown();
  }

  /** Brings the end into the index. Never rejects: what cannot be done now is done later, or when the manager starts. */
  #settle(entry: Entry): Promise<void> {
    return entry.settling ??= this.#trySettle(entry).finally(() => entry.settling = null);
  }

  async #trySettle(entry: Entry): Promise<void> {
    if (entry.isSettled) return;
    const { recorder } = entry;
    const { index, dir, clock } = this.#options;
    await recorder.file.close();
    const { reason = "", isCut = false } = recorder.end ?? {};
    entry.isSettled = await this.#write(async () => {
      if (recorder.hasBegun) {
        await index.change(recorder.id, { ...recorder.progress, endedMs: clock.nowMs(), reason, isCut });
        return;
      }
      // Nothing was shown, and a recording of nothing helps nobody.
      await Deno.remove(castPath(dir, recorder.id)).catch((error) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
      await index.remove(recorder.id);
    });
    if (!entry.isSettled) return;
    if (!isKept(recorder)) this.#open.delete(recorder.id);
    this.#options.onGrown();
  }

  async #write(act: () => Promise<unknown>): Promise<boolean> {
    try {
      await act();
      this.#indexTrouble.recovered();
      return true;
    } catch (error) {
      this.#indexTrouble.failed(messageOf(error));
      return false;
    }
  }
}

/** Whether it is remembered after its end: for as long as somebody may use the terminal. One that has failed is tried again. */
function isKept({ end, file }: Recorder): boolean {
  return end?.isCut === true && !file.hasFailed;
}

export function castPath(dir: string, id: string): string {
  return join(dir, `${id}.cast`);
}

function keyOf(hostId: string, terminalId: string): string {
  return `${hostId} ${terminalId}`;
}
