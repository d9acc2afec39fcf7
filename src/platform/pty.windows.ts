import { AppError, toAppError } from "../core/mod.ts";
import type { ObservedExit, ProcessIdentity, Pty, PtyOptions, Ptys } from "./halves.ts";
import { lazy } from "./lazy.ts";
import { PendingBytes } from "./pending_bytes.ts";
import { ANY_BOOT } from "./process_identity.windows.ts";
import { environmentBlock } from "./windows/environment_block.ts";
import { ExitWatch } from "./windows/exit_watch.ts";
import { assignToJob } from "./windows/ffi/kernel32_jobs.ts";
import { abandon, createOnConsole, resume } from "./windows/ffi/kernel32_launch.ts";
import {
  closePseudoConsole,
  createPipe,
  createPseudoConsole,
  readableBytes,
  readPipe,
  requirePseudoConsoles,
  resizePseudoConsole,
  writePipe,
} from "./windows/ffi/kernel32_pseudo_console.ts";
import { closeHandle, type Handle, processCreated } from "./windows/ffi/kernel32_waits.ts";
import { JobStore } from "./windows/job_store.ts";
import { programAndLine } from "./windows/program_start.ts";

const READ_BYTES = 64 * 1024;
/** How much of one terminal is read before others have their turn. */
const TURN_BYTES = 4 * READ_BYTES;
/** How soon it is looked again for something to read when there was some, and how seldom it becomes when there is none. */
const FIRST_LOOK_MS = 1;
const LONGEST_PAUSE_MS = 40;

const readBuffer = lazy(() => new Uint8Array(READ_BYTES));

export function createWindowsPtys(): Ptys {
  return new WindowsPtys();
}

export function windowsPtyTrouble(): AppError | null {
  try {
    requirePseudoConsoles();
    return null;
  } catch (error) {
    return toAppError(error);
  }
}

/**
 * The pipes of a pseudo console can only be waited for with a thread each, of which the runtime has few. So one timer looks
 * at all of them: often while there is something, seldom while nobody types or prints anything.
 */
class WindowsPtys implements Ptys {
  readonly #ptys = new Set<WindowsPty>();
  readonly #jobs = new JobStore();
  readonly #watch = new ExitWatch();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pauseMs = FIRST_LOOK_MS;

  open(options: PtyOptions): Pty {
    const { user } = options;
    if (user !== "") {
      throw new AppError(
        "unsupported",
        `Cannot open a terminal as ${user}: on Windows it is the agent's own account's; leave terminal.user empty`,
      );
    }
    requirePseudoConsoles();
    const pty: WindowsPty = new WindowsPty(options, {
      jobs: this.#jobs,
      watch: this.#watch,
      onInput: () => this.#lookSoon(),
      onEnd: () => this.#forget(pty),
    });
    this.#ptys.add(pty);
    this.#lookSoon();
    return pty;
  }

