import { lazy } from "../lazy.ts";
import { cString, errno } from "../posix/calls.ts";

// https://man7.org/linux/man-pages/man3/posix_spawn.3.html; include/spawn.h of glibc.
const POSIX_SPAWN_SETSIGDEF = 0x04;
const POSIX_SPAWN_SETSIGMASK = 0x08;
const POSIX_SPAWN_SETSID = 0x80;
/** More than posix_spawnattr_t (336) and posix_spawn_file_actions_t (80) have. */
const ATTRIBUTES_BYTES = 512;
const SIGSET_BYTES = 128;
/** The first that is neither input nor output. */
const FIRST_OTHER_FD = 3;

// Flags of open(2) that are the same on x86-64 and arm64: include/uapi/asm-generic/fcntl.h.
const O_RDWR = 2;
/** O_WRONLY, O_CREAT, O_NOCTTY, O_APPEND, O_NONBLOCK, O_CLOEXEC */
const OPEN_OUTPUT = 1 | 0o100 | 0o400 | 0o2000 | 0o4000 | 0o2000000;
const O_CLOEXEC = 0o2000000;
const O_APPEND = 0o2000;
const OUTPUT_MODE = 0o640;
const F_GETFD = 1;
const F_SETFL = 4;
const FD_CLOEXEC = 1;

const POINTER_BYTES = 8;

export interface SpawnRequest {
  /** The program's file; relative to `cwd`. */
  readonly path: string;
  readonly argv: readonly string[];
  /** `NAME=value` each. */
  readonly env: readonly string[];
  /** Null leaves the directory as ours is; see `canChangeDirectory`. */
  readonly cwd: string | null;
  /** What become its input and outputs: open files of ours, or a terminal, which then is the terminal of its session. */
  readonly files: StandardFiles;
}

export type StandardFiles = readonly [stdin: number, stdout: number, stderr: number] | { readonly terminal: string };

/** Starting programs, by FFI; a failed call returns the negative error number. */
export interface SpawnCalls {
  /** Whether `cwd` can be given; it cannot with a glibc before 2.29. */
  canChangeDirectory(): boolean;
  /** The pid. The program has a session of its own, all signals as they are by default, and no other file of ours. */
  spawn(request: SpawnRequest): number;
  /** Opens a file, or makes it, to append to it; waits for nobody. */
  openOutput(path: string): number;
  openNull(): number;
  /** 0 when the file is there and we may execute or write it. */
  access(path: string, how: "execute" | "write"): number;
  /** The limit that a number of RLIMIT_ stands for; null for none. */
  hardLimit(resource: number): bigint | null;
}

const HOW = { execute: 1, write: 2 } as const;
const RLIM_INFINITY = 2n ** 64n - 1n;

