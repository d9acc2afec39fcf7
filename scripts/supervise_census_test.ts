import assert from "node:assert/strict";
import { countLosses, findMembers, parseMember } from "./supervise_census.ts";
import { compareLines } from "./supervise_crashes.ts";
import { withPlace } from "./supervise_place.ts";
import { parseList, pm2Config } from "./supervise_pm2.ts";
import { makePrograms } from "./supervise_programs.ts";
import { parseReports } from "./supervise_reports.ts";
import { spawnQuietly } from "./supervise_subject.ts";
import { parseStatus, supervisordConfig } from "./supervise_supervisord.ts";
import { parseWaitedSeconds } from "./supervise_use.ts";

const LINUX = Deno.build.os === "linux";
const member = (pid: number, id: string) => ({ pid, id, part: "" });
const program = { id: "p1", argv: ["/bin/sh", "/tmp/idle.sh", "p1"], env: { A: "1", B: "2" } };

Deno.test("reports are read from whole lines only, and the end is noticed", () => {
  assert.deepEqual(parseReports("p1 12\np2 13\np3 1"), {
    reports: [{ id: "p1", pid: 12 }, { id: "p2", pid: 13 }],
    rest: "p3 1",
    ended: false,
  });
  assert.deepEqual(parseReports("\nend\n"), { reports: [], rest: "", ended: true });
});

Deno.test("a process belongs to the benchmark by its environment, whose last value counts", () => {
  const environ = "FARHAND_BENCH_PART=child\0FARHAND_BENCH=here\0FARHAND_BENCH_ID=p1\0FARHAND_BENCH_PART=setsid\0";
  assert.deepEqual(parseMember(7, environ, "here"), { pid: 7, id: "p1", part: "setsid" });
  assert.equal(parseMember(7, environ, "her"), null);
  assert.equal(parseMember(7, "XFARHAND_BENCH=here\0", "here"), null);
  assert.equal(parseMember(7, "", "here"), null);
});

Deno.test("programs that are lost, doubled, unknown to the supervisor or started anew are told apart", () => {
  const before = [member(1, "a"), member(2, "b"), member(3, "c")];
  const none = { lost: 0, doubled: 0, orphaned: 0, ended: 0 };
  const managed = new Map([["a", 1], ["b", 2], ["c", 3]]);
  assert.deepEqual(countLosses(["a", "b", "c"], before, before, managed), none);
  const after = [member(1, "a"), member(4, "a"), member(5, "c")];
  const known = new Map([["a", 4], ["c", 5]]);
  assert.deepEqual(countLosses(["a", "b", "c"], before, after, known), { lost: 1, doubled: 1, orphaned: 1, ended: 2 });
});

Deno.test("lines that were printed and are not in the logs are lost, those that are there twice doubled", () => {
  const logs = ["7 1\n7 2\n7 2\n", "8 1\n8 3\n9 1\nnonsense\n"];
  const result = compareLines(new Map([["7", 2], ["8", 3]]), logs);
  assert.deepEqual(result, { lines: 5, "lines lost": 1, "lines doubled": 1 });
});

Deno.test("pids are read from what supervisorctl and PM2 print", () => {
  const status = "p1                RUNNING   pid 17, uptime 0:00:05\np2                STOPPED   Not started\n";
  assert.deepEqual([...parseStatus(status)], [["p1", 17]]);
  const list = '[PM2] Spawning PM2 daemon\n[{"name":"p1","pid":17},{"name":"p2","pid":0},{"name":"p3"}]\n';
  assert.deepEqual([...parseList(list)], [["p1", 17]]);
});

Deno.test("both peers are told the same command, environment and time to stop", () => {
  const setup = { dir: "/tmp/x", programs: [program], autostart: false };
  const config = supervisordConfig(setup, "/tmp/x/logs");
  for (const line of ["command=/bin/sh /tmp/idle.sh p1", 'environment=A="1",B="2"', "stopwaitsecs=2"]) {
    assert.ok(config.split("\n").includes(line), line);
  }
  const [app] = JSON.parse(pm2Config(setup)).apps;
  assert.deepEqual([app.script, app.args, app.kill_timeout], ["/bin/sh", ["/tmp/idle.sh", "p1"], 2000]);
});

Deno.test("the CPU of helpers that were waited for is read beside any name of a program", () => {
  const numbers = Array.from({ length: 49 }, (_, at) => at + 4);
  assert.equal(parseWaitedSeconds(`12 (a) b (c) S ${numbers.join(" ")}`), (16 + 17) / 100);
  assert.throws(() => parseWaitedSeconds("12 (a) S 1 2"), /too few/);
});

Deno.test({
  name: "what a measurement leaves running is found by its mark and ended, and its folder is removed",
  ignore: !LINUX,
  fn: async () => {
    const seen = await withPlace(async (place, reports) => {
      const [tree] = await makePrograms(place, "tree", 1);
      const child = spawnQuietly("/bin/sh", tree?.argv.slice(1) ?? [], { env: { ...tree?.env } });
      assert.equal((await reports.next(() => true, 20_000)).pid, child.pid);
      const parts = (await findMembers(place.mark)).map(({ part }) => part).toSorted();
      return { place, parts, child };
    });
    assert.deepEqual(seen.parts, ["", "child", "daemon", "double", "setsid"]);
    assert.deepEqual(await findMembers(seen.place.mark), []);
    assert.equal((await seen.child.status).signal, "SIGKILL");
    await assert.rejects(Deno.stat(seen.place.dir), Deno.errors.NotFound);
  },
});
