import { systemClock } from "../../../core/mod.ts";
import type {
  FileAction,
  FileActionReport,
  FileDigest,
  FileEntry,
  FileList,
  FileRoots,
  FileUpload,
  UploadedFile,
  UploadProgress,
} from "../../../protocol/mod.ts";
import { agentPath, api, ApiProblem, PROBLEM_CODES, withQuery } from "../../kit/api.ts";
import { store, stored } from "../../kit/storage.ts";
import type { UploadPort } from "./model/upload.ts";

/** What the pages ask of a host's `/v1/files`. */

const PAGE_ENTRIES = 1_000;
export const MAX_ENTRIES = 50_000;
/** Of a file's beginning that is shown. */
export const VIEW_BYTES = 256 * 1024;
const ACTION_MS = 10 * 60_000;
const DIGEST_MS = 10 * 60_000;
const SEND_MS = 10 * 60_000;

export function loadRoots(hostId: string, signal: AbortSignal): Promise<FileRoots> {
  return api.get<FileRoots>(agentPath(hostId, "/v1/files/roots"), { signal });
}

export interface Folder {
  readonly path: string;
  readonly isWritable: boolean;
  readonly entries: readonly FileEntry[];
  /** There are more than are shown. */
  readonly isCut: boolean;
}

/** A folder with all that is in it, however many requests that takes. */
export async function loadFolder(hostId: string, path: string, signal: AbortSignal): Promise<Folder> {
  const entries: FileEntry[] = [];
  let after: string | undefined;
  while (true) {
    const query = { path, after, limit: PAGE_ENTRIES };
    const part = await api.get<FileList>(agentPath(hostId, "/v1/files"), { query, signal });
    for (const entry of part.entries) entries.push(entry);
    if (part.next === undefined || entries.length >= MAX_ENTRIES) {
      return { path: part.path, isWritable: part.isWritable, entries, isCut: part.next !== undefined };
    }
    after = part.next;
  }
}

/** How many entries a folder has at its first level, as far as one answer tells; null for more. */
export async function countEntries(hostId: string, path: string, signal: AbortSignal): Promise<number | null> {
  const query = { path, limit: PAGE_ENTRIES };
  const { entries, next } = await api.get<FileList>(agentPath(hostId, "/v1/files"), { query, signal });
  return next === undefined ? entries.length : null;
}

export function act(hostId: string, action: FileAction, signal?: AbortSignal): Promise<FileActionReport> {
  const asking = { timeoutMs: ACTION_MS, ...(signal !== undefined && { signal }) };
  return api.post<FileActionReport>(agentPath(hostId, "/v1/files/actions"), action, asking);
}

export function digest(hostId: string, path: string, signal: AbortSignal): Promise<FileDigest> {
  return api.get<FileDigest>(agentPath(hostId, "/v1/files/digest"), { query: { path }, signal, timeoutMs: DIGEST_MS });
}

export function contentHref(hostId: string, path: string): string {
  return withQuery(agentPath(hostId, "/v1/files/content"), { path });
}

export function zipHref(hostId: string, path: string): string {
  return withQuery(agentPath(hostId, "/v1/files/zip"), { path });
}

/** The first bytes of a file. */
export async function loadBeginning(
  hostId: string,
  path: string,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await api.raw("GET", agentPath(hostId, "/v1/files/content"), {
    query: { path },
    headers: { range: `bytes=0-${VIEW_BYTES - 1}` },
    signal,
  });
  return await upTo(answer, VIEW_BYTES);
}

/** An answer that is longer than was asked for is not read on. */
async function upTo(answer: Response, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const reader = answer.body?.getReader();
  const all = new Uint8Array(bytes);
  let length = 0;
  while (reader !== undefined && length < bytes) {
    const { done, value } = await reader.read();
    if (done) break;
    const part = value.subarray(0, bytes - length);
    all.set(part, length);
    length += part.length;
  }
  // It has been read as far as it is wanted; that it may be longer is no failure.
  await reader?.cancel().catch(() => undefined);
  return all.subarray(0, length);
}

/** The host's side of uploads. */
export function uploadPort(hostId: string): UploadPort {
  const path = (id = "", more = "") =>
    agentPath(hostId, `/v1/files/uploads${id === "" ? "" : `/${encodeURIComponent(id)}`}${more}`);
  return {
    begin: (target, sizeBytes, overwrite, signal) =>
      api.post<FileUpload>(path(), { path: target, sizeBytes, overwrite }, { signal }),
    look: (id, signal) => api.get<FileUpload>(path(id), { signal }),
    async send(id, offset, part, signal) {
      try {
        const answer = await api.raw("PUT", path(id), {
          query: { offset },
          body: part,
          headers: { "content-type": "application/octet-stream" },
          signal,
          timeoutMs: SEND_MS,
        });
        return receivedOf(await answer.json());
      } catch (error) {
        // The host has more or less than we thought: asked anew, it says how much.
        if (error instanceof ApiProblem && error.code === PROBLEM_CODES.conflict) throw new OutOfStep();
        throw error;
      }
    },
    commit: async (id, sha256, signal) =>
      void await api.post<UploadedFile>(path(id, "/commit"), { sha256 }, { signal, timeoutMs: DIGEST_MS }),
    // What is not removed now expires by itself.
    drop: (id) => void api.delete(path(id)).catch(() => undefined),
    kindOf,
    remembered: (key) => stored<Record<string, string>>(KEY, isRecord, {})[key] ?? null,
    remember(key, id) {
      const { [key]: _, ...rest } = stored<Record<string, string>>(KEY, isRecord, {});
      const entries = Object.entries(rest).slice(-MAX_REMEMBERED);
      store(KEY, Object.fromEntries(id === null ? entries : [...entries, [key, id]]));
    },
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
  };
}

const KEY = "uploads";
const MAX_REMEMBERED = 100;
/** Of the one table of errors. */
const AGAIN: readonly number[] = [PROBLEM_CODES.hostOffline, 10009, 10010, 10011];

class OutOfStep extends Error {
  override readonly name = "OutOfStep";
}

function kindOf(error: unknown): ReturnType<UploadPort["kindOf"]> {
  if (error instanceof OutOfStep) return "again";
  if (!(error instanceof ApiProblem)) return "final";
  if (error.code === PROBLEM_CODES.conflict) return "exists";
  if (error.code === PROBLEM_CODES.notFound) return "unknown";
  // No answer of the manager at all, or one of a proxy between that says that it is away.
  return error.status === 0 || AGAIN.includes(error.code) || (error.code === 0 && error.status >= 500)
    ? "again"
    : "final";
}

function receivedOf(answer: { readonly data?: UploadProgress }): number {
  return answer.data?.receivedBytes ?? NaN;
}

function isRecord(value: unknown): value is Record<string, string> {
  return typeof value === "object" && value !== null && Object.values(value).every((each) => typeof each === "string");
}
