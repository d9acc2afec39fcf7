/** The logger that every part is handed. Messages are constant text; what varies goes into the fields. */

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Values must be plain data, errors, or types that print themselves safely (`Duration`, `Secret`). */
export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to each record; a part is given `root.child({ component: "its-name" })`. */
  child(fields: LogFields): Logger;
  /** True when a record of this level would be kept: lets a caller skip building costly fields. */
  enabled(level: LogLevel): boolean;
}
