import assert from "node:assert/strict";
import { isSameProcess, processIdentity, signalProcess, waitForExit } from "../../src/platform/mod.ts";
import { startScript } from "../../src/platform/testing.ts";

// Processes under Windows: creation time as identity, TerminateProcess as the only signal. Wine keeps real creation
// times, so all of this is shown there; what it cannot show is a process of another account (access denied).
const ignore = Deno.build.os !== "windows";
const FOREVER = "console.log(Deno.pid); setInterval(() => {}, 1_000);";

Deno.test({ name: "the creation time is that of the process, in 100 ns since 1601", ignore }, async () => {
  const before = Date.now();
  await using script = startScript(FOREVER);
  const identity = processIdentity(Number(await script.nextLine()));
  assert.ok(identity);
  const createdMs = Number(BigInt(identity.startTime) / 10_000n) - 11_644_473_600_000;
  // Wine rounds to the tick of the host's process table.
  assert.ok(createdMs >= before - 1_000 && createdMs <= Date.now() + 1_000, `${createdMs - before} ms`);
  assert.notDeepEqual({ ...processIdentity(Deno.pid), pid: 0 }, { ...identity, pid: 0 });
});

Deno.test({ name: "SIGKILL ends the process, once; other signals are unsupported", ignore }, async () => {
  await using script = startScript(FOREVER);
  const identity = processIdentity(Number(await script.nextLine()));
  assert.ok(identity);
  assert.throws(() => signalProcess(identity, "SIGTERM"), { code: "unsupported" });
  assert.equal(signalProcess({ ...identity, startTime: "1" }, "SIGKILL"), "gone");
  assert.equal(isSameProcess(identity), true);
  const waiting = waitForExit(identity);
  assert.equal(signalProcess(identity, "SIGKILL"), "sent");
  await waiting;
  // The parent still has the process open, so it can be opened by pid: that it has ended must be seen all the same.
  assert.equal(processIdentity(identity.pid), null);
  assert.equal(signalProcess(identity, "SIGKILL"), "gone");
});
