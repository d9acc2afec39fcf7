import { createHash, type Hash } from "node:crypto";
import { fileFailure, identityOf } from "../../../platform/mod.ts";
import { CHUNK_BYTES } from "../read_file.ts";
import { UploadOver } from "./upload_over.ts";

/** An upload as far as it has come: an open file that only grows, and the digest of what is in it. */
export class StagingFile implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #shown: string;
  readonly #hash: Hash;
  /** Only while something comes. */
  #pending: Uint8Array<ArrayBuffer> | null = null;
  #pendingBytes = 0;
  #writtenBytes: number;
  #isClosed = false;

  private constructor(file: Deno.FsFile, shown: string, hash: Hash, writtenBytes: number) {
    this.#file = file;
    this.#shown = shown;
    this.#hash = hash;
    this.#writtenBytes = writtenBytes;
  }

  static fresh(file: Deno.FsFile, shown: string): StagingFile {
    return new StagingFile(file, shown, createHash("sha256"), 0);
  }

  /** One of before a restart: what it holds is read once, for the digest. */
  static async resumed(file: Deno.FsFile, shown: string, signal: AbortSignal): Promise<StagingFile> {
    const hash = createHash("sha256");
    const buffer = new Uint8Array(CHUNK_BYTES);
    let bytes = 0;
    for (let count = await file.read(buffer); count !== null; count = await file.read(buffer)) {
      signal.throwIfAborted();
      hash.update(buffer.subarray(0, count));
      bytes += count;
    }
    return new StagingFile(file, shown, hash, bytes);
  }

  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** With what is kept until a piece is worth its writing. */
  get takenBytes(): number {
    return this.#writtenBytes + this.#pendingBytes;
  }

  async add(chunk: Uint8Array): Promise<void> {
    const pending = this.#pending ??= new Uint8Array(CHUNK_BYTES);
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + CHUNK_BYTES - this.#pendingBytes);
      pending.set(part, this.#pendingBytes);
      this.#pendingBytes += part.length;
      at += part.length;
      if (this.#pendingBytes === CHUNK_BYTES) await this.#flush(pending);
    }
  }

  /** Nothing more comes for now: all that has come is in the file then. */
  async settle(): Promise<void> {
    if (this.#pending !== null) await this.#flush(this.#pending);
    this.#pending = null;
  }

  async #flush(pending: Uint8Array<ArrayBuffer>): Promise<void> {
    const bytes = pending.subarray(0, this.#pendingBytes);
    this.#pendingBytes = 0;
    for (let at = 0; at < bytes.length;) {
      const count = await this.#try("write", () => this.#file.write(bytes.subarray(at)));
      this.#hash.update(bytes.subarray(at, at + count));
      this.#writtenBytes += count;
      at += count;
    }
  }

  /** What is in it survives a power cut from then on. */
  async sync(): Promise<void> {
    await this.#try("write", () => this.#file.sync());
  }

  /** The digest of all that is in it; nothing can be added after. */
  digest(): string {
    return this.#hash.copy().digest("hex");
  }

  /** As the file is on the disk, whatever its name means by now. */
  async identity(): Promise<string> {
    const info = await this.#file.stat();
    if (info.nlink === 0) throw new UploadOver("not_found", `${this.#shown} was removed while it grew; begin anew`);
    return identityOf(info);
  }

  [Symbol.dispose](): void {
    if (!this.#isClosed) this.#file.close();
    this.#isClosed = true;
  }

  async #try<T>(action: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw UploadOver.by(fileFailure(`${action} ${this.#shown}`, error));
    }
  }
}