const symbols = lazy(() =>
  Deno.dlopen("libc.so.6", {
    posix_spawn: { parameters: ["buffer", "buffer", "buffer", "buffer", "buffer", "buffer"], result: "i32" },
    posix_spawnattr_init: { parameters: ["buffer"], result: "i32" },
    posix_spawnattr_destroy: { parameters: ["buffer"], result: "i32" },
    posix_spawnattr_setflags: { parameters: ["buffer", "i16"], result: "i32" },
    posix_spawnattr_setsigdefault: { parameters: ["buffer", "buffer"], result: "i32" },
    posix_spawnattr_setsigmask: { parameters: ["buffer", "buffer"], result: "i32" },
    posix_spawn_file_actions_init: { parameters: ["buffer"], result: "i32" },
    posix_spawn_file_actions_destroy: { parameters: ["buffer"], result: "i32" },
    posix_spawn_file_actions_addopen: { parameters: ["buffer", "i32", "buffer", "i32", "u32"], result: "i32" },
    posix_spawn_file_actions_adddup2: { parameters: ["buffer", "i32", "i32"], result: "i32" },
    posix_spawn_file_actions_addclose: { parameters: ["buffer", "i32"], result: "i32" },
    // Since glibc 2.29 and 2.34.
    posix_spawn_file_actions_addchdir_np: { parameters: ["buffer", "buffer"], result: "i32", optional: true },
    posix_spawn_file_actions_addclosefrom_np: { parameters: ["buffer", "i32"], result: "i32", optional: true },
    open: { parameters: ["buffer", "i32", "u32"], result: "i32" },
    fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
    access: { parameters: ["buffer", "i32"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
    getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
    __errno_location: { parameters: [], result: "pointer" },
  }).symbols
);

export const spawnCalls: SpawnCalls = {
  canChangeDirectory: () => symbols().posix_spawn_file_actions_addchdir_np !== null,
  spawn: (request) => spawn(request),
  openOutput(path) {
    const fd = checked(symbols().open(cString(path), OPEN_OUTPUT, OUTPUT_MODE));
    if (fd >= 0) symbols().fcntl(fd, F_SETFL, O_APPEND); // the program may wait for whoever reads a pipe, but not we
    return fd;
  },
  openNull: () => checked(symbols().open(cString("/dev/null"), O_RDWR | O_CLOEXEC, 0)),
  access: (path, how) => checked(symbols().access(cString(path), HOW[how])),
  hardLimit(resource) {
    const limits = new BigUint64Array(2);
    if (symbols().getrlimit(resource, limits) !== 0) return null;
    const hard = limits[1] ?? RLIM_INFINITY;
    return hard === RLIM_INFINITY ? null : hard;
  },
};

/** `closesFrom` false is for tests: as with a glibc before 2.34. */
export function spawn(request: SpawnRequest, closesFrom = true): number {
  const calls = symbols();
  const attributes = new Uint8Array(ATTRIBUTES_BYTES);
  const actions = new Uint8Array(ATTRIBUTES_BYTES);
  const pid = new Int32Array(1);
  calls.posix_spawnattr_init(attributes);
  calls.posix_spawn_file_actions_init(actions);
  try {
    calls.posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    calls.posix_spawnattr_setsigdefault(attributes, new Uint8Array(SIGSET_BYTES).fill(0xff));
    calls.posix_spawnattr_setsigmask(attributes, new Uint8Array(SIGSET_BYTES));
    const problem = addActions(actions, request, closesFrom);
    if (problem !== 0) return -problem;
    const [argv, env] = [cStrings(request.argv), cStrings(request.env)];
    const error = calls.posix_spawn(pid, cString(request.path), actions, attributes, argv, env);
    return error === 0 ? pid[0] ?? 0 : -error;
  } finally {
    calls.posix_spawnattr_destroy(attributes);
    calls.posix_spawn_file_actions_destroy(actions);
  }
}

function addActions(
  actions: Uint8Array<ArrayBuffer>,
  { cwd, files }: SpawnRequest,
  closesFrom: boolean,
): number {
  const calls = symbols();
  let problem = 0;
  const note = (result: number | undefined) => problem ||= result ?? 0;
  if ("terminal" in files) {
    // Who leads a session without a terminal gets the first one that he opens.
    note(calls.posix_spawn_file_actions_addopen(actions, 0, cString(files.terminal), O_RDWR, 0));
  }
  const fds = "terminal" in files ? [0, 0, 0] : files;
  fds.forEach((fd, target) => note(calls.posix_spawn_file_actions_adddup2(actions, fd, target)));
  if (cwd !== null) note(calls.posix_spawn_file_actions_addchdir_np?.(actions, cString(cwd)));
  if (closesFrom && calls.posix_spawn_file_actions_addclosefrom_np !== null) {
    note(calls.posix_spawn_file_actions_addclosefrom_np(actions, FIRST_OTHER_FD));
  } else {
    for (const fd of inheritedFiles()) note(calls.posix_spawn_file_actions_addclose(actions, fd));
  }
  return problem;
}

/** Files that whoever started us had left open; our own are closed by themselves when a program is started. */
const inheritedFiles = lazy(() => {
  const found: number[] = [];
  for (const { name } of Deno.readDirSync("/proc/self/fd")) {
    const fd = Number(name);
    const flags = fd < FIRST_OTHER_FD ? -1 : symbols().fcntl(fd, F_GETFD, 0);
    if (flags >= 0 && (flags & FD_CLOEXEC) === 0) found.push(fd);
  }
  return found;
});

/** A list of C strings as execve takes it, in one piece of memory: the pointers, a null, and what they point to. */
function cStrings(texts: readonly string[]): Uint8Array<ArrayBuffer> {
  const encoded = texts.map(cString);
  const tableBytes = (texts.length + 1) * POINTER_BYTES;
  const block = new Uint8Array(new ArrayBuffer(encoded.reduce((sum, { length }) => sum + length, tableBytes)));
  const view = new DataView(block.buffer);
  const base = Deno.UnsafePointer.value(Deno.UnsafePointer.of(block));
  let at = tableBytes;
  encoded.forEach((text, index) => {
    block.set(text, at);
    view.setBigUint64(index * POINTER_BYTES, BigInt(base) + BigInt(at), true);
    at += text.length;
  });
  return block;
}

function checked(result: number): number {
  return result < 0 ? -errno(symbols().__errno_location()) : result;
}
