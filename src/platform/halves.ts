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
  /** As whom it runs; ours without them. Only where we are root, and not on Windows. */
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** What it can read; nothing if absent. */
  readonly stdin?: string | undefined;
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

/** The TCP connections that this program has accepted, as the system sees them. */
export interface OwnConnections {
  /** About how many files are open, sockets among them; Infinity when no more can be opened. */
  openFiles(): number;
  /** How many may be. */
  mostFiles(): number;
  /**
   * Calls back with each connection that has come by this port: its number, and `address port` of the other end, spelled
   * as `normalIp` does.
   */
  visit(port: number, see: (fd: number, peer: string) => void): void;
  /** Whether anything listens on this port, by the last visit; quick. */
  listens(port: number): boolean;
  /** How many bytes of it the program has read; null where the system does not tell. For a number just visited. */
  readBytes(fd: number): number | null;
  /** Ends it at once, as if the other side had. For a number just visited. */
  cut(fd: number): void;
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

/** How a supervised program is started: in a session (Linux, macOS) or job (Windows) of its own, outliving the agent. */
export interface LaunchOptions {
  readonly argv: readonly [program: string, ...args: string[]];
  readonly cwd: string;
  /** The whole environment of the new process; must have the marker that `tree` names. */
  readonly env: Readonly<Record<string, string>>;
  /** Files that output is appended to, made where they are not there; null for nowhere. Both may be the same. */
  readonly stdout: string | null;
  readonly stderr: string | null;
  /** Names or numbers; "" for the agent's own. */
  readonly user: string;
  readonly group: string;
  readonly umask: number | null;
  readonly nice: number;
  /** By the names of getrlimit in small letters without RLIMIT_, each a number or "unlimited". */
  readonly ulimits: Readonly<Record<string, string>>;
  /** Directory of an existing cgroup v2 to put it in; "" for none. */
  readonly cgroup: string;
  /** Name of the job object on Windows, the same for the next agent. */
  readonly jobName: string;
}

/** How a process has ended; empty where that could not be observed. */
export interface ObservedExit {
  readonly code?: number;
  /** SIGKILL … */
  readonly signal?: string;
  readonly coreDumped?: boolean;
}

/** What makes processes one tree. A process belongs to it by any of these. */
export interface ProcessTree {
  /** Its leader and all descendants of it; null when only the other marks are known. */
  readonly leader: ProcessIdentity | null;
  /** Value of the environment variable FARHAND_PROCESS that every process of it has inherited; "" for none. */
  readonly marker: string;
  /** Directory of its cgroup; "" for none. */
  readonly cgroup: string;
  /** "" for none. */
  readonly jobName: string;
}

/** One process of the host, as far as trees and their use need to know it. */
export interface ProcessRow {
  readonly identity: ProcessIdentity;
  readonly parentPid: number;
  /** 0 where there are none. */
  readonly processGroup: number;
  readonly session: number;
  readonly isZombie: boolean;
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly threads: number;
  /** The short name that the system gives it. */
  readonly name: string;
}

/** Starts supervised programs, notices their ends, and ends whole trees. There is one in an agent. */
export interface Launcher {
  /** Throws an AppError that says why the program could not be started. */
  launch(options: LaunchOptions): ProcessIdentity;
  /** Calls back once when that very process has ended, whoever has started it; at once when it has already. */
  watch(identity: ProcessIdentity, onExit: (exit: ObservedExit) => void): () => void;
  /** All living processes of the host. */
  table(): ProcessRow[];
  /** The living processes of each of these trees, by the index of the tree; nobody belongs to two. */
  members(trees: readonly ProcessTree[]): ProcessRow[][];
  /** Signals every process of a tree, each verified; how many there were. */
  signalTree(tree: ProcessTree, signal: Deno.Signal): number;
  /** Ends every process of a tree, however it resists; resolves with how many were left when the signal aborts, else 0. */
  killTree(tree: ProcessTree, signal: AbortSignal): Promise<number>;
  /** The living processes whose marker begins so, with the whole marker; what nobody may read is not among them. */
  marked(prefix: string): readonly { readonly row: ProcessRow; readonly marker: string }[];
  /** Lets go of everything but the processes. */
  close(): void;
}

/** What a control group of version 2 can limit and the supervisor does limit. */
export type CgroupController = "memory" | "cpu" | "pids";

/** What this host lets the agent do with control groups of version 2. */
export interface CgroupSupport {
  /** `group-only`: processes can be kept together in groups, and ended by them, but nothing can be limited. */
  readonly what: "none" | "group-only" | "controllers";
  readonly controllers: readonly CgroupController[];
  /** Why each of the others is not among them. */
  readonly missing: Readonly<Partial<Record<CgroupController, string>>>;
  /** All of that in one line; "" where nothing is missing. */
  readonly reason: string;
  /** What a person can do about it; "" for nothing. */
  readonly advice: string;
  /** The directory below which the agent makes its groups; "" for none. */
  readonly base: string;
  /** True when the agent is in `base` itself, and has to move down before controllers can be switched on below it. */
  readonly isInBase: boolean;
}

/** How the files of control groups are looked at, without changing anything. */
export interface CgroupView {
  /** Null when it is not there or may not be read. */
  read(path: string): string | null;
  canWrite(path: string): boolean;
  /** An extended attribute; null when there is none. */
  attribute(path: string, name: string): string | null;
}

/** What is known of processes that somebody else has started. What the system does not tell throws `unsupported`. */
export interface ProcessLookup {
  /** Program and arguments with a space between; null for a process that has none or cannot be looked at. */
  commandLine(pid: number): string | null;
  /** The processes that listen on a TCP port, as far as we may look. */
  listeners(port: number): ReadonlySet<number>;
  /** By the wall clock, to about a second. */
  startedMs(identity: ProcessIdentity): number | null;
}

/** A log file that is opened to be rotated, while its program has it open for good and goes on appending to it. */
export interface OpenLog extends Disposable {
  sizeBytes(): number;
  /** What a head must be a multiple of to be cut off. */
  readonly blockBytes: number;
  /** Writes [from, to) of this file at `at` of the other one, without keeping anything else waiting. */
  copyTo(target: OpenLog, from: number, to: number, at: number, signal: AbortSignal): Promise<"done" | "full">;
  /** The same at once; for little. */
  copyNow(target: OpenLog, from: number, to: number, at: number): "done" | "full";
  /** Whether the byte before this place ends a line. */
  endsLine(at: number): boolean;
  read(at: number, length: number): Uint8Array<ArrayBuffer>;
  /** Where the first byte is that takes room on the disk; null when there is none. */
  firstData(): number | null;
  /** Gives the room of [0, to) back; it reads as zeros from then on, and all else stays where it is. */
  freeHead(to: number): Promise<SurgeryResult>;
  /** Takes [0, to) out of the file in one step, so that what follows comes first. */
  collapseHead(to: number): Promise<SurgeryResult>;
  /** Empties the file, if it still has this size. What is written in that very moment is lost, but see `alone`. */
  empty(sizeBytes: number, alone: boolean): boolean;
  /** Whether nobody else on the host has the file open; false where that cannot be told. */
  isAlone(): boolean;
  /** A name that another program of ours can open this very file by, whatever becomes of its own; null if there is none. */
  readonly handlePath: string | null;
  [Symbol.dispose](): void;
}

export type SurgeryResult = "done" | "unsupported";

/** How log files are rotated under the hands of who writes them. Nothing here follows a link that it is given as a file. */
export interface LogSurgery {
  /** False where a head can never be cut off: there a file is copied and emptied, and what comes in between is lost. */
  readonly cutsHeads: boolean;
  /** Throws for what is not a regular file with this one name. */
  open(path: string): OpenLog;
  /** Makes a new file of the same owner and rights; throws when there is one. */
  create(path: string, like: OpenLog): OpenLog;
  /** Writes a small file of our own beside a log, made where it is not there; only its owner and group may read it. */
  writeOwn(path: string, bytes: Uint8Array<ArrayBuffer>, how: "append" | "replace"): "done" | "full";
}

/** A program that is to run on a terminal of its own: in a session (Linux) or job (Windows) that ends with it. */
export interface PtyOptions {
  readonly argv: readonly [program: string, ...args: string[]];
  readonly cwd: string;
  /** The whole environment of the new process. */
  readonly env: Readonly<Record<string, string>>;
  /** Name or number; "" for the agent's own. */
  readonly user: string;
  readonly cols: number;
  readonly rows: number;
  /** Name of the job object on Windows. */
  readonly jobName: string;
  /** Is given what its programs print, as it comes; the bytes are the receiver's until it returns. */
  readonly onData: (bytes: Uint8Array) => void;
  /** What `write` had no room for has gone. */
  readonly onDrain: () => void;
}

/** A terminal without a screen, and the program on it. */
export interface Pty {
  readonly identity: ProcessIdentity;
  /** Resolves when the program has ended and all that it has printed was handed out. */
  readonly exited: Promise<ObservedExit>;
  /** Bytes as they are typed. False when they wait: nothing more should be written before `onDrain`. */
  write(bytes: Uint8Array): boolean;
  /** Hands out no more until `resume`; then its programs have to wait when they print more than the system keeps. */
  pause(): void;
  resume(): void;
  resize(cols: number, rows: number): void;
  /** Takes the terminal away, of which its programs are told; most of them end. May be called more than once. */
  close(): void;
}

/** Opens terminals: any number of them without a thread for each. It keeps nothing open while there is none. */
export interface Ptys {
  /** Throws an AppError that says why it cannot be done. */
  open(options: PtyOptions): Pty;
  /** Takes all terminals away; whoever still runs is not waited for. */
  close(): void;
}
