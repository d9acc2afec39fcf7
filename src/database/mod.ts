/**
 * database (L2): a SQLite file that may be damaged, locked, full or gone at any time. It is checked when it is opened,
 * its tables are brought up to date part by part, a damaged one is moved aside, and each failure is named by what there
 * is to do about it.
 *
 * Lifecycle: `openFile` is the bare file, for whoever handles failures by himself. `Database` is for those who have in
 * memory what they write: it opens, flushes, and tries again until `close`, and never throws. Nothing runs in the
 * background but the next try of what has failed.
 *
 * To add one more part with tables: a `FileSchema` of its own, whose tables begin with the part's name. To change
 * tables: one more migration at the end; a released one never changes.
 *
 * Whatever may do without a database imports it when it needs one: to read this folder loads SQLite.
 *
 * May import: core, log, protocol, platform.
 *
 * @module
 */
export { Database, type DatabaseOptions, type DatabaseUser } from "./database.ts";
export {
  type DatabaseFile,
  type FileSchema,
  openFile,
  type OpenOptions,
  placeOf,
  type Salvage,
} from "./database_file.ts";
export { rollBack } from "./migrations.ts";
export { moveAside } from "./move_aside.ts";
export { CorruptError, type Trouble, type TroubleKind, troubleOf } from "./trouble.ts";
