import { equalIdentities, type ObservedExit, type ProcessIdentity } from "./halves.ts";
import type { ChildCalls } from "./linux/children.ts";
import { exitFromStatus } from "./linux/exit_status.ts";
import type { Reactor, ReactorEvents } from "./linux/reactor.ts";
import type { ProcessTable } from "./process_table.linux.ts";

/** How often those are looked at for which the system gives no descriptor. */
const POLL_MS = 200;
/** How many ends of our children are kept for somebody who asks only afterwards. */
const MAX_FINISHED = 256;

export type OnExit = (exit: ObservedExit) => void;

export interface ExitWatchDeps {
  readonly table: ProcessTable;
  readonly children: ChildCalls;
  readonly descriptors: { pidfdOpen(pid: number): number; close(fd: number): void };
  readonly openReactor: (events: ReactorEvents) => Reactor | number;
  /** Processes have just ended; before anybody is told. */
  readonly onEnds: () => void;
}

interface Entry {
  readonly identity: ProcessIdentity;
  readonly isChild: boolean;
  readonly listeners: Set<OnExit>;
  /** -1 while there is none: then it is polled. */
  pidfd: number;
}

/**
 * Tells when processes end: all of them in one wait for descriptors, or by looking again and again where the kernel
 * (before 5.3), a sandbox or the limit of open files gives none.
 */
