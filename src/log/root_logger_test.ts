import assert from "node:assert/strict";
import { FakeClock } from "../../tests/helpers/fake_clock.ts";
import { AppError, systemClock } from "../core/mod.ts";
import { jsonFormat, textFormat } from "./formats.ts";
import { LOG_LEVELS, type LogLevel } from "./logger.ts";
import type { RateLimit } from "./rate_limiter.ts";
import type { LogRecord, Sink } from "./record.ts";
import { createLogger } from "./root_logger.ts";
import { streamSink } from "./stream_sink.ts";

/** The sanitizers fail a test that leaves a timer behind; the runtime's default may be off. */
const strict = { sanitizeOps: true, sanitizeResources: true };

function setUp(options: { level?: LogLevel; rateLimit?: RateLimit } = {}) {
  const clock = new FakeClock();
  const records: LogRecord[] = [];
  const calls: string[] = [];
  const sink: Sink = {
    write: (record) => void records.push(record),
    reopen: () => void calls.push("reopen"),
    flush: () => void calls.push("flush"),
    close: () => void calls.push("close"),
  };
  const logger = createLogger({ level: "info", sinks: [sink], clock, ...options });
  return { clock, logger, records, calls, told: () => records.map(({ msg, fields }) => [msg, fields]) };
}

Deno.test("logger: a record has the time, level, message and fields", () => {
  const { clock, logger, records } = setUp();
  logger.warn("disk is filling", { used: 0.9 });
  assert.deepEqual(records, [{ tsMs: clock.nowMs(), level: "warn", msg: "disk is filling", fields: { used: 0.9 } }]);
});

for (const [rank, level] of LOG_LEVELS.entries()) {
  Deno.test(`logger: at ${level} keeps that and what is graver`, () => {
    const { logger, records } = setUp({ level });
    for (const each of LOG_LEVELS) logger[each](each);
    assert.deepEqual(records.map((record) => record.level), LOG_LEVELS.slice(rank));
    assert.deepEqual(LOG_LEVELS.map((each) => logger.enabled(each)), LOG_LEVELS.map((_, index) => index >= rank));
  });
}

Deno.test("logger: children add their fields and share the level", () => {
  const { logger, records } = setUp();
  const child = logger.child({ component: "control", host: "h" });
  const grandchild = child.child({ port: 1, host: "other" });
  child.debug("not yet");
  logger.setLevel("debug");
  assert.equal(logger.level, "debug");
  assert.ok(child.enabled("debug"));
  grandchild.debug("now", { port: 2 });
  child.debug("mine", { component: "control-tcp" });
  logger.debug("plain");
  assert.deepEqual(records.map(({ component, fields }) => [component, fields]), [
    ["control", { host: "other", port: 2 }],
    ["control-tcp", { host: "h" }],
    [undefined, {}],
  ]);
});

Deno.test("logger: stacks of foreseen errors appear at debug level only", () => {
  const { logger, records } = setUp();
  const error = new AppError("conflict", "Cannot");
  logger.error("failed", { error });
  logger.setLevel("debug");
  logger.error("failed", { error });
  assert.deepEqual(records.map(({ fields }) => "stack" in Object(fields.error)), [false, true]);
});

Deno.test("logger: whatever is logged, and however a sink fails, the caller does not notice", () => {
  const records: LogRecord[] = [];
  const refuse = () => {
    throw new Error("broken sink");
  };
  const broken: Sink = { write: refuse, reopen: refuse, flush: refuse, close: refuse };
  const works: Sink = { write: (record) => void records.push(record), close() {} };
  const logger = createLogger({ level: "debug", sinks: [broken, works], clock: new FakeClock() });
  const throwing = {
    get boom() {
      return refuse();
    },
    get component() {
      return refuse();
    },
  };
  logger.info("one", throwing);
  logger.info("two", { component: { toString: refuse }, value: Object.create(null) });
  logger.child({ cause: throwing }).child(throwing).info("three");
  logger.reopen();
  logger.flush();
  logger.close();
  assert.deepEqual(records.map(({ msg }) => msg).slice(-2), ["two", "three"]);
});

