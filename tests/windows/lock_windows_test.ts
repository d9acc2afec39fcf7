import assert from "node:assert/strict";
import { join } from "node:path";
import { acquireLock } from "../../src/platform/mod.ts";
import { startLockTaker } from "../../src/platform/testing.ts";
import { inPlainTempDir } from "../helpers/temp_dir.ts";

// CreateFileW with share mode 0. Wine enforces share modes among its own processes, which is what is shown here.
const ignore = Deno.build.os !== "windows";

Deno.test(
  { name: "one process holds the lock, and loses it when it is killed", ignore },
  () =>
    inPlainTempDir(async (directory) => {
      const path = join(directory, "agent lock.lock");
      await using holder = startLockTaker(path);
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
    }),
);
