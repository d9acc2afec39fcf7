import { AppError, messageOf } from "../../../core/mod.ts";
import { type KernelClock, kernelClock } from "../../../platform/mod.ts";
import type { KernelSample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig, Reading } from "../contract.ts";
import { count, decimal } from "../reading/counts.ts";
import type { HeldFile, TreeReader } from "../reading/tree_reader.ts";
import { SelinuxReader } from "./selinux.linux.ts";
import { TimeZoneReader } from "./time_zone.ts";

const CLOCKSOURCE = "devices/system/clocksource/clocksource0";

export function linuxKernel(
  _options: CollectorsConfig["kernel"],
  deps: CollectorDeps,
  readClock: () => KernelClock | null = kernelClock,
): Collector<KernelSample> {
  return new LinuxKernel(deps, readClock);
}

class LinuxKernel implements Collector<KernelSample> {
  readonly #tree: TreeReader;
  readonly #deps: CollectorDeps;
  readonly #readClock: () => KernelClock | null;
  readonly #fileNr: HeldFile;
  readonly #entropy: HeldFile;
  readonly #uptime: HeldFile;
  readonly #source: HeldFile;
  readonly #selinux: SelinuxReader;
  readonly #timeZone: TimeZoneReader;
  #poolBits: number | undefined;
  #sources: { readonly current: string; readonly all: string[] } | null = null;

  constructor(deps: CollectorDeps, readClock: () => KernelClock | null) {
    const { tree } = deps;
    this.#deps = deps;
    this.#tree = tree;
    this.#readClock = readClock;
    this.#fileNr = tree.hold(tree.proc("sys/fs/file-nr"));
    this.#entropy = tree.hold(tree.proc("sys/kernel/random/entropy_avail"));
    this.#uptime = tree.hold(tree.proc("uptime"));
    this.#source = tree.hold(tree.sys(CLOCKSOURCE, "current_clocksource"));
    this.#selinux = new SelinuxReader(tree);
    this.#timeZone = new TimeZoneReader(tree);
  }

  collect(): Reading<KernelSample> {
    const problems: string[] = [];
    const files = parseFileNr(this.#text(this.#fileNr, "open files", "sys/fs/file-nr", problems));
    const entropyBits = count(this.#text(this.#entropy, "entropy", "sys/kernel/random/entropy_avail", problems).trim());
    const uptimeSeconds = parseUptime(this.#text(this.#uptime, "uptime", "uptime", problems));
    if (files.openFiles === undefined && entropyBits === undefined && uptimeSeconds === undefined) {
      throw new AppError(
        "unavailable",
        `Cannot read the kernel's state: ${problems.join("; ") || "no file has values"}`,
      );
    }
    this.#poolBits ??= count(this.#tree.line(this.#tree.proc("sys/kernel/random/poolsize")) ?? "");
    const sample = {
      ...files,
      entropyBits,
      entropyPoolBits: this.#poolBits,
      selinux: this.#selinux.read(),
      clock: this.#clock(problems),
      uptimeSeconds,
      ...this.#timeZone.read(this.#deps.clock.nowMs()),
    };
    return { sample, problems };
  }

  close(): void {
    for (const file of [this.#fileNr, this.#entropy, this.#uptime, this.#source]) file.close();
    this.#selinux.close();
  }

  #text(file: HeldFile, what: string, path: string, problems: string[]): string {
    const text = file.text();
    if (text === null) problems.push(`${what}: ${this.#tree.reason(this.#tree.proc(path))}`);
    return text ?? "";
  }

  /** A container may be forbidden to ask; then nothing is known but where the kernel takes its time from. */
  #clock(problems: string[]): KernelSample["clock"] {
    let clock: KernelClock | null = null;
    try {
      clock = this.#readClock();
    } catch (error) {
      // A system without the C library that we know; all but the clock can be told without it.
      problems.push(`clock: ${messageOf(error)}`);
    }
    if (clock === null) return undefined;
    const sources = this.#clockSources();
    return {
      synchronised: clock.synchronised,
      offsetSeconds: clock.offsetSeconds,
      values: { ...clock.values },
      source: sources?.current,
      sources: sources?.all,
    };
  }

  /** Which there are can only have changed when the kernel uses another. */
  #clockSources(): { readonly current: string; readonly all: string[] } | null {
    const current = this.#source.text()?.trim() ?? "";
    if (current === "") return null;
    if (this.#sources?.current !== current) {
      const all = this.#tree.line(this.#tree.sys(CLOCKSOURCE, "available_clocksource"))?.split(/\s+/) ?? [];
      this.#sources = { current, all };
    }
    return this.#sources;
  }
}

/** "730  0  2466177": open files, a zero, and how many there may be. */
export function parseFileNr(text: string): Pick<KernelSample, "openFiles" | "openFilesLimit"> {
  const [open = "", , limit = ""] = text.trim().split(/\s+/, 3);
  return { openFiles: count(open), openFilesLimit: count(limit) };
}

/** "1064.04 2055.99": seconds since boot, and seconds that cores were idle. */
export function parseUptime(text: string): number | undefined {
  return decimal(text.slice(0, text.indexOf(" ") >>> 0));
}
