/**
 * log (L1): the program's logger. Constant messages plus fields; JSON lines in a file, text for people on a terminal.
 *
 * Lifecycle: `createLogger` makes the one root logger, before anything else is started; each part is handed
 * `root.child({ component: "its-name" })`; `close` comes last of all. Nothing is global: a test makes its own. Logging is
 * synchronous, never throws and never grows without bounds: see plain.ts for what becomes of a value, file_sink.ts for
 * what happens when the disk is full, rate_limiter.ts for floods.
 *
 * To add one more sink: a file with a function that returns a `Sink` (record.ts) and takes a `Format`, its test, an
 * export here. Records reach it plain, bounded and redacted. May import: core.
 *
 * @module
 */
export { LOG_LEVELS, type LogFields, type Logger, type LogLevel } from "./logger.ts";
export { createLogger, type LoggerOptions, type RootLogger } from "./root_logger.ts";
export type { Format, LogRecord, Sink, SyncWriter } from "./record.ts";
export { plainFields } from "./plain.ts";
export type { RateLimit } from "./rate_limiter.ts";
export { jsonFormat, textFormat } from "./formats.ts";
export { streamSink } from "./stream_sink.ts";
export { fileSink, type FileSinkOptions } from "./file_sink.ts";
export { createStateLog, type StateLog } from "./state_log.ts";
