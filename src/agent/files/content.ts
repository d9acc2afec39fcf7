import { basename } from "node:path";
import { type FileFacts, identityOf } from "../../platform/mod.ts";
import type { Access, Reached } from "./access.ts";
import { refuseKernelFiles } from "./access.ts";
import { rangeOf } from "./byte_range.ts";
import type { FilesCaller } from "./ports.ts";
import { readFile } from "./read_file.ts";
import { shown } from "./roots.ts";
import { streamOf } from "./stream_of.ts";
import type { Transfers } from "./transfers.ts";

export interface ContentRequest {
  readonly path: string;
  readonly range: string | null;
  /** Whether the content itself is wanted, and not only what is said of it. */
  readonly withBody: boolean;
}

/** An open regular file, with what is true of this very one. */
export interface OpenFile {
  readonly file: Deno.FsFile;
  readonly facts: FileFacts;
}

/** A file as it is now, up to the size that it has now. */
export async function contentOf(
  { access, transfers }: { readonly access: Access; readonly transfers: Transfers },
  { path, range: asked, withBody }: ContentRequest,
  { signal, isManager }: FilesCaller,
): Promise<Response> {
  using reached = await access.reach(path, { follow: true });
  const { file, facts } = await openToRead(reached);
  try {
    const range = rangeOf(asked, facts.sizeBytes);
    const headers = headersOf(reached, facts);
    if (range === "none") {
      file.close();
      headers.set("content-range", `bytes */${facts.sizeBytes}`);
      return new Response(null, { status: 416, headers });
    }
    const { from, to } = range === "whole" ? { from: 0, to: facts.sizeBytes } : range;
    headers.set("content-length", String(to - from));
    if (range !== "whole") headers.set("content-range", `bytes ${from}-${to - 1}/${facts.sizeBytes}`);
    const status = range === "whole" ? 200 : 206;
    if (!withBody || to === from) {
      file.close();
      return new Response(null, { status, headers });
    }
    const transfer = transfers.begin({ isManagers: isManager });
    const either = AbortSignal.any([signal, transfer.signal]);
    const pieces = readFile(file, { from, to, keeps: true, signal: either, shown: shown(path) });
    const body = streamOf(pieces, transfer, either, () => file.close());
    return new Response(body, { status, headers });
  } catch (error) {
    close(file);
    throw error;
  }
}

export async function openToRead(reached: Reached): Promise<OpenFile> {
  await refuseKernelFiles(reached);
  const file = await reached.folder.read(reached.name);
  try {
    const facts = await reached.folder.facts(reached.name);
    return { file, facts: await sameFile(file, facts) };
  } catch (error) {
    close(file);
    throw error;
  }
}

/** Of the opened file: that of the name may be another one by now. */
async function sameFile(file: Deno.FsFile, named: FileFacts | null): Promise<FileFacts> {
  const info = await file.stat();
  const { size, mtime, dev } = info;
  const identity = identityOf(info);
  if (named !== null && (named.identity === "" || named.identity === identity)) return { ...named, sizeBytes: size };
  const modifiedMs = mtime?.getTime() ?? 0;
  const unknown = { mode: null, uid: null, gid: null, links: 1, device: String(dev) };
  return { kind: "file", sizeBytes: size, modifiedMs, version: String(modifiedMs), identity, ...unknown };
}

/** Changes whenever the content does, as far as the file system tells. */
export function etagOf({ identity, sizeBytes, version }: FileFacts): string {
  return `"${identity}-${sizeBytes}-${version}"`;
}

function headersOf({ realPath, path }: Reached, facts: FileFacts): Headers {
  const name = basename(path.replaceAll("\\", "/")) || basename(realPath);
  return new Headers({
    "content-type": "application/octet-stream",
    "accept-ranges": "bytes",
    "etag": etagOf(facts),
    "last-modified": new Date(facts.modifiedMs).toUTCString(),
    "content-disposition": attachment(name),
  });
}

/** https://www.rfc-editor.org/rfc/rfc6266 and rfc8187: any name at all, without anything that a header takes for its own. */
export function attachment(name: string): string {
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(/['()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  });
  return `attachment; filename*=UTF-8''${encoded}`;
}

function close(file: Deno.FsFile): void {
  try {
    file.close();
  } catch {
    // It was closed before it failed.
  }
}
