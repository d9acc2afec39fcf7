import { AppError, type Clock, messageOf } from "../../core/mod.ts";
import type { Side, Sink, Source, Thing } from "./contract.ts";
import { lastName } from "./location.ts";
import type { Progress } from "./progress.ts";
import { transfer } from "./transfer.ts";

/** A side with a path of it. */
export interface End {
  readonly side: Side;
  readonly path: string;
}

export interface CopyOptions {
  readonly recursive: boolean;
  readonly force: boolean;
  readonly patienceMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Takes a remark for the user. */
  readonly note: (text: string) => void;
}

export interface Copied {
  readonly files: number;
  readonly bytes: number;
  /** What was not copied, each with the reason. */
  readonly leftOut: readonly string[];
}

/** Copies of files and folders, from one side to another. */
export class Copier {
  readonly #options: CopyOptions;
  readonly #leftOut: string[] = [];
  #files = 0;
  #bytes = 0;

  constructor(options: CopyOptions) {
    this.#options = options;
  }

  get copied(): Copied {
    return { files: this.#files, bytes: this.#bytes, leftOut: this.#leftOut };
  }

  /** Into a folder that is there under its own name, else under the name of the target. */
  async copy(from: End, to: End): Promise<void> {
    const { signal, recursive } = this.#options;
    const thing = await from.side.look(from.path, signal);
    if (thing === null) throw new AppError("not_found", `${from.side.shown(from.path)} is not there`);
    if (thing.kind === "directory" && !recursive) {
      throw new AppError(
        "invalid_input",
        `${from.side.shown(from.path)} is a folder; -r copies it with all that is in it`,
      );
    }
    const target = await this.#targetOf(from, to);
    if (thing.kind === "directory") await this.#folder(from, target);
    else await this.#file(from, target, thing);
  }

  /** One that is standard input or output. */
  async stream(source: Source, sink: Sink, what: string): Promise<void> {
    await this.#move(source, sink, what);
  }

  /** The path of a file to be, which is in the folder if the path is one that is there. */
  async targetOf(to: End, name: string): Promise<string> {
    const there = await to.side.look(to.path, this.#options.signal);
    if (there?.kind !== "directory" && !/[/\\]$/.test(to.path)) return to.path;
    if (there === null) throw new AppError("not_found", `The folder ${to.side.shown(to.path)} is not there`);
    const path = name === "" ? null : to.side.join(to.path, name);
    if (path !== null) return path;
    throw new AppError("invalid_input", `Say which name the copy shall have in ${to.side.shown(to.path)}`);
  }

  async #targetOf(from: End, to: End): Promise<End> {
    return { side: to.side, path: await this.targetOf(to, lastName(from.path.replace(/[/\\]+$/, ""))) };
  }

  async #folder(from: End, to: End): Promise<void> {
    const { signal } = this.#options;
    await to.side.makeFolder(to.path, signal);
    for await (const { name, problem, ...thing } of from.side.list(from.path, signal)) {
      const source = { side: from.side, path: from.side.join(from.path, name) ?? name };
      const path = to.side.join(to.path, name);
      const reason = problem ?? (path === null ? "its name cannot be one there" : reasonAgainst(thing));
      if (reason !== null || path === null) {
        this.#leave(source, reason ?? "");
        continue;
      }
      const target = { side: to.side, path };
      if (thing.kind === "directory") await this.#folder(source, target);
      else await this.#listedFile(source, target);
    }
  }

  /** One of many: that it cannot be copied does not keep the others from it, unless the network or the disk is the reason. */
  async #listedFile(from: End, to: End): Promise<void> {
    const { signal } = this.#options;
    try {
      const thing = await from.side.look(from.path, signal);
      if (thing !== null) await this.#file(from, to, thing);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError) || !["forbidden", "conflict", "not_found", "unsupported"].includes(error.code)) {
        throw error;
      }
      this.#leave(from, messageOf(error));
    }
  }

  async #file(from: End, to: End, thing: Thing): Promise<void> {
    if (thing.kind !== "file") {
      throw new AppError("unsupported", `${from.side.shown(from.path)} is no regular file, and cannot be copied`);
    }
    const { force, signal } = this.#options;
    const source = await from.side.source(from.path, thing);
    const sink = await to.side.sink(to.path, { source, force }, signal);
    await this.#move(source, sink, from.side.shown(from.path));
  }

  async #move(source: Source, sink: Sink, what: string): Promise<void> {
    const { clock, random, signal, patienceMs, progress, note } = this.#options;
    let lastReason = "";
    progress.begin(what, source.sizeBytes);
    try {
      this.#bytes += await transfer(source, sink, {
        ...{ clock, random, signal, patienceMs },
        onBytes: (bytes) => progress.bytes(bytes),
        onBroken: (reason) => {
          if (reason === lastReason) return; // it is tried often
          lastReason = reason;
          progress.clear();
          note(`${what}: ${reason}; it is tried again`);
        },
      });
      this.#files++;
    } finally {
      progress.clear();
    }
  }

  #leave({ side, path }: End, reason: string): void {
    const line = `${side.shown(path)}: ${reason}`;
    this.#leftOut.push(line);
    this.#options.note(`left out ${line}`);
  }
}

function reasonAgainst({ kind }: Thing): string | null {
  if (kind === "link") return "it is a link";
  return kind === "other" ? "it is no regular file" : null;
}