  close(): void {
    for (const pty of this.#ptys) pty.close();
  }

  #forget(pty: WindowsPty): void {
    this.#ptys.delete(pty);
    if (this.#ptys.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#watch.close();
    this.#jobs.close();
  }

  #lookSoon(): void {
    if (this.#ptys.size === 0) return;
    this.#pauseMs = FIRST_LOOK_MS;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), FIRST_LOOK_MS);
  }

  #look(): void {
    let readBytes = 0;
    for (const pty of [...this.#ptys]) readBytes += pty.read();
    if (this.#ptys.size === 0) return;
    this.#pauseMs = readBytes > 0 ? FIRST_LOOK_MS : Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    this.#timer = setTimeout(() => this.#look(), this.#pauseMs);
  }
}

interface PtyContext {
  readonly jobs: JobStore;
  readonly watch: ExitWatch;
  readonly onInput: () => void;
  readonly onEnd: () => void;
}

class WindowsPty implements Pty {
  readonly identity: ProcessIdentity;
  readonly exited: Promise<ObservedExit>;
  readonly #options: PtyOptions;
  readonly #context: PtyContext;
  readonly #console: Handle;
  readonly #input: Handle;
  readonly #output: Handle;
  readonly #pending = new PendingBytes();
  readonly #end: (exit: ObservedExit) => void;
  #exit: ObservedExit | null = null;
  #isPaused = false;
  #isWriting = false;
  #isClosing = false;
  #isOver = false;

  constructor(options: PtyOptions, context: PtyContext) {
    const { promise, resolve } = Promise.withResolvers<ObservedExit>();
    this.exited = promise;
    this.#end = resolve;
    this.#options = options;
    this.#context = context;
    const [input, output] = [createPipe(), createPipe()];
    this.#input = input.write;
    this.#output = output.read;
    try {
      this.#console = createPseudoConsole(options.cols, options.rows, input.read, output.write);
    } catch (error) {
      [input.write, output.read].forEach(closeHandle);
      throw error;
    } finally {
      [input.read, output.write].forEach(closeHandle);
    }
    try {
      this.identity = this.#start();
    } catch (error) {
      [this.#input, this.#output].forEach(closeHandle); // first, so that nothing is left to be shown
      void closePseudoConsole(this.#console);
      throw error;
    }
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isClosing) return true;
    this.#pending.push(bytes);
    void this.#flush();
    return !this.#pending.isFull;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#context.onInput();
  }

  resize(cols: number, rows: number): void {
    if (!this.#isClosing) resizePseudoConsole(this.#console, cols, rows);
  }

  close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#isPaused = false; // what it shows last must be read, or it does not close
    const wasFull = this.#pending.isFull;
    this.#pending.clear();
    if (wasFull) this.#options.onDrain();
    void this.#closeConsole();
  }

  /** Hands out what there is, some of it at least, and says how much. */
  read(): number {
    let done = 0;
    while (done < TURN_BYTES && !this.#isPaused && !this.#isOver) {
      const available = readableBytes(this.#output);
      if (available === 0) break;
      const count = available === null ? null : readPipe(this.#output, readBuffer());
      if (count === null) this.#finish();
      else this.#options.onData(readBuffer().subarray(0, count));
      done += count ?? 0;
    }
    return done;
  }

  #start(): ProcessIdentity {
    const { env, cwd, jobName } = this.#options;
    const { program, line } = programAndLine(this.#options);
    const wanted = { program, commandLine: line, environment: environmentBlock(env), cwd };
    const started = createOnConsole(wanted, this.#console);
    try {
      const identity = { pid: started.pid, startTime: processCreated(started.process), bootId: ANY_BOOT };
      if (jobName !== "") assignToJob(this.#context.jobs.ensure(jobName), started.process);
      resume(started);
      closeHandle(started.thread);
      this.#context.watch.add(started.process, (exit) => this.#ended(exit));
      return identity;
    } catch (error) {
      abandon(started);
      throw error;
    }
  }

  /** The console itself shows no end of the output; it does when it is closed. */
  #ended(exit: ObservedExit): void {
    this.#exit = exit;
    this.close();
    if (this.#isOver) this.#finish();
    else this.#context.onInput();
  }

  async #flush(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    for (let bytes = this.#pending.first(); bytes !== null; bytes = this.#pending.first()) {
      const isTaken = await writePipe(this.#input, bytes);
      const wasFull = this.#pending.isFull;
      if (isTaken) this.#pending.drop(bytes.length);
      else this.#pending.clear(); // nobody is there to read it
      if (wasFull && !this.#pending.isFull) this.#options.onDrain();
      this.#context.onInput();
    }
    this.#isWriting = false;
    if (this.#isOver) closeHandle(this.#input);
  }

  async #closeConsole(): Promise<void> {
    await closePseudoConsole(this.#console);
    this.#context.onInput();
  }

  /** Nobody shows anything any more; and the program has ended, or does so as its console is gone. */
  #finish(): void {
    if (!this.#isOver) {
      this.#isOver = true;
      closeHandle(this.#output);
      if (!this.#isWriting) closeHandle(this.#input);
    }
    if (this.#exit === null) return this.close();
    this.#end(this.#exit);
    if (this.#options.jobName !== "") this.#context.jobs.release(this.#options.jobName);
    this.#context.onEnd();
  }
}
