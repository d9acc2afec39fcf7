import { createHash } from "node:crypto";
import { AppError } from "../../core/mod.ts";
import type { FileDigest } from "../../protocol/mod.ts";
import type { Access } from "./access.ts";
import { etagOf, openToRead } from "./content.ts";
import type { FilesCaller } from "./ports.ts";
import { readFile } from "./read_file.ts";
import { shown } from "./roots.ts";
import type { Transfers } from "./transfers.ts";

/** SHA-256 of a file, or of its first bytes: what was copied of a file that grows can be checked by that. */
export async function digestOf(
  { access, transfers }: { readonly access: Access; readonly transfers: Transfers },
  { path, bytes }: { readonly path: string; readonly bytes?: number | undefined },
  { signal, isManager }: FilesCaller,
): Promise<FileDigest> {
  using reached = await access.reach(path, { follow: true });
  const { file, facts } = await openToRead(reached);
  using _closing = file;
  const sizeBytes = bytes ?? facts.sizeBytes;
  if (sizeBytes > facts.sizeBytes) {
    throw new AppError("conflict", `${shown(path)} has ${facts.sizeBytes} bytes, and not the ${sizeBytes} asked for`);
  }
  const transfer = transfers.begin({ isManagers: isManager });
  try {
    const hash = createHash("sha256");
    const either = AbortSignal.any([signal, transfer.signal]);
    for await (
      const piece of readFile(file, { from: 0, to: sizeBytes, keeps: false, signal: either, shown: shown(path) })
    ) {
      hash.update(piece);
      transfer.touch();
    }
    return { sha256: hash.digest("hex"), sizeBytes, etag: etagOf(facts) };
  } finally {
    transfer.end();
  }
}
