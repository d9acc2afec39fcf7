import type { DatabaseSync } from "node:sqlite";
import { AppError } from "../core/mod.ts";

/**
 * The tables of one part of the program, which it shares the file with others for. `migrations[n]` makes version n + 1 of
 * them out of version n; once released it is never changed.
 */
export interface Schema {
  /** In what the tables' names begin with too. */
  readonly part: string;
  readonly migrations: readonly string[];
}

/** The version of the part's tables in the file; 0 when it has none yet. */
export function schemaVersion(db: DatabaseSync, part: string): number {
  const hasVersions = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'schema_versions'").get() !== undefined;
  if (!hasVersions) return 0;
  const row = db.prepare("SELECT CAST(version AS REAL) AS version FROM schema_versions WHERE part = ?").get(part);
  return Number(row?.["version"] ?? 0);
}

/** An older version could not know what a newer one means by its tables, so it leaves them alone. */
export function refuseNewer(version: number, { part, migrations }: Schema): void {
  if (version <= migrations.length) return;
  const versions = `its tables for ${part} have version ${version}, this one knows ${migrations.length}`;
  throw new AppError("unsupported", `it was written by a newer version of this program (${versions})`);
}

/** Brings the part's tables from the given version to the latest, all of it or nothing. */
export function migrate(db: DatabaseSync, version: number, { part, migrations }: Schema): void {
  if (version === migrations.length) return;
  db.exec("BEGIN IMMEDIATE");
  try {
    db.exec("CREATE TABLE IF NOT EXISTS schema_versions (part TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT");
    for (const sql of migrations.slice(version)) db.exec(sql);
    db.prepare("INSERT OR REPLACE INTO schema_versions (part, version) VALUES (?, ?)").run(part, migrations.length);
    db.exec("COMMIT");
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

export function rollBack(db: DatabaseSync): void {
  try {
    db.exec("ROLLBACK");
  } catch {
    // After some failures SQLite has rolled back by itself; in any case the first failure is the one to report.
  }
}
