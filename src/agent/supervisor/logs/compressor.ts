import { messageOf } from "../../../core/mod.ts";
import type { LogSurgery, OpenLog } from "../../../platform/mod.ts";
import type { OwnFile } from "./own_file.ts";
import { companions, removeIfThere, type Slot, slotPath } from "./slots.ts";

export interface CompressorDeps {
  readonly surgery: LogSurgery;
  /** Tests have it do without the program of the system. */
  readonly withGzip?: boolean;
}

const CHUNK_BYTES = 64 * 1024;
/** Between two chunks, so that compressing takes no more than a part of one core, and of the agent's turns. */
const PAUSE_MS = 5;
/** "command not found" and "cannot be executed" of every shell. */
const NO_SUCH_COMMAND = [126, 127];
/** The files are opened by descriptors of ours, so that nobody can put others in their place. */
const SCRIPT = 'exec nice -n 19 gzip -c -6 <"$1" >"$2"';

/** Compresses rotated files, one at a time, outside of the agent where the system has gzip. */
export class Compressor {
  readonly #deps: CompressorDeps;
  #withGzip: boolean;

  constructor(deps: CompressorDeps) {
    this.#deps = deps;
    this.#withGzip = deps.withGzip ?? true;
  }

  /** The newest rotated file that should be compressed; the very newest stays as it is, since it is the one that is looked into. */
  static candidate(file: OwnFile): Slot | undefined {
    return file.limits.compress ? file.slots.find(({ number, compressed }) => number > 1 && !compressed) : undefined;
  }

  /** The file may be renamed or deleted meanwhile. */
  async compress(file: OwnFile, slot: Slot, signal: AbortSignal): Promise<void> {
    const packed = companions(file.path).packed;
    removeIfThere(packed);
    try {
      using source = this.#deps.surgery.open(slotPath(file.path, slot));
      using target = this.#deps.surgery.create(packed, source);
      const size = source.sizeBytes();
      if (!await this.#pack(source, target, packed, signal)) throw new Error("gzip did not end well");
      if (!file.slots.includes(slot)) return;
      if (size !== slot.length) throw new Error("the file has changed since it was rotated");
      if (!isComplete(target, size)) throw new Error("what was compressed is shorter than the file");
      this.#adopt(file, slot, packed);
    } finally {
      removeIfThere(packed);
    }
  }

  /** All of it in one turn; under its new name it is complete, so the old one can be deleted by whoever comes first. */
  #adopt(file: OwnFile, slot: Slot, packed: string): void {
    const plain = slotPath(file.path, slot);
    Deno.renameSync(packed, slotPath(file.path, { ...slot, compressed: true }));
    slot.compressed = true;
    removeIfThere(plain);
  }

  async #pack(source: OpenLog, target: OpenLog, packed: string, signal: AbortSignal): Promise<boolean> {
    if (this.#withGzip && source.handlePath !== null && target.handlePath !== null) {
      const code = await runGzip(source.handlePath, target.handlePath, signal);
      if (code === 0) return true;
      signal.throwIfAborted();
      if (!NO_SUCH_COMMAND.includes(code)) return false;
      this.#withGzip = false;
    }
    await packHere(source, packed, signal);
    return true;
  }
}

async function runGzip(from: string, to: string, signal: AbortSignal): Promise<number> {
  try {
    const command = new Deno.Command("/bin/sh", {
      args: ["-c", SCRIPT, "sh", from, to],
      stdin: "null",
      stdout: "null",
      stderr: "null",
      env: { PATH: "/usr/local/bin:/usr/bin:/bin" },
      clearEnv: true,
      signal,
    });
    return (await command.output()).code;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Deno.errors.NotFound) return 127;
    throw new Error(`gzip could not be started: ${messageOf(error)}`, { cause: error });
  }
}

async function packHere(source: OpenLog, packed: string, signal: AbortSignal): Promise<void> {
  const size = source.sizeBytes();
  let at = 0;
  const chunks = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      const bytes = source.read(at, Math.min(CHUNK_BYTES, size - at));
      at += bytes.length;
      if (bytes.length > 0) controller.enqueue(bytes);
      if (bytes.length === 0 || at >= size) controller.close();
    },
  });
  using file = Deno.openSync(packed, { write: true });
  for await (const chunk of chunks.pipeThrough(new CompressionStream("gzip"), { signal })) {
    for (let done = 0; done < chunk.length;) done += file.writeSync(chunk.subarray(done));
  }
}

/** The last four bytes of a gzip file are the low 32 bits of what is in it. */
function isComplete(target: OpenLog, size: number): boolean {
  const packedBytes = target.sizeBytes();
  if (packedBytes < 18) return false;
  const last = target.read(packedBytes - 4, 4);
  return new DataView(last.buffer, last.byteOffset, 4).getUint32(0, true) === size % 2 ** 32;
}
