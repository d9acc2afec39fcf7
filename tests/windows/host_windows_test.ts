import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import {
  clockSynchronised,
  createMemoryTrimmer,
  currentAccount,
  defaultPaths,
  freeSpaceBytes,
  isPrivileged,
  localAddresses,
  onSignal,
  openFileLimit,
  pathsUnder,
  processIdentity,
  readPidFile,
  removePidFile,
  writePidFile,
} from "../../src/platform/mod.ts";
import { inPlainTempDir } from "../helpers/temp_dir.ts";

// Wine runs everybody as an administrator, and delivers no console signals to a group, so a plain account and the
// arrival of SIGINT and SIGBREAK are not shown.
const ignore = Deno.build.os !== "windows";

Deno.test({ name: "default paths are in ProgramData or the user's local data", ignore }, () => {
  const { configFile, workDir } = defaultPaths(currentAccount());
  assert.match(
    workDir,
    isPrivileged() ? /^[A-Z]:\\ProgramData\\farhand\\state$/i : /\\AppData\\Local\\farhand\\state$/i,
  );
  assert.equal(configFile, join(dirname(workDir), "agent.yaml"));
  assert.equal(pathsUnder("C:\\one").pidFile, "C:\\one\\agent.pid");
});

Deno.test({ name: "a pid file is written, recognised and removed", ignore }, () =>
  inPlainTempDir(async (directory) => {
    const path = join(directory, "agent.pid");
    const self = processIdentity(Deno.pid);
    assert.ok(self);
    await writePidFile(path, self);
    assert.deepEqual(await readPidFile(path), { state: "running", identity: self });
    await writePidFile(path, { ...self, startTime: "1" });
    assert.deepEqual(await readPidFile(path), { state: "stale", pid: Deno.pid, reason: "reused" });
    await writePidFile(path, self);
    await removePidFile(path, self);
    assert.deepEqual(await readPidFile(path), { state: "absent" });
    assert.deepEqual([...Deno.readDirSync(directory)], [], "a temporary file was left");
  }));

Deno.test({ name: "the primary address is one of this host's", ignore }, async () => {
  const { primary, all } = await localAddresses();
  assert.ok(all.some(({ address }) => address === "127.0.0.1"));
  assert.deepEqual((await localAddresses({ towards: "127.0.0.1" })).primary, primary);
  for (const found of [primary.v4, primary.v6]) {
    if (found !== undefined) {
      assert.equal(all.find(({ address }) => address === found.address)?.interface, found.interface);
    }
  }
});

Deno.test({ name: "facts are facts, and what Windows lacks is null", ignore }, async () => {
  assert.equal(typeof isPrivileged(), "boolean");
  assert.equal(openFileLimit(), null);
  assert.equal(clockSynchronised(), null);
  assert.equal(createMemoryTrimmer().trimsPages, false);
  assert.ok(await freeSpaceBytes(Deno.cwd()) > 0);
});

Deno.test({ name: "signals of Windows can be listened to, and no longer", ignore }, () => {
  const stop = onSignal({ terminate() {}, reload() {}, reopen() {} });
  stop();
  stop();
});
