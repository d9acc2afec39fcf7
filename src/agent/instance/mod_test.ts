import assert from "node:assert/strict";
import { join } from "node:path";
import { recordingLog } from "../../../tests/helpers/recording_log.ts";
import { inTempDir } from "../../../tests/helpers/temp_dir.ts";
import { isPrivate, processIdentity, readPidFile, writePidFile } from "../../platform/mod.ts";
import { createInstance } from "./mod.ts";

const never = new AbortController().signal;

function instanceIn(dir: string) {
  const { log, records } = recordingLog();
  const options = { workDir: join(dir, "work"), pidFile: join(dir, "run", "agent.pid"), log };
  return { ...options, records, instance: createInstance(options), second: createInstance(options) };
}

function self() {
  const identity = processIdentity(Deno.pid);
  assert.ok(identity);
  return identity;
}

Deno.test("an instance makes its directory private and says who it is for as long as it runs", () =>
  inTempDir(async (dir) => {
    const { instance, workDir, pidFile } = instanceIn(dir);
    await instance.start(never);
    assert.ok(isPrivate(workDir));
    assert.deepEqual(await readPidFile(pidFile), { state: "running", identity: self() });
    await instance.stop();
    assert.deepEqual(await readPidFile(pidFile), { state: "absent" });
  }));

Deno.test("a second instance is refused, and takes nothing from the first when it is stopped", () =>
  inTempDir(async (dir) => {
    const { instance, second, workDir, pidFile } = instanceIn(dir);
    await instance.start(never);
    await assert.rejects(second.start(never), { code: "already_running", message: new RegExp(RegExp.escape(workDir)) });
    await second.stop();
    assert.equal((await readPidFile(pidFile)).state, "running");
    await instance.stop();
    await second.start(never);
    await second.stop();
  }));

Deno.test("a second stop ends when the first does", () =>
  inTempDir(async (dir) => {
    const { instance, pidFile } = instanceIn(dir);
    await instance.start(never);
    const first = instance.stop();
    await instance.stop();
    assert.throws(() => Deno.statSync(pidFile), Deno.errors.NotFound); // looked at before anything else can happen
    await first;
  }));

Deno.test("a stale pid file is replaced, and that is logged", () =>
  inTempDir(async (dir) => {
    const { instance, pidFile, records } = instanceIn(dir);
    await Deno.mkdir(join(dir, "run"));
    await writePidFile(pidFile, { ...self(), startTime: "1" });
    await instance.start(never);
    assert.equal((await readPidFile(pidFile)).state, "running");
    assert.deepEqual(records.map(({ level, msg, fields }) => [level, msg, fields.reason]), [
      ["warn", "replaced a stale pid file", "reused"],
    ]);
    await instance.stop();
  }));

Deno.test("a pid file that is not ours is never overwritten or removed", () =>
  inTempDir(async (dir) => {
    const { instance, pidFile } = instanceIn(dir);
    await Deno.mkdir(join(dir, "run"));
    for (
      const text of [`${Deno.pid}\n`, "precious", `${Deno.pid}\nstart=${self().startTime} boot=${self().bootId}\n`]
    ) {
      await Deno.writeTextFile(pidFile, text);
      await assert.rejects(instance.start(never), { code: "conflict", message: /its own agent\.pid_file/ });
      await instance.stop();
      assert.equal(await Deno.readTextFile(pidFile), text);
    }
  }));

Deno.test("a pid file that another has written meanwhile stays", () =>
  inTempDir(async (dir) => {
    const { instance, pidFile } = instanceIn(dir);
    await instance.start(never);
    await Deno.writeTextFile(pidFile, "1\n");
    await instance.stop();
    assert.equal(await Deno.readTextFile(pidFile), "1\n");
  }));
