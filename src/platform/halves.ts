/**
 * What each operating system supplies: the list of what a port to one more system must write. Each of these has its
 * `<name>.<os>.ts` files (`.posix.ts` where Linux and macOS agree) and a `<name>.ts` that selects among them.
 */

/** Names one process for ever: pids are given anew, but no two processes share all three of these. */
export interface ProcessIdentity {
  readonly pid: number;
  /** In the system's own unit; only ever compared. */
  readonly startTime: string;
  readonly bootId: string;
}

export function equalIdentities(a: ProcessIdentity | null, b: ProcessIdentity | null): boolean {
  return a !== null && b !== null && a.pid === b.pid && a.startTime === b.startTime && a.bootId === b.bootId;
}

export type SignalResult = "sent" | "gone";

export interface Processes {
  identity(pid: number): ProcessIdentity | null;
  signal(identity: ProcessIdentity, signal: Deno.Signal): SignalResult;
}

/** A lock that is held until `release`, or until the process ends in whatever way. */
export interface InstanceLock {
  /** May be called more than once. */
  release(): void;
}

export interface SpawnOptions {
  readonly argv: readonly [program: string, ...args: string[]];
  readonly cwd: string;
  /** The whole environment of the new process. */
  readonly env: Readonly<Record<string, string>>;
  /** What the process prints before it has its own log is appended here. Windows does not write it; see `output`. */
  readonly outputFile: string;
}

export interface ExitStatus {
  readonly code: number;
  /** The signal that ended the process, when one did. */
  readonly signal: string | null;
}

export interface DetachedProcess {
  readonly pid: number;
  /** Resolves when the process ends while we live. It alone keeps nobody running: await it beside a timer or socket. */
  readonly exited: Promise<ExitStatus>;
  /** What the process has printed since it was started, the last 64 KiB of it. */
  output(): string;
}

export interface CommandOptions {
  readonly argv: readonly [program: string, ...args: string[]];
  /** Without one it is ours. */
  readonly cwd?: string | undefined;
  /** The whole environment of the new process. */
  readonly env: Readonly<Record<string, string>>;
}

/** A command that was started for its output, and what it started itself. */
export interface CommandGroup {
  readonly pid: number;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  /** Of the command itself; others of its group may live on. */
  readonly exited: Promise<ExitStatus>;
  /** Asks or makes everybody of the group end; nothing when nobody is left. Windows ends the command alone, at once. */
  kill(signal: "SIGTERM" | "SIGKILL"): void;
}

export type Readers = "owner" | "everyone";

export interface FileRights {
  /** Makes a new empty file with its final rights from the first moment. "owner" includes the system itself. */
  create(path: string, readers: Readers): void;
  /** Makes a directory, with its parents, private from the first moment; leaves one that is there as it is. */
  makePrivateDir(path: string): void;
  /** Who owns a directory, if that is neither we nor somebody whom we trust as ourselves; null otherwise. */
  foreignOwner(path: string): string | null;
  isPrivate(path: string): boolean;
  /** Leaves the rights on an existing directory to its owner alone. */
  shutOthersOut(path: string): void;
  /** What a person types for the same. */
  shutOutCommand(path: string): string;
  /** Gives a file the name of another, which it replaces, although somebody may be reading that one. */
  replace(from: string, to: string): Promise<void>;
}

/** What came of asking an address whether it is there. */
export type PingResult =
  | { readonly kind: "answered" }
  | { readonly kind: "failed"; readonly reason: string }
  /** This host or user cannot ask, which says nothing about the one who was to be asked. */
  | { readonly kind: "not_permitted"; readonly reason: string };

export type IpFamily = "IPv4" | "IPv6";

export interface MemoryTrimmer {
  /** False where the system lets nobody do what `trim` does; it then does nothing. */
  readonly trimsPages: boolean;
  /**
   * Gives the clean pages of the program's own files back to the system. They come back from the page cache, a minor
   * fault each, when they are next used; a program that mostly waits uses few of them.
   */
  trim(): { readonly ranges: number; readonly ms: number };
  /**
   * Collects all garbage, forgets the code that has not run for long, such as that of the start, and gives what is free
   * by that back to the system. It takes some 10 ms, so it is for seldom.
   */
  compact(): void;
}

export interface OpenFileLimit {
  /** Infinity when unlimited. */
  readonly soft: number;
  readonly hard: number;
}

export interface HostFacts {
  isPrivileged(): boolean;
  openFileLimit(): OpenFileLimit | null;
  clockSynchronised(): boolean | null;
}

/** How the kernel disciplines its clock. */
export interface KernelClock {
  readonly synchronised: boolean;
  /** How far the clock is from its reference, as far as the kernel was told. */
  readonly offsetSeconds?: number;
  /** Further values in base units, under the names that node_exporter gives them: `maxerror_seconds`. */
  readonly values: Readonly<Record<string, number>>;
}

/** What a file system says of itself; what it does not know is absent. */
export interface FileSystemUse {
  readonly sizeBytes?: number | undefined;
  readonly usedBytes?: number | undefined;
  readonly freeBytes?: number | undefined;
  /** What a user without privileges can still write. */
  readonly availableBytes?: number | undefined;
  readonly inodes?: number | undefined;
  readonly inodesFree?: number | undefined;
}
