import assert from "node:assert/strict";
import { join } from "node:path";
import { inPlainTempDir } from "../../tests/helpers/temp_dir.ts";
import { type PidFile, readPidFile, removePidFile, writePidFile } from "./pid_file.ts";
import { processIdentity } from "./process_identity.ts";

/** Larger than any pid that Linux (4 million) or Windows gives out. */
const NO_PID = 4_294_967_000;

function self() {
  const identity = processIdentity(Deno.pid);
  assert.ok(identity);
  return identity;
}

function withPidFile(use: (path: string) => Promise<void>): Promise<void> {
  return inPlainTempDir(async (directory) => {
    await use(join(directory, "agent.pid"));
    for await (const { name } of Deno.readDir(directory)) assert.equal(name, "agent.pid", "a temporary file was left");
  });
}

Deno.test("a written pid file names the running process, its pid alone in the first line", () =>
  withPidFile(async (path) => {
    assert.deepEqual(await readPidFile(path), { state: "absent" });
    await writePidFile(path, self());
    assert.equal((await Deno.readTextFile(path)).split("\n")[0], String(Deno.pid));
    assert.deepEqual(await readPidFile(path), { state: "running", identity: self() });
    if (Deno.build.os !== "windows") assert.equal((await Deno.stat(path)).mode! & 0o777, 0o644);
  }));

Deno.test("what a pid file says is told apart", () =>
  withPidFile(async (path) => {
    const { pid, startTime, bootId } = self();
    const garbage = { state: "garbage", reason: "it does not begin with a line that is a pid" } as const;
    const cases: [text: string, expected: PidFile][] = [
      [`${pid}\nstart=${startTime} boot=${bootId}`, { state: "running", identity: self() }],
      [`${pid}\nstart=${startTime}0 boot=${bootId}\n`, { state: "stale", pid, reason: "reused" }],
      [`${pid}\nstart=${startTime} boot=other\n`, { state: "stale", pid, reason: "reused" }],
      [`${NO_PID}\nstart=1 boot=other\n`, { state: "stale", pid: NO_PID, reason: "dead" }],
      [`${NO_PID}`, { state: "stale", pid: NO_PID, reason: "dead" }],
      [`${pid}`, { state: "unverified", pid }],
      [` ${pid} \r\n`, { state: "unverified", pid }],
      ["", garbage],
      ["0\n", garbage],
      ["-5\n", garbage],
      ["12x\n", garbage],
      [`${pid}\nstart=${startTime}\n`, garbage],
      [`${pid}\n${pid}\n`, garbage],
      ["\0\x01\x02", garbage],
      ["1".repeat(2_000), { state: "garbage", reason: "it is not a short text file" }],
    ];
    for (const [text, expected] of cases) {
      await Deno.writeTextFile(path, text);
      assert.deepEqual(await readPidFile(path), expected, JSON.stringify(text));
    }
  }));

Deno.test("a directory in the place of the pid file is garbage", () =>
  withPidFile(async (path) => {
    await Deno.mkdir(path);
    assert.equal((await readPidFile(path)).state, "garbage");
    await assert.rejects(writePidFile(path, self()), /Cannot write/);
  }));

Deno.test("only the process that a pid file names removes it", () =>
  withPidFile(async (path) => {
    await removePidFile(path, self());
    await writePidFile(path, { ...self(), startTime: "1" });
    await removePidFile(path, self());
    assert.equal((await readPidFile(path)).state, "stale");
    await writePidFile(path, self());
    await removePidFile(path, self());
    assert.deepEqual(await readPidFile(path), { state: "absent" });
  }));
