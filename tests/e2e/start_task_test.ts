import assert from "node:assert/strict";
import { EXECUTABLE, REPOSITORY, scenario } from "../helpers/agent.ts";
import { AgentProcess, command } from "../helpers/agent_process.ts";
import { freeAddress, until } from "../helpers/host.ts";
import { ManagerWorld } from "../helpers/manager_world.ts";

// It runs the sources, so there is nothing in it to try out of an executable.
if (EXECUTABLE === undefined) {
  scenario("deno task start runs a manager and a first host, and stops both when it is told to", async (world) => {
    const url = `http://${freeAddress().text}`;
    const script = `${REPOSITORY}/scripts/start.ts`;
    const argv = [Deno.execPath(), "run", "-A", script, "--listen", url, "--dir", world.dir] as const;
    const running = new AgentProcess(command([...argv], { env: await world.env(), cwd: REPOSITORY }));
    await running.printed(`The console: ${url}`);
    const manager = new ManagerWorld(world);
    await until(async () => {
      const { data } = await manager.local("/api/v1/hosts");
      return data.hosts.length === 1 && data.hosts[0].state === "online";
    }, "the first host is online");
    running.signal("SIGTERM");
    assert.equal((await running.ended).code, 0);
    assert.deepEqual(await world.processes(), []);
  });
}
