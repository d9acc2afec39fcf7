import type { Clock } from "../../core/mod.ts";
import { CorruptError, type DatabaseFile, openFile } from "../../database/mod.ts";
import type { Logger } from "../../log/mod.ts";
import { currentOs, fileExists, isPrivate } from "../../platform/mod.ts";
import type { Access } from "./access.ts";
import { auditStore } from "./audit.ts";
import type { Store } from "./contract.ts";
import { EVENTS, eventStore } from "./events.ts";
import { factStore } from "./facts.ts";
import { openingFailure, runningFailure } from "./failures.ts";
import { HOSTS, hostStore, processStore } from "./hosts.ts";
import { JOIN_TOKENS, joinTokenStore } from "./join_tokens.ts";
import { RECORDINGS, recordingStore } from "./recordings.ts";
import { SCHEMA } from "./schema.ts";
import { API_TOKENS, apiTokenStore, SESSIONS, sessionStore } from "./sessions.ts";
import { SETTINGS_RULES, settingsStore } from "./settings.ts";
import { Sql } from "./sql.ts";
import { BATCHES, TASKS, taskStore } from "./tasks.ts";
import { USERS, userStore } from "./users.ts";
import { closedError, Writer } from "./writer.ts";

export interface OpenStoreOptions {
  /** `manager.db` in the data directory, which must be there. */
  readonly path: string;
  readonly clock: Clock;
  readonly log: Logger;
}

const CACHE_KIB = 16 * 1024;
/** Only where another program had the file open already can it be locked later: then whoever writes tries again. */
const BUSY_MS = 20;
const PRIVATE = 0o600;

const TABLES = [
  HOSTS,
  JOIN_TOKENS,
  EVENTS,
  BATCHES,
  TASKS,
  SETTINGS_RULES,
  USERS,
  SESSIONS,
  API_TOKENS,
  RECORDINGS,
];

/**
 * Opens the database, or makes it. Throws an AppError that says what to do when it is damaged, locked, of a newer version
 * or cannot be written; what is damaged is left as it is.
 */
export function openStore(options: OpenStoreOptions): Store {
  const { path, clock, log } = options;
  const { db, place } = opened(path, log);
  const writer = new Writer({ db, path, place, clock, log });
  const sql = new Sql(db);
  let closing: Promise<void> | null = null;
  const access: Access = {
    read: (look) =>
      new Promise((resolve) => {
        if (closing !== null) throw closedError();
        try {
          resolve(look(sql));
        } catch (error) {
          throw runningFailure(error, path);
        }
      }),
    write: (act) => writer.write(act),
  };
  return {
    hosts: hostStore(access, clock),
    joinTokens: joinTokenStore(access),
    processes: processStore(access),
    events: eventStore(access),
    tasks: taskStore(access),
    settings: settingsStore(access),
    users: userStore(access),
    sessions: sessionStore(access),
    apiTokens: apiTokenStore(access),
    audit: auditStore(access),
    facts: factStore(access),
    recordings: recordingStore(access),
    report: () => ({ ...writer.report(), sizeBytes: sizeOf(path) + sizeOf(`${path}-wal`) }),
    close: () => closing ??= writer.close().then(() => db.close()),
  };
}

function opened(path: string, log: Logger): DatabaseFile {
  try {
    keepPrivate(path, log);
    const file = openFile(path, { parts: [SCHEMA], cacheKib: CACHE_KIB });
    try {
      // FULL: what was answered survives a power cut.
      file.db.exec(`PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = ${BUSY_MS}`);
      const sql = new Sql(file.db);
      for (const table of TABLES) table.check(sql);
      return file;
    } catch (error) {
      file.db.close();
      throw error;
    }
  } catch (error) {
    throw openingFailure(error, path);
  }
}

/** A copy that was put back is often as readable as its archive, and there are hashes of passwords in it. */
function keepPrivate(path: string, log: Logger): void {
  if (!fileExists(path)) return;
  if (sizeOf(path) === 0 && sizeOf(`${path}-wal`) > 0) {
    // SQLite would begin anew, and drop what the log still holds.
    throw new CorruptError("it is empty, but the log of its changes is not");
  }
  if (currentOs() === "windows" || isPrivate(path)) return;
  Deno.chmodSync(path, PRIVATE);
  log.warn("others could read the manager's database; its rights were put right", { path });
}

/** 0 for what is not there; whatever else keeps us from looking shows when it is used. */
function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    // The log of changes comes and goes.
    return 0;
  }
}
