import { systemClock } from "../../src/core/mod.ts";
import { createLogger, type LogRecord } from "../../src/log/mod.ts";

/** A logger that keeps its records. */
export function recordingLog() {
  const records: LogRecord[] = [];
  const sink = { write: (record: LogRecord) => void records.push(record), close() {} };
  return { log: createLogger({ level: "debug", sinks: [sink], clock: systemClock }), records };
}
