import type { FileSchema } from "../../database/mod.ts";

/**
 * The tables of manager.db, which is nobody else's: so their names carry no prefix. `n` keeps the order in which rows
 * were added. Times and what others count are REAL, which holds every number that may come; texts that are only told
 * again as a whole are JSON. Released migrations never change: see mod.ts.
 */
export const SCHEMA: FileSchema = {
  part: "manager",
  // Of the others, there may be so many rows that looking through them would keep the manager from starting.
  smallTables: [
    "hosts",
    "join_tokens",
    "processes",
    "batches",
    "settings_rules",
    "settings_version",
    "users",
    "sessions",
    "api_tokens",
    "facts",
  ],
  migrations: [
    `
    CREATE TABLE hosts (
      n INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL,
      public_key TEXT NOT NULL,
      labels TEXT NOT NULL,
      facts TEXT,
      enrolled_ms REAL NOT NULL,
      drained INTEGER NOT NULL,
      state TEXT NOT NULL,
      since_ms REAL NOT NULL,
      reason TEXT NOT NULL,
      last_seen_ms REAL,
      address TEXT NOT NULL,
      event_seq REAL NOT NULL,
      duplicates TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX hosts_public_key ON hosts (public_key) WHERE public_key <> '';

    CREATE TABLE join_tokens (
      n INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      hash TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      created_ms REAL NOT NULL,
      created_by TEXT NOT NULL,
      expires_ms REAL NOT NULL,
      max_uses REAL NOT NULL,
      uses REAL NOT NULL,
      labels TEXT NOT NULL,
      revoked INTEGER NOT NULL
    ) STRICT;

    -- All of a host in one row: they come and go together.
    CREATE TABLE processes (
      host_n INTEGER PRIMARY KEY REFERENCES hosts (n) ON DELETE CASCADE,
      data TEXT NOT NULL
    ) STRICT;

    -- Numbers are not given twice, whatever was forgotten.
    CREATE TABLE events (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      time_ms REAL NOT NULL,
      kind TEXT NOT NULL,
      level TEXT NOT NULL,
      host_id TEXT,
      host TEXT,
      process TEXT,
      state TEXT,
      message TEXT NOT NULL,
      host_seq REAL
    ) STRICT;
    CREATE INDEX events_host ON events (host_id, seq) WHERE host_id IS NOT NULL;
    CREATE INDEX events_time ON events (time_ms);

    CREATE TABLE batches (
      n INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      title TEXT NOT NULL,
      created_by TEXT NOT NULL,
      created_ms REAL NOT NULL,
      concurrency REAL NOT NULL,
      max_failures REAL,
      idempotency_key TEXT
    ) STRICT;
    CREATE UNIQUE INDEX batches_key ON batches (created_by, idempotency_key) WHERE idempotency_key IS NOT NULL;

    -- What the tasks of a batch have in common, and may be large.
    CREATE TABLE operations (
      n INTEGER PRIMARY KEY,
      batch_n INTEGER NOT NULL REFERENCES batches (n) ON DELETE CASCADE,
      data TEXT NOT NULL
    ) STRICT;
    CREATE INDEX operations_batch ON operations (batch_n);

    -- Without a reference to hosts: a task is a record that outlives its host.
    CREATE TABLE tasks (
      n INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      batch_id TEXT NOT NULL,
      host_id TEXT NOT NULL,
      title TEXT NOT NULL,
      operation_n INTEGER NOT NULL,
      state TEXT NOT NULL,
      reason TEXT NOT NULL,
      created_by TEXT NOT NULL,
      created_ms REAL NOT NULL,
      sent_ms REAL,
      ended_ms REAL,
      expires_ms REAL NOT NULL,
      timeout_ms REAL NOT NULL,
      result TEXT
    ) STRICT;
    CREATE INDEX tasks_newest ON tasks (created_ms, id);
    CREATE INDEX tasks_host ON tasks (host_id, created_ms, id);
    CREATE INDEX tasks_batch ON tasks (batch_id, created_ms, id, state);
    CREATE INDEX tasks_open ON tasks (created_ms, n) WHERE state NOT IN ('done', 'failed', 'expired', 'cancelled');
    CREATE INDEX tasks_ended ON tasks (coalesce(ended_ms, created_ms))
      WHERE state IN ('done', 'failed', 'expired', 'cancelled');

    CREATE TABLE settings_rules (
      n INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      "select" TEXT NOT NULL UNIQUE,
      "values" TEXT NOT NULL,
      updated_ms REAL NOT NULL,
      updated_by TEXT NOT NULL
    ) STRICT;
    CREATE TABLE settings_version (n INTEGER PRIMARY KEY CHECK (n = 1), version INTEGER NOT NULL) STRICT;
    INSERT INTO settings_version VALUES (1, 0);

    CREATE TABLE users (
      n INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL UNIQUE,
      role TEXT NOT NULL,
      scope TEXT NOT NULL,
      disabled INTEGER NOT NULL,
      created_ms REAL NOT NULL,
      last_login_ms REAL,
      password_hash TEXT NOT NULL
    ) STRICT;

    CREATE TABLE sessions (
      n INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      hash TEXT NOT NULL UNIQUE,
      user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      csrf TEXT NOT NULL,
      created_ms REAL NOT NULL,
      expires_ms REAL NOT NULL,
      last_seen_ms REAL NOT NULL,
      address TEXT NOT NULL,
      user_agent TEXT NOT NULL
    ) STRICT;
    CREATE INDEX sessions_user ON sessions (user_id);

    CREATE TABLE api_tokens (
      n INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      hash TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      role TEXT NOT NULL,
      scope TEXT NOT NULL,
      created_ms REAL NOT NULL,
      expires_ms REAL,
      last_used_ms REAL
    ) STRICT;
    CREATE INDEX api_tokens_user ON api_tokens (user_id);

    -- The entry whole, as it was hashed; the columns are for finding it.
    CREATE TABLE audit (
      seq INTEGER PRIMARY KEY,
      time_ms REAL NOT NULL,
      actor TEXT NOT NULL,
      action TEXT NOT NULL,
      host_id TEXT,
      data TEXT NOT NULL
    ) STRICT;
    CREATE INDEX audit_time ON audit (time_ms);
    CREATE INDEX audit_actor ON audit (actor, seq);
    CREATE INDEX audit_action ON audit (action, seq);
    CREATE INDEX audit_host ON audit (host_id, seq) WHERE host_id IS NOT NULL;

    CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    `,
    `
    -- Without a reference to hosts: a recording tells what was done on one that is gone, too.
    CREATE TABLE recordings (
      n INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      host_id TEXT NOT NULL,
      host TEXT NOT NULL,
      terminal_id TEXT NOT NULL,
      actor TEXT NOT NULL,
      "user" TEXT NOT NULL,
      shell TEXT NOT NULL,
      title TEXT NOT NULL,
      cols REAL NOT NULL,
      "rows" REAL NOT NULL,
      started_ms REAL NOT NULL,
      ended_ms REAL,
      reason TEXT NOT NULL,
      duration_ms REAL NOT NULL,
      size_bytes REAL NOT NULL,
      is_cut INTEGER NOT NULL,
      position REAL NOT NULL
    ) STRICT;
    CREATE INDEX recordings_newest ON recordings (started_ms, id);
    CREATE INDEX recordings_host ON recordings (host_id, started_ms, id);
    CREATE INDEX recordings_terminal ON recordings (host_id, terminal_id, position);
    CREATE INDEX recordings_open ON recordings (n) WHERE ended_ms IS NULL;
    `,
  ],
};
