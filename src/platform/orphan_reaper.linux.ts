import type { ProcessRow } from "./halves.ts";
import type { ChildCalls } from "./linux/children.ts";
import { childrenOf } from "./own_children.linux.ts";
import type { ProcessTable } from "./process_table.linux.ts";

/** How long somebody else has for taking the end of a child, and how often it is looked whether that was done. */
const LOOK_MS = 250;
/** The runtime takes its own children within one turn of its loop; what it leaves for so many looks is not its. */
const LOOKS_BEFORE_TAKING = 3;
/** Looking may take one part in so many of the time. */
const REST_FACTOR = 50;
/** The sessions of so many programs are remembered, the latest. */
const MAX_SESSIONS = 4_096;

export interface OrphanReaperDeps {
  readonly table: ProcessTable;
  readonly children: ChildCalls;
  readonly ownPid: number;
  readonly isLivingChild: (pid: number) => boolean;
  /** Some child has ended. */
  readonly onChildEnd: () => void;
}

/**
 * Takes away descendants of supervised programs that became our children when their parents ended, and then ended
 * themselves. The commands that the runtime starts are our children as well, and to take their end would lose their
 * exit codes; so it is taken at once only of who was in the session of a program of ours, and of others when
 * nobody else has done so for a while.
 */
export class OrphanReaper {
  readonly #deps: OrphanReaperDeps;
  readonly #sessions = new Set<number>();
  /** Start time and number of looks, by pid. */
  readonly #seen = new Map<number, { readonly startTime: string; readonly looks: number }>();
  readonly #onSignal = () => this.#childEnded();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOpen = false;

  constructor(deps: OrphanReaperDeps) {
    this.#deps = deps;
  }

  /** From now on; a program with this session was started. */
  addSession(session: number): void {
    this.#sessions.delete(session);
    this.#sessions.add(session);
    for (const oldest of this.#sessions) {
      if (this.#sessions.size <= MAX_SESSIONS) break;
      this.#sessions.delete(oldest);
    }
    if (this.#isOpen) return;
    this.#isOpen = true;
    Deno.addSignalListener("SIGCHLD", this.#onSignal);
  }

  /** Takes away what certainly is an orphan; the rest is looked at again soon. */
  reap(): void {
    try {
      this.#reapCertain();
    } catch {
      this.#lookLater(LOOK_MS); // no file can be opened now
    }
  }

  #reapCertain(): void {
    const { children } = this.#deps;
    let last = 0;
    for (let pid = children.someEnded(); pid > 0; pid = children.someEnded()) {
      if (pid === last || !this.#takeIfCertain(pid)) return this.#lookLater(LOOK_MS);
      last = pid;
    }
  }

  close(): void {
    if (this.#isOpen) Deno.removeSignalListener("SIGCHLD", this.#onSignal);
    this.#isOpen = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#seen.clear();
    this.#sessions.clear();
  }

  #childEnded(): void {
    if (!this.#isOpen) return;
    this.#deps.onChildEnd();
    this.reap();
  }

  #takeIfCertain(pid: number): boolean {
    if (this.#deps.isLivingChild(pid)) return false;
    const row = this.#deps.table.one(pid);
    if (row === null || !this.#isCertain(row)) return false;
    this.#deps.children.takeExit(pid);
    return true;
  }

  /** Neither a program nor a command: each of those names its session or is in ours. */
  #isCertain({ identity, session }: ProcessRow): boolean {
    return session !== identity.pid && this.#sessions.has(session);
  }

  #lookLater(ms: number): void {
    if (this.#timer !== undefined || !this.#isOpen) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      try {
        this.#lookAtAll();
      } catch {
        this.#lookLater(LOOK_MS); // as above
      }
    }, ms);
    Deno.unrefTimer(this.#timer);
  }

  /** Whoever is not taken by its owner stands before all others in the answers of the kernel; so all are listed. */
  #lookAtAll(): void {
    const { children, isLivingChild } = this.#deps;
    if (children.someEnded() === 0) return this.#seen.clear();
    const startedMs = performance.now();
    const zombies = this.#ownZombies();
    const before = new Map(this.#seen);
    this.#seen.clear();
    for (const row of zombies) {
      const { pid, startTime } = row.identity;
      if (isLivingChild(pid)) continue;
      const entry = before.get(pid);
      const looks = entry?.startTime === startTime ? entry.looks + 1 : 1;
      if (this.#isCertain(row) || looks >= LOOKS_BEFORE_TAKING) children.takeExit(pid);
      else this.#seen.set(pid, { startTime, looks });
    }
    if (children.someEnded() > 0) this.#lookLater(Math.max(LOOK_MS, REST_FACTOR * (performance.now() - startedMs)));
  }

  #ownZombies(): ProcessRow[] {
    const { table, ownPid, isLivingChild } = this.#deps;
    const pids = childrenOf("self", table.root);
    const rows = pids === null || pids.length === 0
      ? table.all()
      : pids.filter((pid) => !isLivingChild(pid)).map((pid) => table.one(pid));
    return rows.filter((row) => row !== null).filter((row) => row.isZombie && row.parentPid === ownPid);
  }
}
