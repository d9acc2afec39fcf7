import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../../tests/helpers/fake_clock.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import { Acceptor } from "./acceptor.ts";

Deno.test("when nothing can be accepted it waits, says so once, and goes on", async () => {
  const clock = new FakeClock();
  const { log, records } = recordingLog();
  let calls = 0;
  const closed = Promise.withResolvers<number>();
  const accepted: number[] = [];
  const listener = {
    accept: () =>
      ++calls <= 3
        ? Promise.reject(new Error("Too many open files"))
        : calls < 6
        ? Promise.resolve(calls)
        : closed.promise,
    close: () => closed.reject(new Error("closed")),
  };
  const acceptor = new Acceptor(listener, (connection) => void accepted.push(connection), {
    clock,
    log,
    what: "caller",
  });
  await settle();
  assert.deepEqual([calls, accepted], [1, []]);
  await clock.advance(3_000);
  assert.deepEqual([calls, accepted], [6, [4, 5]]);
  assert.deepEqual(records.map(({ msg }) => msg), ["accepting a caller failed", "accepting a caller works again"]);
  await acceptor.close();
  await acceptor.close();
  assert.equal(clock.sleeping, 0);
});

Deno.test("it can be closed while it waits", async () => {
  const clock = new FakeClock();
  const listener = { accept: () => Promise.reject(new Error("no")), close() {} };
  const acceptor = new Acceptor(listener, () => {}, { clock, log: recordingLog().log, what: "caller" });
  await settle();
  await acceptor.close();
  assert.equal(clock.sleeping, 0);
});
