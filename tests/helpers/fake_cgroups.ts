/** Control groups of version 2 in memory, with the rules of the kernel that those who use them trip over. */
import { linuxCgroupSupport } from "../../src/platform/cgroup_support.linux.ts";
import type { CgroupSupport, CgroupView } from "../../src/platform/mod.ts";

interface Group {
  readonly subtree: Set<string>;
  readonly pids: Set<string>;
  readonly values: Map<string, string>;
}

export interface FakeCgroupOptions {
  /** What the kernel offers at the root. */
  readonly controllers?: readonly string[];
  /** Whether the root is only that of a container, and so a group like any other. */
  readonly isContainer?: boolean;
  /** The group that the agent is in. */
  readonly own?: string;
  /** Further lines of /proc/self/mountinfo. */
  readonly mounts?: readonly string[];
  /** Which directories may be written; all without it. */
  readonly mayWrite?: (directory: string) => boolean;
}

const MOUNT = "/sys/fs/cgroup";
const FILES: Readonly<Record<string, readonly (readonly [name: string, initial: string])[]>> = {
  memory: [
    ["memory.max", "max"],
    ["memory.swap.max", "max"],
    ["memory.oom.group", "0"],
    ["memory.events", "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\noom_group_kill 0\n"],
  ],
  cpu: [["cpu.max", "max 100000"]],
  pids: [["pids.max", "max"]],
};

export class FakeCgroups implements CgroupView {
  readonly attributes = new Map<string, string>();
  readonly #groups = new Map<string, Group>();
  readonly #options: FakeCgroupOptions;

  constructor(options: FakeCgroupOptions = {}) {
    this.#options = options;
    this.#groups.set(MOUNT, newGroup());
    const own = `${MOUNT}${options.own ?? "/"}`.replace(/\/$/, "");
    for (let at = MOUNT; at !== own;) {
      at = `${at}/${own.slice(at.length + 1).split("/")[0]}`;
      this.#groups.set(at, newGroup());
    }
    this.#groups.get(own)?.pids.add(String(Deno.pid));
  }

  /** What an agent that looks at them finds. */
  support(): CgroupSupport {
    return linuxCgroupSupport(this);
  }

