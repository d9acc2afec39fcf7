import { AppError } from "../../core/mod.ts";
import type { ApiClient } from "../../http/mod.ts";
import {
  type FileAction,
  fileDigest,
  fileList,
  fileStat,
  fileUpload,
  type HostView,
  uploadedFile,
} from "../../protocol/mod.ts";
import { safeText } from "../safe_text.ts";
import type { NamedThing, Side, Sink, SinkOptions, Source, Thing } from "./contract.ts";
import { joinRemote } from "./location.ts";

/** To tell a host that it can throw away what has come. */
const ABANDON_MS = 5_000;

/** A host, through the manager. */
export class RemoteSide implements Side {
  readonly #api: ApiClient;
  readonly #base: string;
  readonly #name: string;

  constructor(api: ApiClient, host: Pick<HostView, "id" | "name">) {
    this.#api = api;
    this.#name = host.name;
    this.#base = `/api/v1/hosts/${encodeURIComponent(host.id)}/agent/v1/files`;
  }

  shown(path: string): string {
    return safeText(`${this.#name}:${path}`);
  }

  async look(path: string, signal: AbortSignal): Promise<Thing | null> {
    try {
      const found = fileStat().parse(await this.#get("/stat", { path, follow: "true" }, signal));
      const { kind, sizeBytes, mode, etag } = found;
      return { kind, sizeBytes, ...(mode !== undefined && { mode }), ...(etag !== undefined && { etag }) };
    } catch (error) {
      if (error instanceof AppError && error.code === "not_found") return null;
      throw error;
    }
  }

  async *list(path: string, signal: AbortSignal): AsyncGenerator<NamedThing, void> {
    let after: string | undefined;
    for (;;) {
      const page = fileList().parse(await this.#get("", { path, ...(after !== undefined && { after }) }, signal));
      for (const { name, kind, sizeBytes, mode, hasOddName } of page.entries) {
        const problem = hasOddName === true ? { problem: "its name is no text" } : {};
        yield { name, kind, sizeBytes, ...(mode !== undefined && { mode }), ...problem };
      }
      if (page.next === undefined) return;
      after = page.next;
    }
  }

  async makeFolder(path: string, signal: AbortSignal): Promise<void> {
    const body: FileAction = { action: "mkdir", path, recursive: true };
    await this.#api.call(`${this.#base}/actions`, { method: "POST", body, signal });
  }

  join(folder: string, name: string): string {
    return joinRemote(folder, name);
  }

  source(path: string, { sizeBytes, mode, etag }: Thing): Source {
    const query = new URLSearchParams({ path });
    return {
      sizeBytes,
      ...(mode !== undefined && { mode }),
      ...(etag !== undefined && { etag }),
      open: async (offset, signal) => {
        // What is added to it meanwhile is no part of the copy.
        const headers = { range: `bytes=${offset}-${sizeBytes - 1}` };
        const response = await this.#api.raw(`${this.#base}/content?${query}`, { headers, signal });
        const total = Number(/\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1] ?? -1);
        if (response.status === 206 && total >= sizeBytes && response.body !== null) return response.body;
        await response.body?.cancel();
        throw new AppError("conflict", `${this.shown(path)} has changed while it was copied; copy it again`);
      },
      digest: async (bytes, signal) => {
        const asked = { path, bytes: String(bytes) };
        return fileDigest().parse(await this.#get("/digest", asked, signal)).sha256;
      },
    };
  }

  async sink(path: string, { source: { sizeBytes, mode }, force }: SinkOptions, signal: AbortSignal): Promise<Sink> {
    const body = {
      path,
      ...(sizeBytes !== null && { sizeBytes }),
      ...(mode !== undefined && { mode }),
      ...(force && { overwrite: true }),
    };
    const base = `${this.#base}/uploads`;
    const { id } = fileUpload().parse(await this.#api.call(base, { method: "POST", body, signal }));
    return new Upload(this.#api, `${base}/${id}`);
  }

  async #get(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<unknown> {
    return await this.#api.call(`${this.#base}${path}?${new URLSearchParams(query)}`, { signal });
  }
}

class Upload implements Sink {
  readonly #api: ApiClient;
  readonly #path: string;

  constructor(api: ApiClient, path: string) {
    this.#api = api;
    this.#path = path;
  }

  async received(signal: AbortSignal): Promise<number> {
    return fileUpload().parse(await this.#api.call(this.#path, { signal })).receivedBytes;
  }

  async *earlier(): AsyncGenerator<Uint8Array, void> {}

  async write(offset: number, content: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<void> {
    const headers = { "content-type": "application/octet-stream" };
    const request = { method: "PUT", headers, body: content, signal } as const;
    const response = await this.#api.raw(`${this.#path}?offset=${offset}`, request);
    await response.body?.cancel();
  }

  async finish(sizeBytes: number, sha256: string, signal: AbortSignal): Promise<void> {
    const body = { sizeBytes, sha256 };
    uploadedFile().parse(await this.#api.call(`${this.#path}/commit`, { method: "POST", body, signal }));
  }

  async abandon(): Promise<void> {
    try {
      await this.#api.call(this.#path, { method: "DELETE", signal: AbortSignal.timeout(ABANDON_MS) });
    } catch {
      // The host gives it up by itself after some time, if it has not done so already.
    }
  }
}
