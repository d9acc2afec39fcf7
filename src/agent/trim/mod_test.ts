import assert from "node:assert/strict";
import { recordingLog } from "../../../tests/helpers/recording_log.ts";
import { Duration } from "../../core/mod.ts";
import type { MemoryTrimmer } from "../../platform/mod.ts";
import { createTrim } from "./mod.ts";

const never = new AbortController().signal;
const soon = new Duration(1);
const off = new Duration(0);
const leaks = { sanitizeOps: true, sanitizeResources: true };

/** Makes a trimmer that does this, given how often it was called. */
function counter(act: (count: number) => void): () => MemoryTrimmer {
  let count = 0;
  const trim = () => {
    act(++count);
    return { ranges: 0, ms: 0 };
  };
  return () => ({ trimsPages: true, trim, compact() {} });
}

Deno.test({ name: "memory is trimmed again and again until the stop", ...leaks }, async () => {
  const third = Promise.withResolvers<void>();
  const createTrimmer = counter((count) => void (count === 3 && third.resolve()));
  const trim = createTrim({ interval: soon, log: recordingLog().log, createTrimmer });
  await trim.start(never);
  await third.promise;
  await trim.stop();
});

Deno.test({ name: "an interval of 0 is never, until a reload brings another", ...leaks }, async () => {
  const first = Promise.withResolvers<void>();
  const trim = createTrim({ interval: off, log: recordingLog().log, createTrimmer: counter(() => first.resolve()) });
  await trim.start(never);
  trim.setInterval(soon);
  await first.promise;
  trim.setInterval(off);
  await trim.stop();
  trim.setInterval(soon); // a reload during the stop arms nothing
});

Deno.test({ name: "a trimmer that breaks is warned about once and left alone", ...leaks }, async () => {
  const { log, records } = recordingLog();
  const called = Promise.withResolvers<void>();
  const broken = counter(() => {
    called.resolve();
    throw new Error("madvise failed");
  });
  const trim = createTrim({ interval: soon, log, createTrimmer: broken });
  await trim.start(never);
  await called.promise;
  trim.setInterval(soon);
  assert.deepEqual(records.map(({ level, fields }) => [level, fields.reason]), [["warn", "madvise failed"]]);
  // The sanitizers see to it that no timer is left, although nobody stops it.
});

Deno.test(
  { name: "the first ticks compact the memory, those that follow leave it alone for minutes", ...leaks },
  async () => {
    const order: string[] = [];
    const tenth = Promise.withResolvers<void>();
    const createTrimmer = () => ({
      trimsPages: true,
      trim() {
        order.push("trim");
        if (order.filter((call) => call === "trim").length === 10) tenth.resolve();
        return { ranges: 0, ms: 0 };
      },
      compact: () => void order.push("compact"),
    });
    const trim = createTrim({ interval: soon, log: recordingLog().log, createTrimmer });
    await trim.start(never);
    await tenth.promise;
    await trim.stop();
    assert.deepEqual(order.slice(0, 8), Array.from({ length: 4 }, () => ["compact", "trim"]).flat());
    assert.deepEqual(order.slice(8, 14), Array.from({ length: 6 }, () => "trim"));
  },
);
