import assert from "node:assert/strict";
import { scenario, type World } from "../helpers/agent.ts";
import { exists, until } from "../helpers/host.ts";

for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT"] as const) {
  scenario(`${signal} stops the agent gracefully with exit code 0`, async (world) => {
    const agent = await world.run();
    agent.signal(signal);
    const { code, stderr } = await agent.ended;
    assert.equal(code, 0);
    assert.match(stderr, new RegExp(`agent stopping +reason=${signal}`));
    assert.match(stderr, /agent stopped/);
    assert.deepEqual([await exists(world.pidFile), await exists(world.socket)], [false, false]);
  });
}

scenario("a second SIGINT ends a stop that takes too long, with exit code 130", async (world) => {
  const agent = await world.run();
  const socket = await world.connect();
  socket.write(
    "PUT /v1/log-level HTTP/1.1\r\nHost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{",
  );
  await world.api("/healthz"); // by then the agent has the other request, which came before
  agent.signal("SIGINT");
  await agent.printed("agent stopping");
  agent.signal("SIGINT");
  assert.equal((await agent.ended).code, 130);
  socket.destroy();
  await world.start(); // what it left behind is no hindrance
});

scenario("SIGHUP reloads the config, and keeps the old one when the new one is bad", async (world) => {
  const pid = await world.start();
  await world.configure("agent: { log: { level: warn } }\n");
  Deno.kill(pid, "SIGHUP");
  await until(async () => (await world.status()).logLevel === "warn", "the level is in force");
  await world.configure("agent: { log: { level: loud } }\n");
  Deno.kill(pid, "SIGHUP");
  await world.logged("config not reloaded; the old one stays in force");
  const record = (await world.logRecords()).at(-1);
  assert.equal(record?.level, "error");
  assert.match(String(record?.reason), /line 1: agent\.log\.level must be one of/);
  assert.equal((await world.status()).logLevel, "warn");
});

/** Makes the agent write to its log. */
async function makeItLog(world: World): Promise<void> {
  await world.api("/v1/log-level", {
    method: "PUT",
    body: JSON.stringify({ level: "debug" }),
    headers: { "content-type": "application/json" },
  });
}

scenario("SIGUSR2 opens the log anew, as logrotate asks for after a rename", async (world) => {
  const pid = await world.start();
  await Deno.rename(world.logFile, `${world.logFile}.old`);
  Deno.kill(pid, "SIGUSR2");
  await until(() => exists(world.logFile), "there is a new log");
  await world.logged("log files reopened");
  assert.equal((await Deno.readTextFile(`${world.logFile}.old`)).includes("reopened"), false);
});

scenario("a log that was renamed or removed without a signal is noticed too", async (world) => {
  await world.start();
  for (const take of [() => Deno.rename(world.logFile, `${world.logFile}.old`), () => Deno.remove(world.logFile)]) {
    await take();
    await until(async () => {
      await makeItLog(world);
      return await exists(world.logFile);
    }, "there is a new log");
  }
});

scenario("many signals at once neither end the agent nor make it deaf", async (world) => {
  const pid = await world.start();
  for (let round = 0; round < 200; round++) Deno.kill(pid, round % 2 === 0 ? "SIGHUP" : "SIGUSR2");
  assert.equal((await world.status()).pid, pid);
  await world.expect(0, ["stop"]);
});
