import assert from "node:assert/strict";
import { join } from "node:path";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import type { ProcessLookup, ProcessRow } from "../../../platform/mod.ts";
import type { MatchSpec } from "../spec/process_spec.ts";
import { findProcess, hasName } from "./find.ts";

const NOTHING: MatchSpec = { name: "", commandLine: null, pidFile: "", port: 0 };
const row = (pid: number, parentPid: number, name: string, startTime = pid): ProcessRow => ({
  identity: { pid, startTime: String(startTime), bootId: "b" },
  parentPid,
  processGroup: pid,
  session: pid,
  isZombie: false,
  cpuSeconds: 0,
  rssBytes: 0,
  threads: 1,
  name,
});
const ROWS = [
  row(1, 0, "init"),
  row(50, 1, "nginx", 500),
  row(51, 50, "nginx", 510),
  row(52, 50, "nginx", 511),
  row(60, 1, "nginx", 900),
  row(70, 1, "java"),
  row(80, 1, "agent"),
];

function find(match: Partial<MatchSpec>, over: Partial<ProcessLookup> = {}, rows = ROWS): number | undefined {
  const lookup: ProcessLookup = {
    commandLine: (pid) => pid === 70 ? "/usr/bin/java -jar /opt/shop.jar" : null,
    listeners: () => new Set([51, 52]),
    startedMs: () => null,
    ...over,
  };
  return findProcess({ ...NOTHING, ...match }, { table: () => rows, lookup, ownPid: 80 })?.pid;
}

Deno.test("of a server and its workers it is the server, of two servers the older one", () => {
  assert.equal(find({ name: "nginx" }), 50);
  assert.equal(find({ name: "nginx" }, {}, ROWS.filter(({ identity }) => identity.pid !== 50)), 51);
});

Deno.test("all that is given must hold", () => {
  assert.equal(find({ commandLine: /shop\.jar/ }), 70);
  assert.equal(find({ commandLine: /shop\.jar/, name: "nginx" }), undefined);
  assert.equal(find({ port: 80, name: "nginx" }), 51);
  assert.equal(find({ port: 80, name: "java" }), undefined);
});

Deno.test("neither the agent itself nor a zombie is ever found", () => {
  assert.equal(find({ name: "agent" }), undefined);
  assert.equal(find({ name: "java" }, {}, [{ ...row(70, 1, "java"), isZombie: true }]), undefined);
});

Deno.test("a pid file counts for the process that was there when it was written", () =>
  inPlainTempDir(async (directory) => {
    const pidFile = join(directory, "java.pid");
    assert.equal(find({ pidFile }), undefined);
    for (const text of ["", "x", "-1", "0", "1", "70.5"]) {
      await Deno.writeTextFile(pidFile, text);
      assert.equal(find({ pidFile }), undefined, text);
    }
    await Deno.writeTextFile(pidFile, "70\n");
    assert.equal(find({ pidFile }), 70);
    const writtenMs = (await Deno.stat(pidFile)).mtime?.getTime() ?? 0;
    assert.equal(find({ pidFile }, { startedMs: () => writtenMs - 60_000 }), 70);
    assert.equal(find({ pidFile }, { startedMs: () => writtenMs + 60_000 }), undefined);
  }));

Deno.test("names are compared as the systems cut and spell them", () => {
  assert.equal(hasName("a-very-long-nam", "a-very-long-name-of-a-program"), true);
  assert.equal(hasName("a-very-long", "a-very-long-name"), false);
  assert.equal(hasName("Nginx.EXE", "nginx"), true);
  assert.equal(hasName("nginx", "Nginx"), false);
});
