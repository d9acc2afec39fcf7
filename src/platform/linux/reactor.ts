import { lazy } from "../lazy.ts";
import { errno } from "../posix/calls.ts";

// https://man7.org/linux/man-pages/man7/epoll.7.html; the numbers are the same on x86-64 and arm64.
const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLL_CTL_MOD = 3;
/** What a descriptor can be waited for: EPOLLIN and EPOLLOUT, together if both. */
export const READABLE = 1;
export const WRITABLE = 4;
/** EPOLLERR and EPOLLHUP, which come unasked: a read or a write tells what they mean. */
const TROUBLE = 0x8 | 0x10;
const EFD_CLOEXEC_NONBLOCK = 0o2004000;
const MAX_EVENTS = 64;
/** A wait may be interrupted by signals, but hardly so often in a row: then the descriptor is of no use any more. */
const MAX_FAILURES = 1_000;

/** struct epoll_event: 32 bits of events and 64 of data, which only x86-64 packs. */
export function epollLayout(arch: typeof Deno.build.arch): { readonly bytes: number; readonly dataAt: number } {
  return arch === "x86_64" ? { bytes: 12, dataAt: 4 } : { bytes: 16, dataAt: 8 };
}

/** Waits for any number of descriptors with one call on one thread. */
export interface Reactor {
  /**
   * Calls back with what of the wanted is possible, each time that it is, until the descriptor is removed. False when
   * the system refuses.
   */
  add(fd: number, onReady: OnReady, wanted?: number): boolean;
  /** Waits for something else of it from now on; 0 for nothing, not even its end. False when the system refuses. */
  change(fd: number, wanted: number): boolean;
  /** Before the descriptor is closed. */
  remove(fd: number): void;
  /** Stops waiting. Until then the program is kept running. */
  close(): void;
}

/** READABLE, WRITABLE or both. */
export type OnReady = (possible: number) => void;

export interface ReactorEvents {
  /** Before the callbacks of what has come together. */
  readonly onWake: () => void;
  /** Waiting is impossible from now on; nothing is called back any more. */
  readonly onBroken: () => void;
}

const symbols = lazy(() =>
  Deno.dlopen("libc.so.6", {
    epoll_create1: { parameters: ["i32"], result: "i32" },
    epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
    epoll_wait: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32", nonblocking: true },
    eventfd: { parameters: ["u32", "i32"], result: "i32" },
    write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
    close: { parameters: ["i32"], result: "i32" },
    __errno_location: { parameters: [], result: "pointer" },
  }).symbols
);

/** The negative error number when the system has no descriptors left for it. */
export function createReactor(events: ReactorEvents): Reactor | number {
  const calls = symbols();
  const epoll = calls.epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) return -errno(calls.__errno_location());
  const waker = calls.eventfd(0, EFD_CLOEXEC_NONBLOCK);
  if (waker < 0) {
    const error = errno(calls.__errno_location());
    calls.close(epoll);
    return -error;
  }
  const reactor = new EpollReactor(epoll, waker, events);
  void reactor.run();
  return reactor;
}

interface Registration {
  /** Tells a descriptor from an earlier one of the same number, of which an event may be under way. */
  readonly generation: number;
  readonly onReady: OnReady;
  wanted: number;
}

class EpollReactor implements Reactor {
  readonly #epoll: number;
  readonly #waker: number;
  readonly #events: ReactorEvents;
  readonly #layout = epollLayout(Deno.build.arch);
  readonly #ready = new DataView(new ArrayBuffer(this.#layout.bytes * MAX_EVENTS));
  readonly #registrations = new Map<number, Registration>();
  #generation = 0;
  #isClosed = false;

  constructor(epoll: number, waker: number, events: ReactorEvents) {
    this.#epoll = epoll;
    this.#waker = waker;
    this.#events = events;
    this.add(waker, () => {});
  }

  add(fd: number, onReady: OnReady, wanted = READABLE): boolean {
    if (this.#isClosed) return false;
    const generation = this.#generation = this.#generation + 1 >>> 0;
    const registration = { generation, onReady, wanted };
    if (wanted !== 0 && !this.#control(EPOLL_CTL_ADD, fd, registration)) return false;
    this.#registrations.set(fd, registration);
    return true;
  }

  change(fd: number, wanted: number): boolean {
    const registration = this.#registrations.get(fd);
    if (registration === undefined || this.#isClosed) return false;
    const before = registration.wanted;
    if (before === wanted) return true;
    registration.wanted = wanted;
    // The end of a descriptor of which nothing is wanted would be told again and again.
    return this.#control(wanted === 0 ? EPOLL_CTL_DEL : before === 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, registration);
  }

  remove(fd: number): void {
    const registration = this.#registrations.get(fd);
    if (!this.#registrations.delete(fd) || registration?.wanted === 0) return;
    symbols().epoll_ctl(this.#epoll, EPOLL_CTL_DEL, fd, new Uint8Array(this.#layout.bytes));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    symbols().write(this.#waker, new Uint8Array(new BigUint64Array([1n]).buffer), 8n);
  }

  /** Ends, and lets go of its descriptors, after `close`; before, somebody is waiting with them on another thread. */
  async run(): Promise<void> {
    const buffer = new Uint8Array(this.#ready.buffer);
    for (let failures = 0; !this.#isClosed && failures < MAX_FAILURES;) {
      const count = await symbols().epoll_wait(this.#epoll, buffer, MAX_EVENTS, -1);
      failures = count < 0 ? failures + 1 : 0;
      if (count > 0 && !this.#isClosed) this.#dispatch(count);
    }
    symbols().close(this.#epoll);
    symbols().close(this.#waker);
    this.#registrations.clear();
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#events.onBroken();
  }

  #control(operation: number, fd: number, { generation, wanted }: Registration): boolean {
    const event = new DataView(new ArrayBuffer(this.#layout.bytes));
    event.setUint32(0, wanted, true);
    event.setUint32(this.#layout.dataAt, fd, true);
    event.setUint32(this.#layout.dataAt + 4, generation, true);
    return symbols().epoll_ctl(this.#epoll, operation, fd, new Uint8Array(event.buffer)) === 0;
  }

  #dispatch(count: number): void {
    this.#events.onWake();
    const { bytes, dataAt } = this.#layout;
    for (let at = 0; at < count * bytes; at += bytes) {
      const registration = this.#registrations.get(this.#ready.getUint32(at + dataAt, true));
      if (registration?.generation !== this.#ready.getUint32(at + dataAt + 4, true)) continue;
      const events = this.#ready.getUint32(at, true);
      const possible = (events & TROUBLE) === 0 ? events & registration.wanted : registration.wanted;
      if (possible !== 0) registration.onReady(possible);
    }
  }
}
