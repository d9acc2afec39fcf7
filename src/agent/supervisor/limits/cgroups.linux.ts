import { type Clock, messageOf } from "../../../core/mod.ts";
import { createStateLog, type Logger, type StateLog } from "../../../log/mod.ts";
import { type CgroupSupport, cgroupSupport } from "../../../platform/mod.ts";
import type { LimitSpec } from "../spec/process_spec.ts";
import { type Cgroups, LIMIT_NAMES, type LimitedGroup, type LimitName } from "./contract.ts";
import { type GroupFiles, realGroupFiles } from "./group_files.linux.ts";
import { CONTROLLER_OF, limitFiles, wantedLimits } from "./group_limits.ts";
import { noneEnforced } from "./limit_plan.ts";

/** Names of groups begin so, lest one be called as a file of the kernel: `memory.max`. */
const PREFIX = "process-";
const OWN_LEAF = "agent";
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,120}$/;
/** How deep below a group its program may have made groups that are taken away with it. */
const MAX_DEPTH = 8;
const MAX_LEFTOVERS = 1_000;
const LEFTOVERS_AT_ONCE = 8;

export interface LinuxCgroupsOptions {
  readonly instance: string;
  readonly log: Logger;
  readonly clock: Clock;
  /** Tests have their own. */
  readonly files?: GroupFiles;
  readonly support?: () => CgroupSupport;
}

export function linuxCgroups(options: LinuxCgroupsOptions): Cgroups {
  return new LinuxCgroups(options);
}

/**
 * `<base>/farhand-<instance>/process-<name>` for each process. A controller is switched on when the first limit needs
 * it, so that who sets no limits pays for none.
 */
class LinuxCgroups implements Cgroups {
  readonly #files: GroupFiles;
  readonly #support: () => CgroupSupport;
  readonly #instance: string;
  readonly #state: StateLog;
  #found: CgroupSupport | undefined;
  /** Groups that are to be taken away, and had processes when it was tried last. */
  readonly #leftovers = new Set<string>();

  constructor({ instance, log, clock, files = realGroupFiles, support = cgroupSupport }: LinuxCgroupsOptions) {
    this.#instance = instance;
    this.#files = files;
    this.#support = support;
    this.#state = createStateLog(log, clock, "making control groups");
  }

  get available(): CgroupSupport {
    return this.#found ??= this.#support();
  }

  prepare(name: string, limits: LimitSpec): LimitedGroup {
    this.#clearAway();
    if (this.available.what === "none") return this.#nothing(limits, this.available.reason);
    if (!NAME.test(name)) return this.#nothing(limits, `${JSON.stringify(name)} cannot name a control group`);
    const directory = `${this.#home}/${PREFIX}${name}`;
    this.#leftovers.delete(directory);
    try {
      this.#files.makeDirectory(this.#home);
      this.#files.makeDirectory(directory);
      this.#state.recovered();
    } catch (error) {
      const reason = `its control group cannot be made: ${messageOf(error)}`;
      this.#state.failed(reason);
      return this.#nothing(limits, reason);
    }
    return this.#limit(directory, limits);
  }

