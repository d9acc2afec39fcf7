import assert from "node:assert/strict";
import fc from "fast-check";
import { exitFromSiginfo, exitFromStatus, signalName } from "./exit_status.ts";

Deno.test("both ways in which the kernel tells an exit are read", () => {
  assert.deepEqual(exitFromSiginfo(1, 7), { code: 7 });
  assert.deepEqual(exitFromSiginfo(2, 9), { signal: "SIGKILL", coreDumped: false });
  assert.deepEqual(exitFromSiginfo(3, 6), { signal: "SIGABRT", coreDumped: true });
  assert.deepEqual(exitFromSiginfo(5, 19), {});
  assert.deepEqual(exitFromStatus(7 << 8), { code: 7 });
  assert.deepEqual(exitFromStatus(255 << 8), { code: 255 });
  assert.deepEqual(exitFromStatus(15), { signal: "SIGTERM", coreDumped: false });
  assert.deepEqual(exitFromStatus(11 | 0x80), { signal: "SIGSEGV", coreDumped: true });
  assert.deepEqual(exitFromStatus(0x137f), {}, "it was only stopped");
});

Deno.test("signals have their names, and others a number", () => {
  assert.deepEqual([1, 31, 34].map(signalName), ["SIGHUP", "SIGSYS", "signal 34"]);
  fc.assert(fc.property(fc.nat(), (number) => assert.notEqual(signalName(number), "")));
});
