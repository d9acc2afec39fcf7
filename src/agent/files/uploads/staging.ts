/** The growing file of an upload: where it is begun, found again after a restart, given its name, and cleared away. */
import { AppError, type Clock, oneLine } from "../../../core/mod.ts";
import type { Logger } from "../../../log/mod.ts";
import {
  beneath,
  type FileFacts,
  type Folder,
  freeSpaceBytes,
  identityOf,
  ITSELF,
  type Place,
  type Rights,
} from "../../../platform/mod.ts";
import type { NewUpload } from "../../../protocol/mod.ts";
import { type Access, type Reached, refuseKernelFiles } from "../access.ts";
import { shown } from "../roots.ts";
import { StagingFile } from "./staging_file.ts";
import { stagingName } from "./staging_name.ts";
import { UploadOver } from "./upload_over.ts";
import type { UploadRecord, UploadRecords } from "./upload_records.ts";

export interface BeginOptions {
  readonly access: Access;
  readonly clock: Clock;
  readonly records: UploadRecords;
}

const ID_BYTES = 16;
const DEFAULT_MODE = 0o644;
/** Without set-user-id and its like. */
const RIGHTS_ALONE = 0o777;
const MAX_BY = 200;

export async function beginStaging(
  { access, clock, records }: BeginOptions,
  { path, sizeBytes, sha256, mode, overwrite = false }: NewUpload,
  by: string,
): Promise<{ readonly record: UploadRecord; readonly staging: StagingFile }> {
  using reached = await access.reach(path, { follow: true, change: "entry" });
  checkTarget(reached, overwrite);
  await refuseKernelFiles(reached);
  const folder = await reached.folder.path();
  await checkSpace(path, folder, sizeBytes ?? 0);
  const id = crypto.getRandomValues(new Uint8Array(ID_BYTES)).toHex();
  const growing = stagingName(reached.name, id);
  const staging = StagingFile.fresh(await reached.folder.create(growing), shown(path));
  const record: UploadRecord = {
    ...{ id, path, folder, stagingName: growing, name: reached.name, overwrite },
    identity: await staging.identity(),
    sizeBytes: sizeBytes ?? null,
    sha256: sha256 ?? null,
    mode: mode === undefined ? null : Number.parseInt(mode, 8),
    by: oneLine(by, MAX_BY),
    createdMs: clock.nowMs(),
  };
  try {
    await records.save(record);
  } catch (error) {
    staging[Symbol.dispose]();
    await reached.folder.remove(growing);
    throw error;
  }
  return { record, staging };
}

/** Opens it again; only the very file that was begun, whoever has put another one in its place. */
export async function resumeStaging(record: UploadRecord, signal: AbortSignal): Promise<StagingFile> {
  using place = await stagingPlace(record);
  const facts = await place.folder.facts(place.name);
  if (facts === null) throw gone(record);
  const file = await place.folder.write(place.name);
  try {
    const info = await file.stat();
    if (identityOf(info) !== record.identity || (info.nlink ?? 1) > 1) throw gone(record);
    return await StagingFile.resumed(file, shown(record.path), signal);
  } catch (error) {
    file.close();
    throw error;
  }
}

/** How much has come, by the size of the file. */
export async function receivedBytes(record: UploadRecord): Promise<number> {
  using place = await stagingPlace(record);
  return (await place.folder.facts(place.name))?.sizeBytes ?? 0;
}

/** By the wall clock; 0 where that cannot be told. */
export async function lastWrittenMs(record: UploadRecord): Promise<number> {
  try {
    using place = await stagingPlace(record);
    return (await place.folder.facts(place.name))?.modifiedMs ?? 0;
  } catch {
    return 0; // what is not there, or cannot be reached, is as old as its record
  }
}

export async function removeStaging(record: UploadRecord): Promise<void> {
  try {
    using place = await stagingPlace(record);
    await place.folder.remove(place.name);
  } catch (error) {
    // What is gone already need not be cleared away.
    if (!(error instanceof AppError) || error.code !== "not_found") throw error;
  }
}

