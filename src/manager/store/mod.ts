/**
 * manager/store (L3): what the manager keeps for good, in `manager.db`. `contract.ts` is the law, an interface for each
 * kind of thing; here it is kept by SQLite, and another database could keep it. One suite, tests/contract/store_suite.ts,
 * says what holds for all.
 *
 * Lifecycle: `openStore` opens the file or throws; `close` writes what waits and lets go of it. Between them, what is
 * asked for in one turn of the event loop is written together (writer.ts) and answered when it is on the disk. A full,
 * locked or vanished disk makes writes `unavailable` until it is mended; nothing else ends. A damaged file is never
 * replaced, for it holds the truth: the manager does not start, and says how to restore it.
 *
 * To add one more kind of thing: its interface and record in contract.ts, a file with its `Table` and its methods, a
 * table in a new migration, tests in the suite, and the same in tests/helpers/memory_store.
 *
 * To change tables: one more migration at the end of schema.ts; a released one never changes. At a release whose schema
 * is new, run `FARHAND_UPDATE_GOLDEN=1 deno test -A tests/contract/manager_db_fixtures_test.ts` once: it makes
 * `tests/fixtures/manager_db/vN.db` with rows in every table, and never touches those that are there, which are frozen;
 * and it writes anew in `vN.json` what this program reads from each. Look at what has changed there, then commit both.
 *
 * May import: core, log, protocol, platform, database.
 *
 * @module
 */
export type * from "./contract.ts";
export { openStore, type OpenStoreOptions } from "./open_store.ts";
