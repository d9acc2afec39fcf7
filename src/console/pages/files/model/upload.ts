import { Sha256 } from "./sha256.ts";

/** What a browser's File has of it. */
export interface UploadFile {
  readonly name: string;
  readonly size: number;
  readonly lastModified: number;
  slice(start: number, end: number): Blob;
}

export interface UploadSeat {
  readonly id: string;
  readonly path: string;
  readonly receivedBytes: number;
  readonly sizeBytes?: number | undefined;
}

/** The host's side of it. */
export interface UploadPort {
  begin(path: string, sizeBytes: number, overwrite: boolean, signal: AbortSignal): Promise<UploadSeat>;
  look(id: string, signal: AbortSignal): Promise<UploadSeat>;
  /** Gives how much has arrived. */
  send(id: string, offset: number, part: Blob, signal: AbortSignal): Promise<number>;
  commit(id: string, sha256: string, signal: AbortSignal): Promise<void>;
  /** After a cancellation; failing is no matter, for unfinished ones expire. */
  drop(id: string): void;
  /**
   * What a failure means: that there is such a file; that the upload is not known any more; that it may be tried again;
   * that it may not.
   */
  kindOf(error: unknown): "exists" | "unknown" | "again" | "final";
  /** Kept over a reload of the page, so that the same file goes on where it was. */
  remembered(key: string): string | null;
  remember(key: string, id: string | null): void;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface UploadProgress {
  readonly sentBytes: number;
  /** Whether the way broke and it waits to go on. */
  readonly isWaiting: boolean;
}

/** Told apart, for the user has to choose. */
export class FileExists extends Error {
  override readonly name = "FileExists";
}

const PART_BYTES = 4 * 1024 * 1024;
const HASHED_AT_ONCE_BYTES = 1024 * 1024;
const MAX_FAILURES = 12;
const MAX_WAIT_MS = 15_000;

interface Upload {
  readonly port: UploadPort;
  readonly file: UploadFile;
  readonly path: string;
  readonly overwrite: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: UploadProgress) => void;
}

/**
 * Sends one file: in parts, from where the host has it up to, through broken ways; then has the host check the whole
 * against its hash, which is computed as the parts are sent. Rejects with FileExists where that is not wanted.
 */
export async function upload(given: Upload, key: string): Promise<void> {
  const { port, signal } = given;
  const hash = new RunningHash(given.file);
  let [failures, reached] = [0, -1];
  while (true) {
    let seat: UploadSeat | null = null;
    try {
      seat = await seatOf(given, key);
      await sendAll(given, seat, hash, (bytes) => {
        if (bytes > reached) failures = 0;
        reached = Math.max(reached, bytes);
      });
      await port.commit(seat.id, await hash.upTo(given.file.size, signal), signal);
      port.remember(key, null);
      return;
    } catch (error) {
      if (signal.aborted) {
        const id = seat?.id ?? port.remembered(key);
        if (id !== null) port.drop(id);
        port.remember(key, null);
        throw signal.reason;
      }
      const kind = port.kindOf(error);
      if (kind === "exists" && !given.overwrite) {
        if (seat !== null) port.drop(seat.id);
        port.remember(key, null);
        throw new FileExists();
      }
      const wasForgotten = kind === "unknown" && port.remembered(key) !== null;
      if (wasForgotten) port.remember(key, null);
      failures += 1;
      if ((kind !== "again" && !wasForgotten) || failures > MAX_FAILURES) throw error;
      given.onProgress({ sentBytes: Math.max(0, reached), isWaiting: true });
      await port.sleep(Math.min(MAX_WAIT_MS, 500 * 2 ** (failures - 1)), signal);
    }
  }
}

async function seatOf({ port, file, path, overwrite, signal }: Upload, key: string): Promise<UploadSeat> {
  const known = port.remembered(key);
  if (known !== null) {
    const seat = await port.look(known, signal);
    if (seat.sizeBytes === file.size && seat.receivedBytes <= file.size) return seat;
    port.drop(known);
    port.remember(key, null);
  }
  const seat = await port.begin(path, file.size, overwrite, signal);
  port.remember(key, seat.id);
  return seat;
}

async function sendAll(
  { port, file, signal, onProgress }: Upload,
  seat: UploadSeat,
  hash: RunningHash,
  onReached: (bytes: number) => void,
): Promise<void> {
  let sentBytes = seat.receivedBytes;
  onReached(sentBytes);
  onProgress({ sentBytes, isWaiting: false });
  while (sentBytes < file.size) {
    const end = Math.min(file.size, sentBytes + PART_BYTES);
    const part = file.slice(sentBytes, end);
    // Hashed while it is under way: neither waits for the other.
    const [arrived] = await Promise.all([port.send(seat.id, sentBytes, part, signal), hash.upTo(end, signal)]);
    if (!(arrived > sentBytes && arrived <= file.size)) {
      throw new Error(`The host says that it has ${arrived} bytes of what was sent up to ${end}`);
    }
    sentBytes = arrived;
    onReached(sentBytes);
    onProgress({ sentBytes, isWaiting: false });
  }
}

/** The hash of a file's beginning, which only ever grows: what is sent again is not hashed again. */
class RunningHash {
  readonly #file: UploadFile;
  readonly #hash = new Sha256();
  #bytes = 0;

  constructor(file: UploadFile) {
    this.#file = file;
  }

  async upTo(end: number, signal: AbortSignal): Promise<string> {
    while (this.#bytes < end) {
      signal.throwIfAborted();
      const next = Math.min(end, this.#bytes + HASHED_AT_ONCE_BYTES);
      const part = await this.#file.slice(this.#bytes, next).arrayBuffer();
      this.#hash.update(new Uint8Array(part));
      this.#bytes = next;
    }
    return this.#bytes === this.#file.size ? this.#hash.hex() : "";
  }
}
