import assert from "node:assert/strict";
import { join } from "node:path";
import { isPrivate, isSameProcess, processIdentity } from "../../src/platform/mod.ts";
import { eventually, exists, kill } from "./agent_host.ts";
import { FAMILY, LIVE } from "./launcher_host.ts";
import { supervised } from "./supervised_host.ts";

// Wine keeps job objects and exit codes as Windows does. What it cannot show: Ctrl+Break to a group, which never arrives
// there, and a job whose name lives on by nothing but the handle that the child was lent.
const ignore = Deno.build.os !== "windows";

/** Ends with the number that is written into this file of its directory. */
const UNTIL_TOLD = `
for (;;) {
  try { Deno.exit(Number(Deno.readTextFileSync("end"))); } catch (error) { if (error.name !== "NotFound") throw error; }
  await new Promise((resolve) => setTimeout(resolve, 20));
}`;

Deno.test({ name: "a process runs, is shown, and comes back at once when it is killed", ignore }, async () => {
  const shell = ["cmd.exe", "/c", "echo %SystemRoot% %FARHAND_PROCESS%& exit /b 5"];
  await using world = await supervised(
    { id: "web", script: LIVE },
    { id: "shell", kind: "oneshot", command: shell, restart: { policy: "never" } },
  );
  assert.match(await world.start(), /processes +2: /);
  const first = await world.untilRunning("web");
  await kill(first);
  const second = await world.untilRunning("web", first);
  const { restarts, lastExit } = await world.process("web");
  assert.deepEqual([restarts, lastExit?.code], [1, 1]);
  assert.match(await world.host.ok("ps"), new RegExp(`^web +running +.* ${second.pid} `, "m"));
  assert.equal((await world.until("shell", ({ lastExit }) => lastExit !== undefined)).lastExit?.code, 5);
  assert.match(await world.host.ok("logs", "shell"), /^C:\\windows [0-9a-f]{8}\/shell\/[0-9a-f]{16}\r?$/im);
});

Deno.test({ name: "a stop ends a whole tree, what has detached itself too", ignore }, async () => {
  await using world = await supervised({ id: "family", script: FAMILY, args: ["2"] });
  await world.start();
  const family: number[] = [];
  await eventually("all of the family to say who they are", async () => {
    const said = await world.host.ok("logs", "family");
    family.splice(0, 3, ...[...said.matchAll(/^pid (\d+)\r?$/gm)].map(([, pid]) => Number(pid)));
    return family.length === 3;
  });
  // Its console has a program of its own, which is in the job, too.
  await world.until("family", ({ usage }) => (usage?.processes ?? 0) >= family.length);
  await world.host.ok("process", "stop", "family");
  assert.deepEqual(family.filter((pid) => processIdentity(pid) !== null), []);
  const { state, reason } = await world.process("family");
  assert.deepEqual([state, reason], ["stopped", "stopped by its user: a kill, the one way to end it here"]);
  assert.deepEqual(world.host.log().filter(({ level, process }) => level !== "info" && process !== undefined), []);
});

Deno.test(
  { name: "an agent that is killed loses nothing: the next one takes over and sees the exit codes", ignore },
  async () => {
    await using world = await supervised({ id: "one", script: LIVE }, {
      id: "two",
      script: UNTIL_TOLD,
      restart: { policy: "never" },
    });
    await world.start();
    const before = [await world.untilRunning("one"), await world.untilRunning("two")];
    await kill(await world.agent());
    assert.deepEqual(before.map(isSameProcess), [true, true]);
    assert.match(await world.start(), /adopted/);
    const after = await world.processes();
    assert.deepEqual(after.map(({ pid, state }) => [pid, state]), before.map(({ pid }) => [pid, "adopted"]));
    Deno.writeTextFileSync(world.workFile("two", "end"), "42");
    const ended = await world.until("two", ({ state }) => state !== "adopted");
    assert.deepEqual([ended.lastExit?.code, ended.reason], [42, "ended with exit code 42"]);
  },
);

Deno.test({ name: "stop leaves the processes running; stop --with-processes ends them", ignore }, async () => {
  await using world = await supervised({ id: "web", script: LIVE });
  await world.start();
  const web = await world.untilRunning("web");
  assert.match(await world.host.ok("stop"), /1 process goes on running/);
  assert.ok(isSameProcess(web));
  await world.start();
  assert.deepEqual((await world.process("web")).pid, web.pid);
  assert.match(await world.host.ok("stop", "--with-processes"), /1 process stopped with it/);
  assert.equal(isSameProcess(web), false);
});

Deno.test(
  { name: "what Windows lacks is said of the process that wants it, and keeps no other from running", ignore },
  async () => {
    await using world = await supervised(
      { id: "user", script: LIVE, user: "nobody", limits: { nofile: "100" } },
      { id: "notify", script: LIVE, notify: true, socket_path: "C:\\farhand.sock", limits: { memory: "1GiB" } },
    );
    await world.start();
    await world.untilRunning("notify");
    const refused = await world.until("user", ({ state }) => state === "backoff");
    assert.match(refused.reason, /^Cannot start .* with user, ulimits: Windows has no such thing; leave it out/);
    const told = world.host.log().filter(({ process, level }) => process === "notify" && level === "warn");
    assert.deepEqual(told.map(({ reason }) => reason), [
      "Programs cannot notify the agent on this system; use another readiness",
      "Programs cannot send heartbeats over Unix sockets on Windows; use POST /heartbeat",
    ]);
    assert.match(await world.host.ok("process", "show", "notify"), /memory 1 GiB by measuring its use/);
    // Who reads it could have his own programs taken for ours.
    assert.ok(isPrivate(join(world.host.paths.workDir, "supervisor.key")));
  },
);

/** Writes 100 lines of a kilobyte for each file of this name that comes into its directory, while it has its log open. */
const WRITER = `
let line = 0;
for (let burst = 1;; burst++) {
  for (;;) {
    try { Deno.statSync("burst" + burst); break; } catch { await new Promise((resolve) => setTimeout(resolve, 20)); }
  }
  for (let i = 0; i < 100; i++) console.log("line " + ++line + " " + ".".repeat(1_000));
}`;

Deno.test({ name: "logs are rotated under the hands of a program, and are read as one", ignore }, async () => {
  await using world = await supervised({ id: "writer", script: WRITER, log: { max_size: "64KiB", max_files: 1_000 } });
  await world.start();
  await world.untilRunning("writer");
  const rotated = (number: string) => `${world.logFile("writer")}.${number}`;
  for (const [burst, file] of [[1, "1"], [2, "2.gz"], [3, "3.gz"]] as const) {
    Deno.writeTextFileSync(world.workFile("writer", `burst${burst}`), "");
    const isEmpty = () => Deno.statSync(world.logFile("writer")).size === 0;
    await eventually(`${file} after burst ${burst}`, () => exists(rotated(file)) && isEmpty());
  }
  const shown = await world.host.ok("logs", "writer", "-n", "1000");
  const numbers = [...shown.matchAll(/^line (\d+) /gm)].map(([, number]) => Number(number));
  assert.deepEqual(numbers, Array.from({ length: 300 }, (_, index) => index + 1));
});