  update(directory: string, limits: LimitSpec): LimitedGroup {
    if (directory === "") return this.#nothing(limits, "it has no control group");
    if (!this.#isOurs(directory)) return this.#nothing(limits, `${directory} is not a control group of this agent`);
    return this.#limit(directory, limits);
  }

  remove(directory: string): number {
    this.#clearAway();
    if (!this.#isOurs(directory)) return 0;
    const oomKills = this.#oomKills(directory);
    if (!this.#removeTree(directory, MAX_DEPTH)) this.#removeLater(directory);
    return oomKills;
  }

  #removeLater(directory: string): void {
    this.#leftovers.add(directory);
    const [oldest] = this.#leftovers;
    // The next agent's removeEmpty finds what is forgotten here.
    if (this.#leftovers.size > MAX_LEFTOVERS && oldest !== undefined) this.#leftovers.delete(oldest);
  }

  removeEmpty(): void {
    if (this.available.what === "none") return;
    for (const name of this.#files.list(this.#home)) {
      if (name.startsWith(PREFIX)) this.#removeTree(`${this.#home}/${name}`, MAX_DEPTH);
    }
  }

  /** Without a limit on memory there is no such file. */
  #oomKills(directory: string): number {
    return Number(/^oom_kill (\d{1,15})$/m.exec(this.#files.read(`${directory}/memory.events`) ?? "")?.[1] ?? 0);
  }

  close(): void {
    if (this.#found === undefined) return;
    this.#clearAway();
    // It stays when a group is left in it, and is then the next agent's.
    if (this.#found.what !== "none") this.#files.removeDirectory(this.#home);
  }

  get #home(): string {
    return `${this.available.base}/farhand-${this.#instance}`;
  }

  /** Made by an agent of this instance, which may have had another base. */
  #isOurs(directory: string): boolean {
    const parts = directory.split("/");
    const [home, name = ""] = parts.slice(-2);
    return this.available.what !== "none" && directory.startsWith("/") && !parts.includes("..") &&
      home === `farhand-${this.#instance}` && name.startsWith(PREFIX) && NAME.test(name.slice(PREFIX.length));
  }

  #nothing(limits: LimitSpec, reason: string): LimitedGroup {
    return { directory: "", enforced: [], failures: noneEnforced(limits, () => reason) };
  }

  /** A limit that is not asked for any more is taken away too: the group may be an earlier agent's. */
  #limit(directory: string, limits: LimitSpec): LimitedGroup {
    const wanted = wantedLimits(limits);
    const failures: Partial<Record<LimitName, string>> = {};
    for (const name of LIMIT_NAMES) {
      const problem = wanted.includes(name)
        ? this.#switchOn(name) ?? this.#write(directory, limits, name)
        : this.#takeAway(directory, limits, name);
      if (problem !== null && wanted.includes(name)) failures[name] = problem;
    }
    return { directory, enforced: wanted.filter((name) => failures[name] === undefined), failures };
  }

  #takeAway(directory: string, limits: LimitSpec, name: LimitName): string | null {
    const [first] = limitFiles(limits, name);
    const now = first === undefined ? null : this.#files.read(`${directory}/${first.name}`);
    return now === null || now.startsWith("max") ? null : this.#write(directory, limits, name);
  }

  #write(directory: string, limits: LimitSpec, name: LimitName): string | null {
    for (const file of limitFiles(limits, name)) {
      try {
        this.#files.write(`${directory}/${file.name}`, file.text);
      } catch (error) {
        if (!file.isOptional) return `${file.name} cannot be written: ${messageOf(error)}`;
      }
    }
    return null;
  }

  /** Null when the controller that a limit needs is on for the groups of the processes. */
  #switchOn(name: LimitName): string | null {
    const controller = CONTROLLER_OF[name];
    const missing = this.available.missing[controller];
    if (missing !== undefined) return `no ${controller} controller: ${missing}`;
    try {
      if (!this.#isOn(this.available.base, controller)) this.#leaveBase();
      for (const directory of [this.available.base, this.#home]) {
        if (this.#isOn(directory, controller)) continue;
        this.#files.write(`${directory}/cgroup.subtree_control`, `+${controller}`);
      }
      return null;
    } catch (error) {
      return `the ${controller} controller cannot be switched on: ${messageOf(error)}`;
    }
  }

  #isOn(directory: string, controller: string): boolean {
    return this.#files.read(`${directory}/cgroup.subtree_control`)?.split(/\s+/).includes(controller) ?? false;
  }

  /** Controllers cannot be switched on below a group that has processes itself. */
  #leaveBase(): void {
    if (!this.available.isInBase) return;
    const leaf = `${this.#home}/${OWN_LEAF}`;
    this.#files.makeDirectory(leaf);
    this.#files.write(`${leaf}/cgroup.procs`, String(Deno.pid));
  }

  /** A few at a time, so that starting many processes does not try all of them for each; the tried go to the end. */
  #clearAway(): void {
    for (const directory of [...this.#leftovers].slice(0, LEFTOVERS_AT_ONCE)) {
      this.#leftovers.delete(directory);
      if (!this.#removeTree(directory, MAX_DEPTH)) this.#leftovers.add(directory);
    }
  }

  /** The kernel refuses to take away what has processes or groups in it, so nothing is lost however often it is tried. */
  #removeTree(directory: string, depth: number): boolean {
    if (this.#files.removeDirectory(directory)) return true;
    if (depth === 0) return false;
    for (const name of this.#files.list(directory)) this.#removeTree(`${directory}/${name}`, depth - 1);
    return this.#files.removeDirectory(directory);
  }
}
