import assert from "node:assert/strict";
import { join } from "node:path";
import { inPlainTempDir } from "../../tests/helpers/temp_dir.ts";
import { AppError } from "../core/mod.ts";
import { acquireLock } from "./instance_lock.ts";
import { isSameProcess, processIdentity, signalProcess } from "./process_identity.ts";
import { startLockTaker, startScript } from "./testing.ts";

Deno.test("a lock has one holder until it is released", () =>
  inPlainTempDir((directory) => {
    const path = join(directory, "agent.lock");
    const first = acquireLock(path);
    assert.ok(first);
    assert.equal(acquireLock(path), null);
    first.release();
    const second = acquireLock(path);
    assert.ok(second);
    first.release();
    assert.equal(acquireLock(path), null, "releasing twice must not take another holder's lock");
    second.release();
  }));

Deno.test("another process's lock ends with that process, even by kill -9", () =>
  inPlainTempDir(async (directory) => {
    const path = join(directory, "agent.lock");
    await using holder = startLockTaker(path);
    assert.equal(await holder.nextLine(), "true");
    assert.equal(acquireLock(path), null);
    holder.kill("SIGKILL");
    await holder.status;
    const lock = acquireLock(path);
    assert.ok(lock);
    lock.release();
  }));

Deno.test("a child that outlives a killed holder does not keep the lock", () =>
  inPlainTempDir(async (directory) => {
    const path = join(directory, "agent.lock");
    await using holder = startScript(`
      console.log(platform.acquireLock(${JSON.stringify(path)}) !== null);
      const args = ["eval", "setInterval(() => {}, 1_000)"];
      const child = new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: "null", detached: true }).spawn();
      console.log(child.pid);
      await child.status;`);
    assert.equal(await holder.nextLine(), "true");
    const child = processIdentity(Number(await holder.nextLine()));
    assert.ok(child);
    holder.kill("SIGKILL");
    await holder.status;
    assert.equal(isSameProcess(child), true);
    const lock = acquireLock(path);
    assert.equal(signalProcess(child, "SIGKILL"), "sent");
    assert.ok(lock);
    lock.release();
  }));

Deno.test("of many processes that try at once, exactly one wins", () =>
  inPlainTempDir(async (directory) => {
    const path = join(directory, "agent.lock");
    const scripts = Array.from({ length: 8 }, () => startLockTaker(path));
    try {
      const won = await Promise.all(scripts.map((script) => script.nextLine()));
      assert.equal(won.filter((line) => line === "true").length, 1);
    } finally {
      await Promise.all(scripts.map((script) => script[Symbol.asyncDispose]()));
    }
  }));

Deno.test(
  { name: "a lock in a missing directory is an error that names it", ignore: Deno.build.os === "windows" },
  () => {
    assert.throws(
      () => acquireLock("/no/such/dir/agent.lock"),
      (error) => error instanceof AppError && error.code === "not_found" && error.message.includes("/no/such/dir"),
    );
  },
);
