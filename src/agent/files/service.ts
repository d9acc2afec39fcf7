import type { FileAction, FileActionReport, FileRoots } from "../../protocol/mod.ts";
import { Access } from "./access.ts";
import { actOn } from "./actions.ts";
import { archiveOf } from "./archive.ts";
import { contentOf, type ContentRequest } from "./content.ts";
import { digestOf } from "./digest.ts";
import { listFolder, type ListRequest, statOf } from "./listing.ts";
import type { FilesCaller, FilesOptions } from "./ports.ts";
import { shown } from "./roots.ts";
import { tailOf, type TailRequest } from "./tail.ts";
import { Transfers } from "./transfers.ts";
import { Uploads } from "./uploads/uploads.ts";

/** All that can be asked of files; made when it is first asked. */
export class FilesService {
  readonly #options: FilesOptions;
  readonly #access: Access;
  readonly #transfers: Transfers;
  readonly uploads: Uploads;

  constructor(options: FilesOptions) {
    const { clock, log, ports, uploadsDir: dir } = options;
    this.#options = options;
    this.#access = new Access(ports);
    this.#transfers = new Transfers(clock);
    this.uploads = new Uploads({ clock, log, ports, dir, access: this.#access, transfers: this.#transfers });
  }

  async roots(): Promise<FileRoots> {
    const { ports } = this.#options;
    const roots = (await this.#access.roots()).map(({ path, isWritable }) => ({ path, isWritable }));
    const maxUploadBytes = ports.config().max_upload_bytes.bytes;
    return { policy: ports.policy(), roots, ...(maxUploadBytes > 0 && { maxUploadBytes }) };
  }

  list(request: ListRequest, signal: AbortSignal) {
    return listFolder(this.#access, request, signal);
  }

  stat(path: string, follow: boolean) {
    return statOf(this.#access, path, follow);
  }

  content(request: ContentRequest, caller: FilesCaller): Promise<Response> {
    return contentOf(this.#parts, request, caller);
  }

  digest(request: { readonly path: string; readonly bytes?: number | undefined }, caller: FilesCaller) {
    return digestOf(this.#parts, request, caller);
  }

  tail(request: TailRequest, caller: FilesCaller): Promise<Response> {
    return tailOf({ ...this.#parts, clock: this.#options.clock }, request, caller);
  }

  archive(path: string, withBody: boolean, caller: FilesCaller): Promise<Response> {
    return archiveOf(this.#parts, path, withBody, caller);
  }

  async act(action: FileAction, { by, signal }: FilesCaller): Promise<FileActionReport> {
    const { action: name, path, to, mode, recursive } = action;
    const fields = {
      ...{ action: name, path: shown(path), by },
      ...(to !== undefined && { to: shown(to) }),
      ...(mode !== undefined && { mode }),
      ...(recursive !== undefined && { recursive }),
    };
    try {
      const report = await actOn(this.#access, action, signal);
      this.#options.log.info("file action", {
        ...fields,
        ...(report.removed !== undefined && { removed: report.removed }),
      });
      return report;
    } catch (error) {
      this.#options.log.info("file action not completed", { ...fields, error });
      throw error;
    }
  }

  policyChanged(policy: "off" | "read" | "write"): void {
    this.#transfers.endForbidden(policy);
  }

  async stop(): Promise<void> {
    this.#transfers.stop();
    await this.uploads.stop();
  }

  get #parts() {
    return { access: this.#access, transfers: this.#transfers };
  }
}