Deno.test("logger: no record is longer than 64 KiB, whatever is in it", () => {
  const { logger, records } = setUp();
  const huge = "\u0001".repeat(1_000_000);
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`${index}${huge}`, huge]));
  logger.child({ component: huge, ...many }).child(many).error(huge, many);
  const [record] = records;
  assert.ok(record !== undefined);
  const bytes = new TextEncoder().encode(jsonFormat(record)).length;
  assert.ok(bytes > 32 * 1024 && bytes <= 64 * 1024, `${bytes}`);
});

Deno.test("logger: a flood is cut, and counted when its second is over", strict, async () => {
  const { clock, logger, records, told } = setUp({ rateLimit: { perSecond: 2 } });
  const child = logger.child({ component: "control", host: "h" });
  for (let index = 0; index < 10; index++) child.error("refused", { index });
  child.error("something else");
  assert.equal(records.length, 3);
  await clock.advance(1_000);
  assert.deepEqual(told().slice(3), [["suppressed similar records", { message: "refused", count: 8 }]]);
  assert.deepEqual([records[3]?.level, records[3]?.component], ["error", "control"]);
  assert.equal(clock.sleeping, 0, "no timer without something to tell");
  logger.close();
});

Deno.test("logger: a flood that goes on is told of once a second", async () => {
  const { clock, logger, told } = setUp({ rateLimit: { perSecond: 1 } });
  for (let tick = 0; tick < 30; tick++) {
    logger.info("tick");
    await clock.advance(100);
  }
  const counts = told().filter(([msg]) => msg !== "tick").map(([, fields]) => Object(fields).count);
  assert.deepEqual(counts, [9, 9, 9]);
  logger.close();
});

Deno.test("logger: close, flush and a new limit tell what was suppressed; close leaves no timer", strict, () => {
  const { clock, logger, told, calls } = setUp({ rateLimit: { perSecond: 1 } });
  const flood = () => [1, 2, 3].forEach(() => logger.info("flood"));
  const summaries = () => told().filter(([msg]) => msg === "suppressed similar records").length;
  flood();
  logger.flush();
  assert.equal(summaries(), 1);
  flood();
  logger.setRateLimit({ perSecond: 2 });
  assert.equal(summaries(), 2);
  flood();
  assert.equal(clock.sleeping, 1);
  logger.close();
  assert.equal(summaries(), 3);
  logger.close();
  logger.error("too late");
  assert.deepEqual(calls, ["flush", "close"]);
  assert.equal(told().at(-1)?.[0], "suppressed similar records");
});

Deno.test("logger: the limit can be lifted", () => {
  const { logger, records } = setUp({ rateLimit: { perSecond: 1 } });
  logger.setRateLimit(null);
  for (let index = 0; index < 100; index++) logger.info("all of it");
  assert.equal(records.length, 100);
});

Deno.test("logger: with real time, no timer outlives close", strict, () => {
  const logger = createLogger({ level: "info", sinks: [], clock: systemClock, rateLimit: { perSecond: 1 } });
  logger.info("a");
  logger.info("a");
  logger.close();
});

Deno.test("streamSink: writes whole lines, also where the stream takes them in pieces", () => {
  const written: number[] = [];
  const stream = {
    writeSync(bytes: Uint8Array) {
      written.push(...bytes.subarray(0, 7));
      return Math.min(7, bytes.length);
    },
  };
  const sink = streamSink(stream, textFormat({ colour: false }));
  const logger = createLogger({ level: "info", sinks: [sink], clock: new FakeClock() });
  logger.info("grüße", { to: "all" });
  logger.close();
  assert.ok(new TextDecoder().decode(Uint8Array.from(written)).endsWith(" INFO  grüße  to=all\n"));
});
