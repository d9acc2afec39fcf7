import { AppError, type ErrorCode, systemClock } from "../core/mod.ts";
import { ExitWatch } from "./exit_watch.linux.ts";
import type { ObservedExit, ProcessIdentity, Pty, PtyOptions, Ptys } from "./halves.ts";
import { launchProgram } from "./launch.linux.ts";
import { lazy } from "./lazy.ts";
import { accountCalls } from "./linux/accounts.ts";
import { childCalls } from "./linux/children.ts";
import { libc } from "./linux/libc.ts";
import { ptyCalls } from "./linux/pty_master.ts";
import { createReactor, type Reactor, READABLE, WRITABLE } from "./linux/reactor.ts";
import { spawnCalls } from "./linux/spawn.ts";
import { PendingBytes } from "./pending_bytes.ts";
import { createProcessTable, type ProcessTable } from "./process_table.linux.ts";
import { RunAsResolver } from "./run_as.linux.ts";

// Error numbers of Linux: include/uapi/asm-generic/errno-base.h.
const E = { INTR: 4, AGAIN: 11, NODEV: 19, NFILE: 23, MFILE: 24, NOSPC: 28, NOENT: 2, ACCES: 13, PERM: 1 } as const;
const READ_BYTES = 64 * 1024;
/** How often one terminal is read before others have their turn. */
const READS_A_TURN = 32;
/** How often at its end, when others may go on printing on it for ever. */
const LAST_READS = 256;

/** One buffer for all: what is read is taken before anything else is read. */
const readBuffer = lazy(() => new Uint8Array(READ_BYTES));

export function createLinuxPtys(): Ptys {
  return new LinuxPtys();
}

export function linuxPtyTrouble(): AppError | null {
  const master = ptyCalls.open();
  if (typeof master === "number") return openFailure(-master);
  ptyCalls.close(master.fd);
  return null;
}

/** What all open terminals share: the one thread that waits for all of them and for the ends of their programs. */
interface Shared {
  readonly table: ProcessTable;
  readonly reactor: Reactor;
  readonly watch: ExitWatch;
}

class LinuxPtys implements Ptys {
  readonly #ptys = new Set<LinuxPty>();
  readonly #runAs = lazy(() =>
    new RunAsResolver({
      accounts: accountCalls,
      ownUid: Deno.uid() ?? 0,
      ownGid: Deno.gid() ?? 0,
      monotonicMs: () => systemClock.monotonicMs(),
    })
  );
  #shared: Shared | null = null;

  open(options: PtyOptions): Pty {
    const shared = this.#shared ??= this.#share();
    const master = ptyCalls.open();
    try {
      if (typeof master === "number") throw openFailure(-master);
      ptyCalls.resize(master.fd, options.cols, options.rows);
      const identity = this.#launch(options, master.path, shared.table);
      const pty = new LinuxPty(master.fd, identity, { options, shared, onEnd: () => this.#forget(pty) });
      this.#ptys.add(pty);
      return pty;
    } catch (error) {
      if (typeof master !== "number") ptyCalls.close(master.fd);
      this.#releaseUnused();
      throw error;
    }
  }

  close(): void {
    for (const pty of this.#ptys) pty.abandon();
    this.#ptys.clear();
    this.#releaseUnused();
  }

  #launch({ argv, cwd, env, user }: PtyOptions, terminal: string, table: ProcessTable): ProcessIdentity {
    const runAs = (name: string, group: string) => this.#runAs().resolve(name, group);
    const ids = runAs(user, "");
    // Its user must be able to open it again by its name, as many programs do.
    if (ids !== null && ids.uid !== null) Deno.chownSync(terminal, ids.uid, null);
    const pid = launchProgram(
      {
        ...{ argv, cwd, env, user, group: "", umask: null, nice: 0, ulimits: {} },
        ...{ stdout: null, stderr: null, cgroup: "", jobName: "" },
      },
      { calls: spawnCalls, close: (fd) => libc.close(fd), runAs, isRoot: Deno.uid() === 0 },
      terminal,
    );
    const row = table.one(pid); // it cannot be gone: until we take its end it is a zombie at least
    if (row !== null) return row.identity;
    Deno.kill(pid, "SIGKILL");
    throw new AppError("unavailable", `Cannot watch ${argv[0]}: ${table.root}/${pid} cannot be read; mount it`);
  }

  #share(): Shared {
    const table = createProcessTable();
    let exitsBroke = () => {};
    const reactor = createReactor({
      onWake() {},
      onBroken: () => {
        exitsBroke();
        for (const pty of this.#ptys) pty.close();
      },
    });
    if (typeof reactor === "number") throw openFailure(-reactor);
    const watch = new ExitWatch({
      table,
      children: childCalls,
      descriptors: libc,
      openReactor(events) {
        exitsBroke = events.onBroken;
        return reactor;
      },
      onEnds() {},
    });
    return { table, reactor, watch };
  }

  #forget(pty: LinuxPty): void {
    this.#ptys.delete(pty);
    this.#releaseUnused();
  }

  #releaseUnused(): void {
    if (this.#ptys.size > 0 || this.#shared === null) return;
    this.#shared.watch.close();
    this.#shared.reactor.close();
    this.#shared = null;
  }
}

