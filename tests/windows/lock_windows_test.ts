import assert from "node:assert/strict";
import { join } from "node:path";
import { acquireLock } from "../../src/platform/mod.ts";
import { startScript } from "../../src/platform/testing.ts";

// CreateFileW with share mode 0. Wine enforces share modes among its own processes, which is what is shown here.
const ignore = Deno.build.os !== "windows";

Deno.test({ name: "one process holds the lock, and loses it when it is killed", ignore }, async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = join(directory, "agent lock.lock");
    const body = `console.log(platform.acquireLock(${JSON.stringify(path)}) !== null); setInterval(() => {}, 1_000);`;
    await using holder = startScript(body);
    assert.equal(await holder.nextLine(), "true");
    assert.equal(acquireLock(path), null);
    holder.kill("SIGKILL");
    await holder.status;
    const lock = acquireLock(path);
    assert.ok(lock);
    assert.equal(acquireLock(path), null);
    lock.release();
    lock.release();
    acquireLock(path)?.release();
    assert.throws(() => acquireLock(join(directory, "none", "agent.lock")), /Cannot open .*Windows error 3/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
