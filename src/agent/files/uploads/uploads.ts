import { AppError, type Clock, messageOf } from "../../../core/mod.ts";
import type { Logger } from "../../../log/mod.ts";
import type { FileUpload, NewUpload, UploadCommit, UploadedFile, UploadProgress } from "../../../protocol/mod.ts";
import type { Access } from "../access.ts";
import type { FilesCaller, FilesPorts } from "../ports.ts";
import { shown } from "../roots.ts";
import type { Transfers } from "../transfers.ts";
import { receiveBody } from "./receive_body.ts";
import {
  beginStaging,
  checkDigest,
  finishStaging,
  lastWrittenMs,
  receivedBytes,
  removeStaging,
  resumeStaging,
} from "./staging.ts";
import { Upload } from "./upload.ts";
import { UploadOver } from "./upload_over.ts";
import { UploadRecords } from "./upload_records.ts";

export interface UploadsOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly access: Access;
  readonly transfers: Transfers;
  readonly ports: FilesPorts;
  readonly dir: string;
}

/** Each holds a file open. */
export const MAX_UPLOADS = 64;
const EXPIRY_EVERY_MS = 60_000;
/** So long a sender can still ask why it has failed. */
const FAILURE_MS = 10 * 60_000;

/** All unfinished uploads. While there are none, it owns no timer. */
export class Uploads {
  readonly #options: UploadsOptions;
  readonly #records: UploadRecords;
  readonly #uploads = new Map<string, Upload>();
  readonly #stopping = new AbortController();
  #reserved = 0;
  #expiring: Promise<void> | null = null;

  constructor(options: UploadsOptions) {
    this.#options = options;
    this.#records = new UploadRecords(options.dir);
  }

  /** Remembers those of before a restart. */
  async load(): Promise<void> {
    const { clock, log } = this.#options;
    const bad = (file: string, reason: string) => log.warn("a record of an upload is of no use", { file, reason });
    for (const record of await this.#records.all(bad)) {
      const touchedMs = Math.max(record.createdMs, await lastWrittenMs(record));
      const agoMs = Math.max(0, clock.nowMs() - touchedMs);
      this.#uploads.set(record.id, new Upload(record, null, clock.monotonicMs() - agoMs));
    }
    this.#watch();
  }

  async begin(request: NewUpload, { by }: FilesCaller): Promise<FileUpload> {
    this.#stopping.signal.throwIfAborted();
    if (this.#living + this.#reserved >= MAX_UPLOADS) {
      const message = `${MAX_UPLOADS} uploads to this host are unfinished; finish or delete one, or wait`;
      throw new AppError("rate_limited", message, { retryable: true });
    }
    this.#reserved++;
    try {
      const { clock, log } = this.#options;
      this.#checkSize(request.path, request.sizeBytes ?? 0);
      const of = { ...this.#options, records: this.#records };
      const { record, staging } = await beginStaging(of, request, by);
      const upload = new Upload(record, staging, clock.monotonicMs());
      this.#uploads.set(record.id, upload);
      this.#watch();
      log.info("upload begun", { path: shown(record.path), id: record.id, by });
      return await this.#view(upload);
    } finally {
      this.#reserved--;
    }
  }

  async view(id: string): Promise<FileUpload> {
    return await this.#view(this.#known(id));
  }

  /** Takes a body that begins where the upload has come to. What has come of it stays, however it ends. */
  async receive(
    id: string,
    offset: number,
    body: ReadableStream<Uint8Array> | null,
    { signal, isManager }: FilesCaller,
  ): Promise<UploadProgress> {
    const upload = this.#known(id);
    const transfer = this.#options.transfers.begin({ isManagers: isManager, isWrite: true });
    try {
      return await upload.take(AbortSignal.any([signal, transfer.signal]), async (ending) => {
        const staging = await this.#staging(upload, ending);
        if (offset !== staging.takenBytes) throw notThere(offset, staging.takenBytes);
        const most = upload.record.sizeBytes ?? this.#maxBytes;
        const touch = () => {
          transfer.touch();
          upload.activeMs = this.#options.clock.monotonicMs();
        };
        await this.#orFail(upload, () => receiveBody(body, staging, { most, touch, signal: ending }));
        return { receivedBytes: staging.takenBytes };
      });
    } finally {
      transfer.end();
      if (body?.locked === false) await body.cancel().catch(() => {}); // nobody wants the rest; it may have broken
    }
  }

  async commit(id: string, given: UploadCommit, { by, signal }: FilesCaller): Promise<UploadedFile> {
    const upload = this.#known(id);
    return await upload.take(signal, async (ending) => {
      const { record } = upload;
      const staging = await this.#staging(upload, ending);
      this.#checkWhole(upload, staging.takenBytes, given);
      const sha256 = staging.digest();
      await this.#orFail(upload, () => Promise.try(checkDigest, record.path, sha256, given.sha256, record.sha256));
      const sizeBytes = staging.takenBytes;
      upload.staging = null; // it is closed on the way, and opened again if that does not come to its end
      await this.#orFail(upload, () => finishStaging(this.#options, record, staging));
      await this.#records.forget(id);
      this.#uploads.delete(id);
      this.#options.log.info("file uploaded", { path: shown(record.path), bytes: sizeBytes, id, by });
      return { path: record.path, sizeBytes, sha256 };
    });
  }

  async abandon(id: string, { by, signal }: FilesCaller): Promise<void> {
    const upload = this.#known(id);
    if (upload.failure === null) await upload.take(signal, () => this.#remove(upload));
    this.#uploads.delete(id);
    this.#options.log.info("upload abandoned", { path: shown(upload.record.path), id, by });
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new AppError("unavailable", "The agent is stopping", { retryable: true }));
    for (const upload of this.#uploads.values()) upload.interrupt();
    for (const upload of this.#uploads.values()) {
      await upload.settled();
      upload.staging?.[Symbol.dispose]();
      upload.staging = null;
    }
    this.#uploads.clear();
    await this.#expiring;
  }

  get #living(): number {
    return this.#uploads.values().reduce((count, { failure }) => failure === null ? count + 1 : count, 0);
  }

  get #maxBytes(): number {
    return this.#options.ports.config().max_upload_bytes.bytes || Infinity;
  }