export interface FinishOptions {
  readonly access: Access;
  readonly log: Logger;
}

/** Gives it the name that it was meant for, with the rights of what it replaces, in one step. Closes it. */
export async function finishStaging(
  { access, log }: FinishOptions,
  record: UploadRecord,
  staging: StagingFile,
): Promise<void> {
  using _closing = staging;
  await staging.sync();
  const identity = await staging.identity();
  using reached = await access.reach(record.path, { follow: true, change: "entry" });
  const { folder } = reached;
  if (reached.name !== record.name || await folder.path() !== record.folder) {
    throw new AppError("conflict", `${shown(record.path)} leads elsewhere than when the upload began; begin anew`);
  }
  checkTarget(reached, record.overwrite);
  const growing = await folder.facts(record.stagingName);
  const isSame = growing !== null && (growing.identity === "" || growing.identity === identity);
  if (!isSame) throw gone(record);
  staging[Symbol.dispose]();
  await setRights(folder, record, growing, reached.facts, log);
  await folder.rename(record.stagingName, folder, record.name, { replace: record.overwrite });
  await folder.sync();
}

async function setRights(
  folder: Folder,
  { stagingName: name, path, mode }: UploadRecord,
  growing: FileFacts,
  replaced: FileFacts | null,
  log: Logger,
): Promise<void> {
  if (growing.mode === null) return; // this system has none of these
  const { identity } = growing;
  // That other content runs as its owner is nobody's wish until he says so.
  const inherited = (replaced?.mode ?? DEFAULT_MODE) & RIGHTS_ALONE;
  const rights: Rights = { mode: mode ?? inherited, identity };
  const { uid, gid } = replaced ?? growing;
  const isOurs = uid === growing.uid && gid === growing.gid;
  if (!isOurs && uid !== null && gid !== null) {
    try {
      return await folder.setRights(name, { ...rights, owner: { uid, gid } });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "forbidden") throw error;
      log.warn("a file that was replaced belongs to the agent now", { path: shown(path), reason: error.message });
    }
  }
  await folder.setRights(name, rights);
}

function checkTarget({ path, name, facts }: Reached, overwrite: boolean): void {
  if (name === ITSELF || facts?.kind === "directory") {
    throw new AppError("conflict", `Cannot write ${shown(path)}: it is a folder`);
  }
  if (facts === null || (facts.kind === "file" && overwrite)) return;
  if (facts.kind !== "file") throw new AppError("unsupported", `Cannot write ${shown(path)}: it is no regular file`);
  throw new AppError("conflict", `${shown(path)} is there already, and was not to be overwritten`);
}

/** A disk that is too small is found out before hours of sending. */
async function checkSpace(path: string, folder: string, sizeBytes: number): Promise<void> {
  if (sizeBytes === 0) return;
  const freeBytes = await freeSpaceBytes(folder).catch(() => Infinity); // then it is found out on the way
  if (sizeBytes <= freeBytes) return;
  throw new AppError(
    "no_space",
    `Cannot write ${shown(path)}: it has ${sizeBytes} bytes, and ${freeBytes} are free there`,
  );
}

async function stagingPlace({ folder, stagingName, path }: UploadRecord): Promise<Place> {
  try {
    return await beneath().find(folder, [stagingName], { follow: false });
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") throw goneFrom(path);
    throw error;
  }
}

function gone({ path }: UploadRecord): UploadOver {
  return goneFrom(path);
}

function goneFrom(path: string): UploadOver {
  const message = `What had come of ${shown(path)} is not there any more, or was replaced; begin anew`;
  return new UploadOver("not_found", message);
}

/** `given` are what the sender says that it is; undefined and null where it does not. */
export function checkDigest(path: string, found: string, ...given: readonly (string | null | undefined)[]): void {
  const wrong = given.find((sha256) => sha256 !== undefined && sha256 !== null && sha256 !== found);
  if (wrong === undefined) return;
  const message = `What has come of ${shown(path)} is not what was sent: its SHA-256 is ${found}, not ${wrong}`;
  throw UploadOver.by(new AppError("conflict", message));
}
