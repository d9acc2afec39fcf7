/** How the benchmark of supervisors learns at once that a program runs: each says so through one named pipe. */
import { run } from "./supervise_subject.ts";

/** Line that ends the reading. */
const END = "end";

export interface Report {
  readonly id: string;
  readonly pid: number;
}

export interface TimedReport extends Report {
  readonly atMs: number;
}

/** The reports of all complete lines, and what remains. */
export function parseReports(
  text: string,
): { readonly reports: Report[]; readonly rest: string; readonly ended: boolean } {
  const lines = text.split("\n");
  const rest = lines.pop() ?? "";
  const reports = lines.flatMap((line) => {
    const [id, pid] = line.split(" ");
    return id === undefined || pid === undefined ? [] : [{ id, pid: Number(pid) }];
  });
  return { reports, rest, ended: lines.includes(END) };
}

export class Reports {
  readonly path: string;
  readonly #file: Deno.FsFile;
  readonly #reading: Promise<void>;
  #waiting: TimedReport[] = [];
  #wake: (() => void) | undefined;

  private constructor(path: string, file: Deno.FsFile) {
    this.path = path;
    this.#file = file;
    this.#reading = this.#read();
  }

  /** Opened for both, so that it neither waits for the first writer nor ends with the last. */
  static async open(path: string): Promise<Reports> {
    await run("mkfifo", [path]);
    return new Reports(path, await Deno.open(path, { read: true, write: true }));
  }

  /** Forgets the reports that have come. */
  clear(): void {
    this.#waiting = [];
  }

  /** The next report for which `wanted` holds; those before it are dropped. */
  async next(wanted: (report: Report) => boolean, limitMs: number): Promise<TimedReport> {
    const deadline = performance.now() + limitMs;
    for (;;) {
      const report = this.#waiting.shift();
      if (report === undefined) await this.#more(deadline);
      else if (wanted(report)) return report;
    }
  }

  /** The first report of each of `count` programs, in the order in which they came. */
  async collect(count: number, limitMs: number): Promise<Map<string, TimedReport>> {
    const deadline = performance.now() + limitMs;
    const found = new Map<string, TimedReport>();
    while (found.size < count) {
      const report = await this.next(({ id }) => !found.has(id), deadline - performance.now());
      found.set(report.id, report);
    }
    return found;
  }

  async close(): Promise<void> {
    using writer = await Deno.open(this.path, { write: true });
    await writer.write(new TextEncoder().encode(`\n${END}\n`));
    await this.#reading;
    this.#file.close();
  }

  async #more(deadline: number): Promise<void> {
    const limitMs = deadline - performance.now();
    if (limitMs <= 0) throw new Error("A program that should have been started has not said so in time");
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(resolve, limitMs);
    await promise;
    clearTimeout(timer);
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(65_536);
    const decoder = new TextDecoder();
    for (let text = "", isOver = false; !isOver;) {
      const length = await this.#file.read(buffer) ?? 0;
      const atMs = performance.now();
      const { reports, rest, ended } = parseReports(text + decoder.decode(buffer.subarray(0, length)));
      this.#waiting.push(...reports.map((report) => ({ ...report, atMs })));
      this.#wake?.();
      text = rest;
      isOver = ended;
    }
  }
}