  #known(id: string): Upload {
    this.#stopping.signal.throwIfAborted();
    const upload = this.#uploads.get(id);
    if (upload !== undefined) return upload;
    throw new AppError("not_found", "There is no such upload: it was finished, abandoned, or is too old; begin anew");
  }

  async #view(upload: Upload): Promise<FileUpload> {
    if (upload.failure !== null) throw upload.failure;
    const { record: { id, path, sizeBytes }, staging, activeMs } = upload;
    const { clock } = this.#options;
    const leftMs = this.#expiryMs - (clock.monotonicMs() - activeMs);
    return {
      id,
      path,
      receivedBytes: staging?.takenBytes ?? await receivedBytes(upload.record),
      ...(sizeBytes !== null && { sizeBytes }),
      expiresMs: Math.round(clock.nowMs() + Math.max(0, leftMs)),
    };
  }

  get #expiryMs(): number {
    return this.#options.ports.config().upload_expiry.ms;
  }

  async #staging(upload: Upload, signal: AbortSignal) {
    return upload.staging ??= await this.#orFail(upload, () => resumeStaging(upload.record, signal));
  }

  #checkSize(path: string, sizeBytes: number): void {
    if (sizeBytes <= this.#maxBytes) return;
    const message = `${
      shown(path)
    } has ${sizeBytes} bytes; files.max_upload_bytes in this host's config is ${this.#maxBytes}`;
    throw new AppError("too_large", message);
  }

  #checkWhole({ record }: Upload, takenBytes: number, { sizeBytes }: UploadCommit): void {
    const wanted = [record.sizeBytes, sizeBytes].find((size) =>
      size !== null && size !== undefined && size !== takenBytes
    );
    if (wanted === undefined) return;
    const message = `${takenBytes} of the ${wanted} bytes of ${shown(record.path)} have come; send the rest first`;
    throw new AppError("conflict", message, { details: { receivedBytes: takenBytes } });
  }

  /** What ends the upload takes all of it away, and the reason is kept for its sender. */
  async #orFail<T>(upload: Upload, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (error instanceof UploadOver) await this.#fail(upload, error);
      throw error;
    }
  }

  async #fail(upload: Upload, error: AppError): Promise<void> {
    const { log, clock } = this.#options;
    upload.failure = error;
    upload.activeMs = clock.monotonicMs();
    log.warn("upload failed", { path: shown(upload.record.path), id: upload.record.id, reason: error.message });
    await this.#remove(upload).catch((thrown) => log.warn("an upload could not be cleared away", { error: thrown }));
  }

  async #remove(upload: Upload): Promise<void> {
    upload.staging?.[Symbol.dispose]();
    upload.staging = null;
    await removeStaging(upload.record);
    await this.#records.forget(upload.record.id);
  }

  #watch(): void {
    if (this.#uploads.size === 0 || this.#expiring !== null) return;
    this.#expiring = this.#expire().finally(() => this.#expiring = null);
  }

  async #expire(): Promise<void> {
    const { clock, log } = this.#options;
    const { signal } = this.#stopping;
    while (this.#uploads.size > 0 && !signal.aborted) {
      for (const [id, upload] of this.#uploads) {
        const idleMs = clock.monotonicMs() - upload.activeMs;
        if (upload.isBusy || idleMs < (upload.failure === null ? this.#expiryMs : FAILURE_MS)) continue;
        this.#uploads.delete(id);
        if (upload.failure !== null) continue;
        log.info("an unfinished upload was given up", { path: shown(upload.record.path), id });
        await this.#remove(upload).catch((error) => {
          log.warn("an upload could not be cleared away", {
            path: shown(upload.record.path),
            reason: messageOf(error),
          });
        });
      }
      await clock.sleep(EXPIRY_EVERY_MS, signal).catch(() => {
        // It stops, which the loop sees.
      });
    }
  }
}

function notThere(offset: number, receivedBytes: number): AppError {
  const message = `${receivedBytes} bytes have come, so nothing that begins at ${offset} can be added`;
  return new AppError("conflict", message, { details: { receivedBytes } });
}