interface PtyContext {
  readonly options: PtyOptions;
  readonly shared: Shared;
  readonly onEnd: () => void;
}

class LinuxPty implements Pty {
  readonly identity: ProcessIdentity;
  readonly exited: Promise<ObservedExit>;
  readonly #fd: number;
  readonly #options: PtyOptions;
  readonly #reactor: Reactor;
  readonly #pending = new PendingBytes();
  readonly #end: (exit: ObservedExit) => void;
  #isPaused = false;
  #isClosed = false;

  constructor(fd: number, identity: ProcessIdentity, { options, shared, onEnd }: PtyContext) {
    this.#fd = fd;
    this.identity = identity;
    this.#options = options;
    this.#reactor = shared.reactor;
    const { promise, resolve } = Promise.withResolvers<ObservedExit>();
    this.exited = promise;
    this.#end = resolve;
    shared.watch.addChild(identity);
    shared.watch.watch(identity, (exit) => {
      this.#isPaused = false;
      this.#read(LAST_READS);
      this.close();
      resolve(exit);
      onEnd();
    });
    if (!this.#reactor.add(fd, (possible) => this.#ready(possible))) this.close();
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isClosed) return true;
    const wasEmpty = this.#pending.isEmpty;
    this.#pending.push(bytes);
    if (wasEmpty) this.#flush();
    return !this.#pending.isFull;
  }

  pause(): void {
    this.#isPaused = true;
    this.#wait();
  }

  resume(): void {
    this.#isPaused = false;
    this.#wait();
  }

  resize(cols: number, rows: number): void {
    if (!this.#isClosed) ptyCalls.resize(this.#fd, cols, rows);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const wasFull = this.#pending.isFull;
    this.#pending.clear();
    this.#reactor.remove(this.#fd);
    ptyCalls.close(this.#fd);
    if (wasFull) this.#options.onDrain(); // who waits to write would wait for ever
  }

  /** Nobody waits for its program any more. */
  abandon(): void {
    this.close();
    this.#end({});
  }

  #ready(possible: number): void {
    if ((possible & WRITABLE) !== 0) {
      const wasFull = this.#pending.isFull;
      this.#flush();
      if (wasFull && !this.#pending.isFull) this.#options.onDrain();
    }
    if ((possible & READABLE) !== 0) this.#read(READS_A_TURN);
  }

  #read(times: number): void {
    const buffer = readBuffer();
    for (let left = times; left > 0 && !this.#isClosed && !this.#isPaused; left--) {
      const count = ptyCalls.read(this.#fd, buffer);
      if (count > 0) this.#options.onData(buffer.subarray(0, count));
      else if (count === -E.AGAIN) return;
      else if (count !== -E.INTR) return this.close(); // nobody has the far end any more
    }
  }

  #flush(): void {
    for (let bytes = this.#pending.first(); bytes !== null && !this.#isClosed; bytes = this.#pending.first()) {
      const count = ptyCalls.write(this.#fd, bytes);
      if (count > 0) this.#pending.drop(count);
      else if (count === 0 || count === -E.AGAIN) break;
      else if (count !== -E.INTR) this.#pending.clear(); // nobody is there to read it, which reading tells
    }
    this.#wait();
  }

  #wait(): void {
    if (this.#isClosed) return;
    const wanted = (this.#isPaused ? 0 : READABLE) | (this.#pending.isEmpty ? 0 : WRITABLE);
    if (!this.#reactor.change(this.#fd, wanted)) this.close(); // the system refuses: better gone than mute
  }
}

const OPEN: Readonly<Record<number, readonly [code: ErrorCode, reason: string]>> = {
  [E.PERM]: ["forbidden", "the system does not permit it"],
  [E.NOENT]: ["unavailable", "there is no /dev/ptmx on this host; mount devpts at /dev/pts"],
  [E.ACCES]: ["forbidden", "the agent's user may not open /dev/ptmx; mend its rights"],
  [E.NODEV]: ["unavailable", "the kernel has no pseudo-terminals"],
  [E.NFILE]: ["unavailable", "the host has too many files open; close some"],
  [E.MFILE]: ["unavailable", "the agent has too many files open; raise its limit"],
  [E.NOSPC]: ["unavailable", "the host has too many terminals open (sysctl kernel.pty.max); close some"],
};

function openFailure(error: number): AppError {
  const [code, reason] = OPEN[error] ?? ["unavailable", `the system gives error ${error}`];
  return new AppError(code, `Cannot open a terminal: ${reason}`, { details: { errno: error } });
}
