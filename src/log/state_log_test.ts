import assert from "node:assert/strict";
import { FakeClock } from "../../tests/helpers/fake_clock.ts";
import type { LogRecord } from "./record.ts";
import { createLogger } from "./root_logger.ts";
import { createStateLog } from "./state_log.ts";

Deno.test("createStateLog: logs changes of state, not each try", async () => {
  const clock = new FakeClock();
  const records: LogRecord[] = [];
  const sink = { write: (record: LogRecord) => void records.push(record), close() {} };
  const log = createStateLog(createLogger({ level: "debug", sinks: [sink], clock }), clock, "connection");

  log.recovered();
  assert.deepEqual(records, [], "nothing had failed");
  for (let attempt = 0; attempt < 100; attempt++) log.failed("refused", { port: 1 });
  await clock.advance(1_500);
  log.failed("no such host");
  log.recovered();
  log.recovered();
  log.failed("refused");

  assert.deepEqual(records.map(({ level, msg, fields }) => [level, msg, fields]), [
    ["warn", "connection failed", { reason: "refused", port: 1 }],
    ["warn", "connection failed", { reason: "no such host" }],
    ["info", "connection works again", { failures: 101, durationMs: 1_500 }],
    ["warn", "connection failed", { reason: "refused" }],
  ]);
});