export class ExitWatch {
  readonly #deps: ExitWatchDeps;
  readonly #entries = new Map<string, Entry>();
  readonly #children = new Map<number, Entry>();
  readonly #finished = new Map<string, ObservedExit>();
  readonly #polled = new Set<Entry>();
  #reactor: Reactor | undefined;
  #poll: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(deps: ExitWatchDeps) {
    this.#deps = deps;
  }

  /** Takes care of a child that was just started: its end is noticed and taken, whether anybody asks or not. */
  addChild(identity: ProcessIdentity): void {
    if (this.#isClosed) return;
    const entry: Entry = { identity, isChild: true, listeners: new Set(), pidfd: -1 };
    this.#children.set(identity.pid, entry);
    this.#entries.set(keyOf(identity), entry);
    const pidfd = this.#deps.descriptors.pidfdOpen(identity.pid);
    this.#follow(entry, pidfd); // nobody but us takes it away, so the descriptor is its
  }

  isLivingChild(pid: number): boolean {
    return this.#children.has(pid);
  }

  watch(identity: ProcessIdentity, onExit: OnExit): () => void {
    if (this.#isClosed) return () => {};
    // The same function may watch twice, and be told twice.
    const listener: OnExit = (exit) => onExit(exit);
    const key = keyOf(identity);
    const finished = this.#finished.get(key);
    if (finished !== undefined) return tellSoon(listener, finished);
    const entry = this.#entries.get(key) ?? this.#addForeign(identity);
    if (!("listeners" in entry)) return tellSoon(listener, entry);
    entry.listeners.add(listener);
    return () => {
      entry.listeners.delete(listener);
      if (entry.listeners.size === 0 && !entry.isChild && this.#entries.get(key) === entry) this.#forget(entry);
    };
  }

  /** Looks at once at all that have no descriptor: some child has ended. */
  pollNow(): void {
    for (const entry of [...this.#polled]) this.#look(entry);
  }

  close(): void {
    this.#isClosed = true;
    for (const entry of [...this.#entries.values()]) this.#forget(entry);
    this.#reactor?.close();
    this.#reactor = undefined;
    this.#finished.clear();
    this.#schedule();
  }

  /** The descriptor is opened first and the identity checked after: so it cannot mean another process. */
  #addForeign(identity: ProcessIdentity): Entry | ObservedExit {
    const { descriptors, table } = this.#deps;
    const pidfd = descriptors.pidfdOpen(identity.pid);
    if (!equalIdentities(table.one(identity.pid)?.identity ?? null, identity)) {
      if (pidfd >= 0) descriptors.close(pidfd);
      return {};
    }
    const entry: Entry = { identity, isChild: false, listeners: new Set(), pidfd: -1 };
    this.#entries.set(keyOf(identity), entry);
    this.#follow(entry, pidfd);
    return entry;
  }

  #follow(entry: Entry, pidfd: number): void {
    if (pidfd >= 0 && this.#openReactor()?.add(pidfd, () => this.#look(entry)) === true) {
      entry.pidfd = pidfd;
      return;
    }
    if (pidfd >= 0) this.#deps.descriptors.close(pidfd);
    this.#polled.add(entry);
    this.#schedule();
  }

  #openReactor(): Reactor | undefined {
    if (this.#reactor !== undefined) return this.#reactor;
    const reactor = this.#deps.openReactor({
      onWake: this.#deps.onEnds,
      onBroken: () => this.#reactorBroke(),
    });
    return this.#reactor = typeof reactor === "number" ? undefined : reactor;
  }

  #reactorBroke(): void {
    this.#reactor = undefined;
    if (this.#isClosed) return;
    for (const entry of this.#entries.values()) {
      if (entry.pidfd >= 0) this.#pollInstead(entry);
    }
  }

  #look(entry: Entry): void {
    const exit = entry.isChild ? this.#deps.children.takeExit(entry.identity.pid) : this.#foreignExitOrLater(entry);
    if (exit !== "running") return this.#finish(entry, exit === "unknown" ? this.#fromDescriptor(entry) : exit);
    // Told that it has ended, but its end is not ours yet: somebody traces it.
    if (entry.pidfd >= 0) this.#pollInstead(entry);
  }

  #foreignExitOrLater(entry: Entry): ObservedExit | "running" {
    try {
      return this.#foreignExit(entry);
    } catch {
      return "running"; // no file can be opened now: nothing is known, so it is looked at again
    }
  }

  #foreignExit(entry: Entry): ObservedExit | "running" {
    const { identity, pidfd } = entry;
    const row = this.#deps.table.one(identity.pid);
    const isThere = row !== null && equalIdentities(row.identity, identity);
    if (!isThere) return this.#fromDescriptor(entry);
    if (!row.isZombie) return "running";
    const exit = pidfd < 0 ? null : this.#deps.children.exitOf(pidfd);
    return exit ?? zombieExit(identity.pid, this.#deps.table.root);
  }

  #fromDescriptor({ pidfd }: Entry): ObservedExit {
    return pidfd < 0 ? {} : this.#deps.children.exitOf(pidfd) ?? {};
  }

  #finish(entry: Entry, exit: ObservedExit): void {
    if (entry.pidfd < 0) this.#deps.onEnds();
    this.#forget(entry);
    if (entry.listeners.size === 0) this.#keepFinished(entry, exit);
    for (const listener of entry.listeners) tell(listener, exit);
  }

  #keepFinished({ identity }: Entry, exit: ObservedExit): void {
    this.#finished.set(keyOf(identity), exit);
    for (const key of this.#finished.keys()) {
      if (this.#finished.size <= MAX_FINISHED) break;
      this.#finished.delete(key);
    }
  }

  #forget(entry: Entry): void {
    this.#entries.delete(keyOf(entry.identity));
    if (this.#children.get(entry.identity.pid) === entry) this.#children.delete(entry.identity.pid);
    this.#polled.delete(entry);
    this.#closeDescriptor(entry);
  }

  #pollInstead(entry: Entry): void {
    this.#closeDescriptor(entry);
    this.#polled.add(entry);
    this.#schedule();
  }

  #closeDescriptor(entry: Entry): void {
    if (entry.pidfd < 0) return;
    this.#reactor?.remove(entry.pidfd);
    this.#deps.descriptors.close(entry.pidfd);
    entry.pidfd = -1;
  }

  /** One timer for all. */
  #schedule(): void {
    if (this.#polled.size === 0 || this.#isClosed) {
      clearTimeout(this.#poll);
      this.#poll = undefined;
      return;
    }
    if (this.#poll !== undefined) return;
    this.#poll = setTimeout(() => {
      this.#poll = undefined;
      this.pollNow();
      this.#schedule();
    }, POLL_MS);
  }
}

/**
 * How a zombie has ended, from the last field of its stat line (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html).
 * The kernel shows 0 to whoever may not know: who may read its `io` is one who may.
 */
function zombieExit(pid: number, root: string): ObservedExit {
  try {
    const status = Number(Deno.readTextFileSync(`${root}/${pid}/stat`).trim().split(" ").at(-1));
    if (!Number.isSafeInteger(status) || status < 0) return {};
    if (status === 0) Deno.readTextFileSync(`${root}/${pid}/io`);
    return exitFromStatus(status);
  } catch {
    return {}; // it was taken away meanwhile, or is none of our business: then it is not known
  }
}

function keyOf({ pid, startTime, bootId }: ProcessIdentity): string {
  return `${pid} ${startTime} ${bootId}`;
}

/** Calls back when the caller has got its answer. */
function tellSoon(listener: OnExit, exit: ObservedExit): () => void {
  let isWanted = true;
  queueMicrotask(() => {
    if (isWanted) tell(listener, exit);
  });
  return () => isWanted = false;
}

/** Whoever fails must not keep others from being told; the failure goes where all uncaught ones go. */
function tell(listener: OnExit, exit: ObservedExit): void {
  try {
    listener(exit);
  } catch (error) {
    reportError(error);
  }
}
