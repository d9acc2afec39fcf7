import { AppError, systemClock } from "../../core/mod.ts";
import type { ObservedExit } from "../halves.ts";
import {
  closeHandle,
  createEvent,
  exitCode,
  type Handle,
  hasEnded,
  MAX_WAITED,
  signalEvent,
  waitForAny,
} from "./ffi/kernel32_waits.ts";

/** One place of a wait is for what wakes it up. */
const MAX_AT_ONCE = MAX_WAITED - 1;
/** How late the end of a process may be noticed that is not among those. */
const POLL_MS = 100;

/** What it asks of Windows, for tests on other systems. */
export interface WaitCalls {
  closeHandle(handle: Handle): void;
  createEvent(): Handle;
  exitCode(process: Handle): number;
  hasEnded(processes: readonly Handle[]): boolean;
  signalEvent(event: Handle): void;
  waitForAny(handles: readonly Handle[], timeoutMs: number | null): Promise<boolean>;
}

const WINDOWS: WaitCalls = { closeHandle, createEvent, exitCode, hasEnded, signalEvent, waitForAny };

/**
 * Notices the ends of processes, in one thread however many there are: the runtime has only a few threads for all that
 * blocks, the reading of files included. Windows waits for 64 things at once, so the processes beyond are looked at ten times a
 * second; the others are noticed at once. Handles that were given are closed here, when their process has ended or
 * nobody wants to know any more.
 */
export class ExitWatch {
  readonly #calls: WaitCalls;
  readonly #watched = new Map<Handle, (exit: ObservedExit) => void>();
  /** To be closed, but not while the thread waits for them. */
  readonly #retired: Handle[] = [];
  #wake: Handle | null = null;

  constructor(calls: WaitCalls = WINDOWS) {
    this.#calls = calls;
  }

  add(process: Handle, onEnd: (exit: ObservedExit) => void): void {
    const wake = this.#wake ?? this.#calls.createEvent();
    this.#watched.set(process, onEnd);
    if (this.#wake !== null) return this.#calls.signalEvent(wake);
    this.#wake = wake;
    void this.#waitWhileWatching(wake);
  }

  remove(process: Handle): void {
    if (!this.#watched.delete(process)) return;
    this.#retired.push(process);
    if (this.#wake !== null) this.#calls.signalEvent(this.#wake);
  }

  close(): void {
    for (const process of [...this.#watched.keys()]) this.remove(process);
  }

  async #waitWhileWatching(wake: Handle): Promise<void> {
    while (this.#watched.size > 0) {
      const processes = [...this.#watched.keys()];
      const timeoutMs = processes.length > MAX_AT_ONCE ? POLL_MS : null;
      const waited = await this.#calls.waitForAny([wake, ...processes.slice(0, MAX_AT_ONCE)], timeoutMs);
      for (const handle of this.#retired.splice(0)) this.#calls.closeHandle(handle);
      this.#tellEnds();
      // Never seen, and must not become an endless loop if ever it is.
      if (!waited) await systemClock.sleep(POLL_MS);
    }
    this.#wake = null;
    this.#calls.closeHandle(wake);
    for (const handle of this.#retired.splice(0)) this.#calls.closeHandle(handle);
  }

  #tellEnds(): void {
    const processes = [...this.#watched.keys()];
    for (let at = 0; at < processes.length; at += MAX_WAITED) {
      const some = processes.slice(at, at + MAX_WAITED);
      if (!this.#calls.hasEnded(some)) continue;
      for (const process of some) if (this.#calls.hasEnded([process])) this.#tellEnd(process);
    }
  }

  #tellEnd(process: Handle): void {
    const onEnd = this.#watched.get(process);
    if (!this.#watched.delete(process)) return; // an end that was told before has made it unwanted
    const exit = this.#exitOf(process);
    this.#calls.closeHandle(process);
    onEnd?.(exit);
  }

  #exitOf(process: Handle): ObservedExit {
    try {
      return { code: this.#calls.exitCode(process) };
    } catch (error) {
      // That it has ended is certain and must be told; how, is then not known.
      if (!(error instanceof AppError)) throw error;
      return {};
    }
  }
}
