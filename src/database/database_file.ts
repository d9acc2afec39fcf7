import { DatabaseSync } from "node:sqlite";
import { messageOf } from "../core/mod.ts";
import { CorruptError, troubleOf } from "./trouble.ts";
import { migrate, refuseNewer, type Schema, schemaVersion } from "./migrations.ts";

export interface FileSchema extends Schema {
  /** Tables that are looked through at every opening, however large the file is. */
  readonly smallTables: readonly string[];
}

/** An opened file, and which file it was: somebody may move or delete it while we have it open. */
export interface DatabaseFile {
  readonly db: DatabaseSync;
  readonly place: string;
}

/** The event loop stands still meanwhile; whoever waits longer is told that the file is locked, and tries again. */
const BUSY_MS = 250;
/** A file of this size takes some 10 ms to look through, and more only from a cold disk. */
const WHOLE_CHECK_MAX_BYTES = 8 * 1024 * 1024;

/** https://www.sqlite.org/fileformat.html#file_format_version_numbers */
const HEADER_BYTES = 20;

/**
 * Exclusive: nobody else has a use for the file while the agent runs, and so there is no shared memory file, whose
 * truncation by whomever would end the agent with SIGBUS. Where another program has the file open, sharing has to do.
 */
const LOCKING_MODES = ["EXCLUSIVE", "NORMAL"] as const;

/** Given a damaged file, before it is closed, and the small tables in it that are sound by themselves. */
export type Salvage = (db: DatabaseSync, tables: readonly string[]) => void;

export interface OpenOptions {
  /** Everybody who has tables in the file; all are brought up to date, or the file is not opened. */
  readonly parts: readonly FileSchema[];
  readonly salvage?: Salvage;
  /** What SQLite may keep in memory of the file; the more is asked of it, the more is worth keeping. */
  readonly cacheKib?: number;
}

/** Enough for a file that is mostly written; the memory is the agent's, of which there is little. */
const CACHE_KIB = 256;

/**
 * Opens the file or makes it, checks it and brings its tables up to date; throws what `troubleOf` can name.
 *
 * `synchronous = NORMAL`: what was written survives our own death without any fsync, and the file survives a power cut
 * whole, but for the last changes. Nothing depends on those: after a power cut the host has another boot id, and with
 * it every handle is void. What must survive is written with `FULL`.
 */
export function openFile(path: string, options: OpenOptions): DatabaseFile {
  const { parts, salvage = () => {}, cacheKib = CACHE_KIB } = options;
  const sizeBytes = touch(path);
  const db = openLocked(path, cacheKib);
  try {
    const found = parts.map((schema) => ({ schema, version: schemaVersion(db, schema.part) }));
    for (const { schema, version } of found) refuseNewer(version, schema);
    const known = found.filter(({ version }) => version > 0);
    if (known.length > 0) check(db, known.flatMap(({ schema }) => schema.smallTables), sizeBytes, salvage);
    for (const { schema, version } of found) migrate(db, version, schema);
    return { db, place: placeOf(path) };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Which file is at the path now; "" for none. */
export function placeOf(path: string): string {
  try {
    const { dev, ino } = Deno.lstatSync(path);
    return `${dev}:${ino}`;
  } catch {
    // Whatever keeps us from looking at the file keeps the next agent from opening it.
    return "";
  }
}

/**
 * Makes the file where there is none, which SQLite would make readable for others, and names what keeps us from writing
 * it in the system's own words. Gives its size.
 */
function touch(path: string): number {
  const file = Deno.openSync(path, { read: true, write: true, create: true, mode: 0o600 });
  try {
    const header = new Uint8Array(HEADER_BYTES);
    if (file.readSync(header) === HEADER_BYTES) checkVersions(header);
    return file.statSync().size;
  } finally {
    file.close();
  }
}

/** SQLite takes a file of a format that it does not know for one that it may only read, which no waiting would mend. */
function checkVersions(header: Uint8Array): void {
  const [writeVersion = 0, readVersion = 0] = header.subarray(18);
  if (Math.max(writeVersion, readVersion) <= 2) return;
  throw new CorruptError(`its header has the format ${writeVersion}/${readVersion}`);
}

function openLocked(path: string, cacheKib: number): DatabaseSync {
  let failure: unknown;
  for (const mode of LOCKING_MODES) {
    const db = new DatabaseSync(path, { timeout: BUSY_MS });
    try {
      db.exec(`
        PRAGMA locking_mode = ${mode};
        PRAGMA cache_size = -${cacheKib};
        PRAGMA cell_size_check = ON;
        PRAGMA trusted_schema = OFF;
        PRAGMA journal_mode = WAL;
        PRAGMA journal_size_limit = 4194304;
        PRAGMA synchronous = NORMAL;
      `);
      return db;
    } catch (error) {
      db.close();
      failure = error;
      if (troubleOf(error, path).kind !== "busy") break;
    }
  }
  throw failure;
}

function check(db: DatabaseSync, tables: readonly string[], sizeBytes: number, salvage: Salvage): void {
  const sound = tables.filter((table) => damageOf(db, `('${table}')`) === null);
  const damage = sizeBytes <= WHOLE_CHECK_MAX_BYTES ? damageOf(db, "") : null;
  if (damage === null && sound.length === tables.length) return;
  salvage(db, sound);
  throw new CorruptError(
    damage ?? `tables are damaged: ${tables.filter((table) => !sound.includes(table)).join(", ")}`,
  );
}

function damageOf(db: DatabaseSync, subject: string): string | null {
  try {
    const [result] = Object.values(db.prepare(`PRAGMA quick_check${subject}`).get() ?? {});
    return result === "ok" ? null : String(result);
  } catch (error) {
    return messageOf(error);
  }
}
