import assert from "node:assert/strict";
import { EXECUTABLE, scenario } from "../helpers/agent.ts";
import { withoutRuntimeNoise } from "../helpers/agent_process.ts";
import { exists, IS_LINUX, procStat, runs, until } from "../helpers/host.ts";

/** The sources take several times as long to start, and are the same program. */
const STARTS = EXECUTABLE === undefined ? 12 : 50;
const CYCLES = Number(Deno.env.get("FARHAND_CYCLES") ?? (EXECUTABLE === undefined ? 3 : 25));

scenario(`${STARTS} starts at once give exactly one agent, and each reports it`, async (world) => {
  const ended = await Promise.all(Array.from({ length: STARTS }, () => world.agent(["start", "--json"])));
  for (const { code, stderr } of ended) assert.equal(code, 0, stderr);
  const pids = new Set(ended.map(({ stdout }) => JSON.parse(stdout).pid));
  assert.deepEqual([...pids], [await world.pid()]);
  const fresh = ended.filter(({ stdout }) => !JSON.parse(stdout).alreadyRunning);
  assert.equal(fresh.length, 1, "exactly one start must have started it");
  await until(async () => (await world.processes()).length === 1, "only the agent is left");
});

scenario(`${CYCLES} cycles of start and stop leave nothing behind`, async (world) => {
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    const pid = await world.start();
    await world.expect(0, ["stop"]);
    assert.equal(await exists(world.pidFile), false, `pid file after cycle ${cycle}`);
    assert.equal(await exists(world.socket), false, `socket after cycle ${cycle}`);
    assert.equal(runs(pid), false, `process ${pid} after cycle ${cycle}`);
    // An orphan's remains are for whoever adopts it to clear away: the init process, which takes a while here and there,
    // or this one, when a launcher is tested in it besides.
    if (IS_LINUX) assert.ok([undefined, 1, Deno.pid].includes(procStat(pid)?.parent), "a zombie of ours is left");
  }
  assert.deepEqual(await world.processes(), []);
  const left = [...Deno.readDirSync(world.workDir)].map(({ name }) => name).sort();
  assert.deepEqual(left, ["agent.lock", "agent.log", "agent.stderr"]);
  assert.equal(withoutRuntimeNoise(await Deno.readTextFile(`${world.workDir}/agent.stderr`)), "");
  await world.start(); // the lock is free
});
