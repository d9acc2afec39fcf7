import assert from "node:assert/strict";
import { isSameProcess, processIdentity, signalProcess, waitForExit } from "./process_identity.ts";
import { startScript } from "./testing.ts";

const FOREVER = "console.log('ready'); setInterval(() => {}, 1_000);";

Deno.test("a living process is itself, and nobody else", () => {
  const self = processIdentity(Deno.pid);
  assert.ok(self);
  assert.equal(self.pid, Deno.pid);
  assert.deepEqual(processIdentity(Deno.pid), self);
  assert.equal(isSameProcess(self), true);
  assert.equal(isSameProcess({ ...self, startTime: `${self.startTime}1` }), false);
  assert.equal(isSameProcess({ ...self, bootId: "another boot" }), false);
});

Deno.test("a killed process is gone: for its identity, for a signal, and for who waits", async () => {
  await using script = startScript(FOREVER);
  await script.nextLine();
  const identity = processIdentity(script.pid);
  assert.ok(identity);
  const waiting = waitForExit(identity, { pollMs: 1 });
  assert.equal(signalProcess(identity, "SIGKILL"), "sent");
  await waiting;
  assert.equal(isSameProcess(identity), false);
  await script.status;
  assert.equal(processIdentity(script.pid), null);
  assert.equal(signalProcess(identity, "SIGKILL"), "gone");
});

Deno.test("a process that only has the same pid is not signalled", async () => {
  await using script = startScript(FOREVER);
  await script.nextLine();
  const identity = processIdentity(script.pid);
  assert.ok(identity);
  assert.equal(signalProcess({ ...identity, startTime: "1" }, "SIGKILL"), "gone");
  assert.equal(isSameProcess(identity), true);
});

Deno.test("waiting for an exit can be given up", async () => {
  const self = processIdentity(Deno.pid);
  assert.ok(self);
  const abort = new AbortController();
  const waiting = waitForExit(self, { signal: abort.signal });
  abort.abort(new Error("enough"));
  await assert.rejects(waiting, /enough/);
});
