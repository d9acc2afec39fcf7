import assert from "node:assert/strict";
import { until } from "../helpers/host.ts";
import { managerScenario, type ManagerWorld, secureScenario } from "../helpers/manager_world.ts";

interface Host {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly drained: boolean;
}

/** Starts this world's agent with a new join token, and waits until the manager sees it online. */
async function joinHost(manager: ManagerWorld, ...labels: string[]): Promise<Host> {
  const flags = labels.flatMap((label) => ["--label", label]);
  const { secret } = await manager.json(["token", "create", ...flags]);
  const { caFingerprint } = await manager.json(["status"]);
  const authority = caFingerprint === undefined ? "" : `, ca_fingerprint: "${caFingerprint}"`;
  await manager.world.configure(`manager: { address: "${manager.url.replace(/^http/, "ws")}"${authority} }\n`);
  await manager.world.expect(0, ["start"], { env: { AGENT_MANAGER_TOKEN: secret } });
  return await online(manager);
}

async function hosts(manager: ManagerWorld): Promise<Host[]> {
  return (await manager.local("/api/v1/hosts")).data.hosts;
}

async function online(manager: ManagerWorld): Promise<Host> {
  let found: Host | undefined;
  await until(async () => {
    found = (await hosts(manager))[0];
    return found?.state === "online";
  }, "the host is online");
  return found ?? assert.fail();
}

managerScenario("hosts are listed, shown, renamed, labelled, drained and removed", async (manager) => {
  await manager.expect(0, ["start"]);
  const { name } = await joinHost(manager, "env=prod", "team=shop");
  assert.match((await manager.expect(0, ["hosts"])).stdout, new RegExp(`^NAME.*\n${name} +(online|degraded) `));
  assert.match((await manager.expect(0, ["hosts", "show", name])).stdout, /^ +labels +env=prod,? ?team=shop$/m);
  assert.equal((await manager.expect(0, ["hosts", "rename", name, "web-1"])).stdout, `${name} is web-1 now\n`);
  await manager.expect(0, ["hosts", "label", "web-1", "env=test", "team-"]);
  await manager.expect(0, ["hosts", "drain", "web-1"]);
  const [host] = (await manager.json(["hosts", "list", "--select", "env=test"])).hosts;
  assert.deepEqual([host.name, host.labels, host.drained], ["web-1", { env: "test" }, true]);
  await manager.expect(0, ["hosts", "drain", "web-1", "--off"]);
  assert.deepEqual((await manager.json(["hosts", "list", "--select", "env=prod"])).hosts, []);
  assert.match((await manager.expect(1, ["hosts", "show", "web-2"])).stderr, /did you mean web-1\?/);
  await manager.expect(2, ["hosts", "label", "web-1", "nonsense"]);
  assert.equal((await manager.expect(0, ["hosts", "remove", "web-1"])).stdout, "removed web-1\n");
  assert.deepEqual(await hosts(manager), []);
  const { entries } = await manager.json(["audit", "list"]);
  const actions = entries.map(({ action }: { action: string }) => action);
  for (const action of ["join.create", "host.enrol"]) assert.ok(actions.includes(action), action);
  assert.ok(actions.length >= 7, actions.join());
});

secureScenario(
  "a host that has joined comes back by itself when the manager was restarted or killed",
  async (manager) => {
    await manager.expect(0, ["start"]);
    const { id } = await joinHost(manager);
    await manager.expect(0, ["restart"]);
    assert.equal((await online(manager)).id, id);
    Deno.kill(await manager.pid(), "SIGKILL");
    await until(async () => (await manager.run(["status"])).code === 3, "it is gone");
    await manager.expect(0, ["start"]);
    assert.equal((await online(manager)).id, id);
    await manager.world.expect(0, ["stop"]);
    await manager.expect(0, ["stop"]);
    assert.deepEqual(await manager.world.processes(), []);
  },
);
