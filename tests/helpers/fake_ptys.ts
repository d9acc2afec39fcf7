/** Terminals without programs: what is typed is kept, and the test prints. */
import assert from "node:assert/strict";
import type { TerminalsOptions } from "../../src/agent/terminal/mod.ts";
import type { ObservedExit, Pty, PtyOptions } from "../../src/platform/mod.ts";
import { FakeClock } from "./fake_clock.ts";
import { type HostOptions, type TerminalsHost, withTerminals } from "./terminals.ts";

/** No process has it. */
const FIRST_PID = 2 ** 30;

export class FakePty implements Pty {
  readonly identity: Pty["identity"];
  readonly exited: Promise<ObservedExit>;
  readonly end: (exit: ObservedExit) => void;
  readonly sizes: string[] = [];
  typed = "";
  isPaused = false;
  isClosed = false;
  /** What may be typed before a writer has to wait. */
  roomBytes = Infinity;
  readonly options: PtyOptions;

  constructor(pid: number, options: PtyOptions) {
    this.identity = { pid, startTime: "1", bootId: "b" };
    this.options = options;
    const { promise, resolve } = Promise.withResolvers<ObservedExit>();
    this.exited = promise;
    this.end = resolve;
  }

  print(output: string | Uint8Array): void {
    this.options.onData(typeof output === "string" ? new TextEncoder().encode(output) : output);
  }

  write(bytes: Uint8Array): boolean {
    this.typed += new TextDecoder().decode(bytes);
    return this.typed.length <= this.roomBytes;
  }

  makeRoom(): void {
    this.roomBytes = Infinity;
    this.options.onDrain();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  resize(cols: number, rows: number): void {
    this.sizes.push(`${cols}x${rows}`);
  }

  close(): void {
    this.isClosed = true;
  }
}

export interface FakePtys {
  readonly system: NonNullable<TerminalsOptions["system"]>;
  /** In the order in which they were opened. */
  readonly ptys: FakePty[];
  /** What the next one fails with. */
  failure: Error | null;
  /** How many of a terminal's processes survive SIGKILL. */
  unkillable: number;
}

export function fakePtys(): FakePtys {
  const ptys: FakePty[] = [];
  const made: FakePtys = {
    ptys,
    failure: null,
    unkillable: 0,
    system: {
      open(options) {
        if (made.failure !== null) throw made.failure;
        const pty = new FakePty(FIRST_PID + ptys.length, options);
        ptys.push(pty);
        return pty;
      },
      close() {},
      plan: (_config, { id, term }) => ({
        ...{ userName: "ops", user: "", argv: ["/bin/fake", "-l"], cwd: "/", jobName: "" },
        env: { FARHAND_TERMINAL: id, TERM: term },
      }),
      launcher: () => ({
        members: (trees) => trees.map(() => []),
        signalTree: () => 0,
        killTree({ leader }) {
          const pty = ptys.find(({ identity }) => identity.pid === leader?.pid);
          if (made.unkillable === 0) pty?.end({ signal: "SIGHUP" });
          return Promise.resolve(made.unkillable);
        },
        close() {},
      }),
    },
  };
  return made;
}

export interface FakeTerminals extends TerminalsHost {
  readonly fakes: FakePtys;
  readonly clock: FakeClock;
  pty(index?: number): FakePty;
}

export function withFakes(use: (host: FakeTerminals) => Promise<void>, options: HostOptions = {}): Promise<void> {
  const fakes = fakePtys();
  const clock = new FakeClock();
  return withTerminals({ clock, system: fakes.system, ...options }, async (host) => {
    const pty = (index = 0) => fakes.ptys[index] ?? assert.fail(`there is no terminal ${index}`);
    await use(Object.assign(host, { fakes, clock, pty }));
  });
}

/** Lets everything arrive that is under way. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}