  /** Puts a process into a group without asking, as it may have been there before. */
  place(directory: string, pid: string): void {
    for (const group of this.#groups.values()) group.pids.delete(pid);
    this.#need(directory).pids.add(pid);
  }

  end(pid: string): void {
    for (const group of this.#groups.values()) group.pids.delete(pid);
  }

  add(directory: string, subtree: readonly string[] = []): void {
    const group = newGroup();
    for (const controller of subtree) group.subtree.add(controller);
    this.#groups.set(directory, group);
  }

  /** Where a process is. */
  groupOf(pid: string): string | undefined {
    return [...this.#groups].find(([, { pids }]) => pids.has(pid))?.[0];
  }

  directories(): string[] {
    return [...this.#groups.keys()].sort();
  }

  read(path: string): string | null {
    if (path === "/proc/self/mountinfo") return this.#mountinfo();
    if (path === "/proc/self/cgroup") {
      return `0::${(this.groupOf(String(Deno.pid)) ?? MOUNT).slice(MOUNT.length) || "/"}\n`;
    }
    const [directory, name] = split(path);
    const group = this.#groups.get(directory);
    if (group === undefined) return null;
    if (name === "cgroup.procs") return [...group.pids].map((pid) => `${pid}\n`).join("");
    if (name === "cgroup.controllers") return `${[...this.#controllers(directory)].join(" ")}\n`;
    if (name === "cgroup.subtree_control") return `${[...group.subtree].join(" ")}\n`;
    if (name === "cgroup.type") return this.#isRealRoot(directory) ? null : "domain\n";
    return this.#fileOf(directory, name);
  }

  canWrite(path: string): boolean {
    const [directory, name] = split(path);
    return this.#mayWrite(directory) && this.read(`${directory}/${name}`) !== null;
  }

  attribute(path: string, name: string): string | null {
    return this.attributes.get(`${path} ${name}`) ?? null;
  }

  write(path: string, text: string): void {
    const [directory, name] = split(path);
    if (!this.#groups.has(directory)) throw failure("ENOENT");
    if (!this.#mayWrite(directory)) throw failure("EACCES");
    if (name === "cgroup.procs") return this.#move(directory, text);
    if (name === "cgroup.subtree_control") return this.#switch(directory, text);
    if (this.#fileOf(directory, name) === null) throw failure("ENOENT");
    this.#need(directory).values.set(name, text);
  }

  list(path: string): string[] {
    return this.#children(path).map((child) => child.slice(path.length + 1));
  }

  makeDirectory(path: string): void {
    if (this.#groups.has(path)) return;
    const [parent] = split(path);
    if (!this.#groups.has(parent)) throw failure("ENOENT");
    if (!this.#mayWrite(parent)) throw failure("EACCES");
    this.#groups.set(path, newGroup());
  }

  removeDirectory(path: string): boolean {
    const group = this.#groups.get(path);
    if (group === undefined) return true;
    if (group.pids.size > 0 || this.#children(path).length > 0 || !this.#mayWrite(path)) return false;
    return this.#groups.delete(path);
  }

  /** Tells of so many processes that were killed for want of memory. */
  setOomKills(directory: string, count: number): void {
    this.#need(directory).values.set("memory.events", `oom 1\noom_kill ${count}\n`);
  }

  #mountinfo(): string {
    const lines = [
      "22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw",
      ...(this.#options.mounts ?? []),
      `41 22 0:38 / ${MOUNT} rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate`,
    ];
    return `${lines.join("\n")}\n`;
  }

  #isRealRoot(directory: string): boolean {
    return directory === MOUNT && this.#options.isContainer !== true;
  }

  #mayWrite(directory: string): boolean {
    return this.#options.mayWrite?.(directory) ?? true;
  }

  #controllers(directory: string): ReadonlySet<string> {
    if (directory === MOUNT) return new Set(this.#options.controllers ?? ["cpu", "memory", "pids"]);
    return this.#need(split(directory)[0]).subtree;
  }

  #children(directory: string): string[] {
    return [...this.#groups.keys()].filter((path) => split(path)[0] === directory && path !== MOUNT);
  }

  #fileOf(directory: string, name: string): string | null {
    if (this.#isRealRoot(directory)) return null;
    for (const controller of this.#controllers(directory)) {
      const file = FILES[controller]?.find(([file]) => file === name);
      if (file !== undefined) return this.#need(directory).values.get(name) ?? file[1];
    }
    return null;
  }

  #move(directory: string, pid: string): void {
    if (this.#need(directory).subtree.size > 0 && !this.#isRealRoot(directory)) throw failure("EBUSY");
    this.place(directory, pid);
  }

  #switch(directory: string, text: string): void {
    const group = this.#need(directory);
    for (const word of text.split(/\s+/)) {
      const controller = word.slice(1);
      if (!this.#controllers(directory).has(controller)) throw failure("ENOENT");
      if (word.startsWith("-")) group.subtree.delete(controller);
      else if (group.pids.size > 0 && !this.#isRealRoot(directory)) throw failure("EBUSY");
      else group.subtree.add(controller);
    }
  }

  #need(directory: string): Group {
    const group = this.#groups.get(directory);
    if (group === undefined) throw failure("ENOENT");
    return group;
  }
}

function newGroup(): Group {
  return { subtree: new Set(), pids: new Set(), values: new Map() };
}

function split(path: string): [directory: string, name: string] {
  const at = path.lastIndexOf("/");
  return [path.slice(0, at), path.slice(at + 1)];
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code} of the fake control groups`), { code });
}
