import assert from "node:assert/strict";
import { REPOSITORY, scenario } from "../helpers/agent.ts";
import { inParallel } from "../helpers/host.ts";
import { managerScenario } from "../helpers/manager_world.ts";

const FIXTURES = `${REPOSITORY}/tests/fixtures/bad_manager_configs`;
const SECRET = "correct horse battery";

scenario("manager config check refuses each bad config with its message and exit code 2", async (world) => {
  const names = [...Deno.readDirSync(FIXTURES)].map(({ name }) => name).filter((name) => name.endsWith(".yaml")).sort();
  await inParallel(4, names, async (name) => {
    const file = `${FIXTURES}/${name}`;
    const message = (await Deno.readTextFile(file.replace(/yaml$/, "txt"))).trimEnd().replaceAll("{file}", file);
    const { code, stdout, stderr } = await world.agent(["manager", "config", "check", "--config", file], { flags: [] });
    assert.deepEqual({ code, stdout, stderr }, { code: 2, stdout: "", stderr: `error: ${message}\n` }, name);
  });
  const good = `${REPOSITORY}/configs/manager.yaml`;
  const { stdout } = await world.expect(0, ["manager", "config", "check", "--config", good], { flags: [] });
  assert.equal(stdout, `valid: ${good}\n`);
});

scenario("manager config show tells each value and where it came from", async (world) => {
  const env = { MANAGER_HOSTS_MAX_SESSIONS: "7", MANAGER_CONFIG: `${world.dir}/m.yaml` };
  await Deno.writeTextFile(env.MANAGER_CONFIG, "log: { level: warn }\n");
  const { stdout } = await world.expect(0, ["manager", "config", "show", "--data-dir", "/srv/m"], { flags: [], env });
  for (
    const row of [
      /^data_dir +\/srv\/m +flag --data-dir$/m,
      /^control\.socket +\/srv\/m\/manager\.sock +/m,
      /^log\.level +warn +.*m\.yaml:1$/m,
      /^hosts\.max_sessions +7 +environment MANAGER_HOSTS_MAX_SESSIONS$/m,
      /^listen +https:\/\/0\.0\.0\.0:9443 +default$/m,
    ]
  ) assert.match(stdout, row);
});

managerScenario("users are added, changed and removed; passwords come by standard input alone", async (manager) => {
  await manager.expect(0, ["start"]);
  const { stdout } = await manager.given(SECRET, 0, ["user", "add", "ada", "--role", "admin", "--password-file", "-"]);
  assert.equal(stdout, "made ada, admin\n");
  const login = async (name: string, password: string) =>
    (await manager.ask("/api/v1/sessions", {
      method: "POST",
      body: JSON.stringify({ name, password, bearer: true }),
      headers: { "content-type": "application/json" },
    })).status;
  assert.equal(await login("ada", SECRET), 200);
  await manager.given("short", 2, ["user", "add", "bob", "--password-file", "-"]);
  assert.match((await manager.expect(2, ["user", "add", "bob"])).stderr, /Nobody is at the keys/);
  await manager.given("another long password", 0, ["user", "passwd", "ada", "--password-file", "-"]);
  assert.deepEqual([await login("ada", SECRET), await login("ada", "another long password")], [401, 200]);
  assert.equal((await manager.run(["user", "disable", "ada"])).code, 1, "the last admin stays");
  await manager.given(SECRET, 0, [
    "user",
    "add",
    "bob",
    "--role",
    "viewer",
    "--select",
    "env=test",
    "--password-file",
    "-",
  ]);
  await manager.expect(0, ["user", "role", "bob", "operator"]);
  await manager.expect(0, ["user", "disable", "bob"]);
  assert.equal(await login("bob", SECRET), 401);
  const { users } = await manager.json(["user", "list"]);
  const bob = users.find(({ name }: { name: string }) => name === "bob");
  assert.deepEqual([bob.role, bob.scope, bob.disabled], ["operator", "env=test", true]);
  await manager.expect(0, ["user", "enable", "bob"]);
  await manager.expect(0, ["user", "remove", "bob"]);
  assert.match((await manager.expect(1, ["user", "remove", "adda"])).stderr, /no user "adda"; did you mean ada\?/);
  const { entries } = await manager.json(["audit", "list", "--actor", "local"]);
  assert.ok(entries.length >= 8);
  assert.doesNotMatch(JSON.stringify(entries), /horse|another long/);
  assert.equal((await manager.json(["audit", "verify"])).ok, true);
});

managerScenario("join tokens are made with the commands that use them, listed and revoked", async (manager) => {
  await manager.expect(0, ["start"]);
  const made = await manager.json(["token", "create", "--uses", "20", "--expires", "2h", "--label", "env=prod"]);
  assert.deepEqual([made.token.maxUses, made.token.labels], [20, { env: "prod" }]);
  for (const command of Object.values<string>(made.commands)) {
    assert.match(command, new RegExp(`${made.secret}.*\\| .*agent(\\.exe)? join ${manager.url} --token-file -$`));
  }
  const printed = (await manager.expect(0, ["token", "create"])).stdout;
  assert.match(printed, /^Join token \S+, good for one host until /);
  assert.match(printed, /sudo agent join/);
  await manager.expect(0, ["token", "revoke", made.token.id]);
  const { stdout } = await manager.expect(0, ["token", "list"]);
  assert.match(stdout, new RegExp(`^${made.token.id} .* revoked +0/20 .*env=prod$`, "m"));
  assert.doesNotMatch(stdout, new RegExp(made.secret));
  for (const uses of ["0", "many"]) await manager.expect(2, ["token", "create", "--uses", uses]);
});

managerScenario("settings are set, listed and taken out again; what no host would take is refused", async (manager) => {
  await manager.expect(0, ["start"]);
  assert.equal((await manager.expect(0, ["settings"])).stdout, "No settings: each host's own config holds\n");
  await manager.expect(0, ["settings", "set", "collectors.interval=30s", "collectors.disk.enabled=off"]);
  const set = ["settings", "set", "--select", "env=prod", "manager.heartbeat_interval=5s"];
  assert.match((await manager.expect(0, set)).stdout, /^env=prod +manager\.heartbeat_interval +5s /m);
  const refused = await manager.run(["settings", "set", "collectors.interval=soon"]);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /collectors\.interval/);
  await manager.expect(0, ["settings", "unset", "collectors.interval", "collectors.disk.enabled"]);
  const { rules } = await manager.json(["settings", "list"]);
  assert.deepEqual(rules.map(({ select, values, updatedBy }: Record<string, unknown>) => [select, values, updatedBy]), [
    ["env=prod", { "manager.heartbeat_interval": "5s" }, "local"],
  ]);
});

managerScenario("commands say what they are for, and what belongs to the agent is refused", async (manager) => {
  const { stdout } = await manager.expect(0, ["--help"]);
  for (const word of ["start", "hosts", "token", "user", "settings", "audit", "--data-dir", "--listen"]) {
    assert.ok(stdout.includes(word), word);
  }
  assert.match((await manager.expect(2, ["status", "--work-dir", "/x"])).stderr, /--work-dir is the agent's/);
  assert.match((await manager.expect(2, ["status", "--host", "x"])).stderr, /works on this machine only/);
  assert.match((await manager.expect(3, ["hosts"])).stderr, /The manager is not running/);
  await manager.expect(0, ["version"]);
});
