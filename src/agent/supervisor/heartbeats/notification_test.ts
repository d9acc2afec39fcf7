import assert from "node:assert/strict";
import fc from "fast-check";
import { parseNotification } from "./notification.ts";

Deno.test("what concerns us is understood, and all else is ignored", () => {
  assert.deepEqual(parseNotification("READY=1"), { ready: true, isAlive: true });
  assert.deepEqual(parseNotification("READY=1\nSTATUS=Serving\nMAINPID=4711\n"), {
    ready: true,
    isAlive: true,
    status: "Serving",
  });
  assert.deepEqual(parseNotification("WATCHDOG=1"), { isAlive: true });
  assert.deepEqual(parseNotification("STATUS=a=b\x1b[2J"), { isAlive: false, status: "a=b [2J" });
  assert.deepEqual(parseNotification("STOPPING=1"), { isAlive: false, status: "stopping" });
  assert.deepEqual(parseNotification("STOPPING=1\nSTATUS=Flushing"), { isAlive: false, status: "Flushing" });
  assert.deepEqual(parseNotification("RELOADING=1\nMONOTONIC_USEC=5"), { isAlive: false, status: "reloading" });
  assert.deepEqual(parseNotification("WATCHDOG=trigger"), { isAlive: false, status: "says that it does not work" });
  for (const text of ["", "READY=0", "READY", "BARRIER=1", "FDSTORE=1\nFDNAME=x", "MAINPID=1", "=1", "ready=1"]) {
    assert.equal(parseNotification(text), null, text);
  }
});

Deno.test("property: no text does any harm, and a status is short and of one line", () => {
  const line = fc.oneof(
    fc.constantFrom("READY=1", "WATCHDOG=1", "STATUS=", "STOPPING=1", "X=Y"),
    fc.string({ unit: "binary" }),
  );
  fc.assert(fc.property(fc.array(fc.tuple(line, fc.string({ unit: "binary", maxLength: 600 }))), (lines) => {
    const beat = parseNotification(lines.map((parts) => parts.join("")).join("\n"));
    const status = beat?.status ?? "x";
    assert.ok(status.length > 0 && status.length <= 256 && !/\p{Cc}/u.test(status));
  }));
});
