import { launchOptions } from "../../src/platform/launch_testing.ts";
import type { Launcher, LaunchOptions, ObservedExit, ProcessIdentity, ProcessTree } from "../../src/platform/mod.ts";

interface FakeProcess {
  readonly identity: ProcessIdentity;
  readonly options: LaunchOptions;
  readonly watchers: ((exit: ObservedExit) => void)[];
  isAlive: boolean;
}

/** A host on which nothing runs but what the test makes run: programs start at once, and end when the test says so. */
export class FakeLauncher implements Launcher {
  readonly launched: LaunchOptions[] = [];
  /** `SIGTERM 101`, `kill 101`, in order. */
  readonly signals: string[] = [];
  /** What the next launches throw. */
  failWith: Error | undefined;
  /** How many of a tree a kill leaves alive. */
  unkillable = 0;
  isClosed = false;
  #nextPid = 100;
  readonly #processes: FakeProcess[] = [];

  get pids(): number[] {
    return this.#processes.filter(({ isAlive }) => isAlive).map(({ identity }) => identity.pid);
  }

  launch(options: LaunchOptions): ProcessIdentity {
    if (this.failWith !== undefined) throw this.failWith;
    this.launched.push(options);
    return this.add(options);
  }

  /** A process that is there without this agent having started it. */
  add(options: Partial<LaunchOptions> = {}): ProcessIdentity {
    const pid = ++this.#nextPid;
    const identity = { pid, startTime: String(pid), bootId: "boot" };
    this.#processes.push({ identity, options: launchOptions(options), watchers: [], isAlive: true });
    return identity;
  }

  /** The program ends. */
  end(pid: number, exit: ObservedExit): void {
    const process = this.#processes.find(({ identity }) => identity.pid === pid);
    if (process === undefined || !process.isAlive) throw new Error(`There is no process ${pid}`);
    process.isAlive = false;
    for (const watcher of process.watchers.splice(0)) watcher(exit);
  }

  isAlive(identity: ProcessIdentity): boolean {
    return this.#processes.some((process) => process.isAlive && process.identity.pid === identity.pid);
  }

  watch(identity: ProcessIdentity, onExit: (exit: ObservedExit) => void): () => void {
    const process = this.#processes.find((candidate) => candidate.identity.pid === identity.pid);
    if (process === undefined || !process.isAlive) onExit({});
    else process.watchers.push(onExit);
    return () => void process?.watchers.splice(0);
  }

  table(): ReturnType<Launcher["table"]> {
    return this.#processes.filter(({ isAlive }) => isAlive).map(({ identity }) => ({
      identity,
      parentPid: 1,
      processGroup: identity.pid,
      session: identity.pid,
      isZombie: false,
      cpuSeconds: 0,
      rssBytes: 0,
      threads: 1,
      name: "x",
    }));
  }

  members(trees: readonly ProcessTree[]): ReturnType<Launcher["members"]> {
    return trees.map((tree) => this.table().filter(({ identity }) => this.#belongs(identity.pid, tree)));
  }

  signalTree(tree: ProcessTree, signal: Deno.Signal): number {
    const [members = []] = this.members([tree]);
    for (const { identity } of members) this.signals.push(`${signal} ${identity.pid}`);
    return members.length;
  }

  killTree(tree: ProcessTree): Promise<number> {
    const [members = []] = this.members([tree]);
    for (const { identity } of members) {
      this.signals.push(`kill ${identity.pid}`);
      this.end(identity.pid, { signal: "SIGKILL" });
    }
    return Promise.resolve(this.unkillable);
  }

  marked(prefix: string): ReturnType<Launcher["marked"]> {
    const rows = new Map(this.table().map((row) => [row.identity.pid, row]));
    return this.#processes.flatMap(({ identity, options }) => {
      const [row, marker] = [rows.get(identity.pid), options.env["FARHAND_PROCESS"] ?? ""];
      return row === undefined || !marker.startsWith(prefix) ? [] : [{ row, marker }];
    });
  }

  close(): void {
    this.isClosed = true;
  }

  #belongs(pid: number, { leader, marker }: ProcessTree): boolean {
    if (leader?.pid === pid) return true;
    const process = this.#processes.find(({ identity }) => identity.pid === pid);
    return marker !== "" && process?.options.env["FARHAND_PROCESS"] === marker;
  }
}
