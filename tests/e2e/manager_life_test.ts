import assert from "node:assert/strict";
import { until } from "../helpers/host.ts";
import { managerScenario, secureScenario } from "../helpers/manager_world.ts";
import { testCertificates } from "../helpers/test_certificates.ts";

const SECRET = "correct horse battery";

managerScenario("start, start again, status, restart, stop: as an agent's", async (manager) => {
  const started = await manager.json(["start"]);
  assert.deepEqual([started.alreadyRunning, started.url, started.config], [false, manager.url, null]);
  assert.equal(started.pid, await manager.pid());
  const again = await manager.expect(0, ["start"]);
  assert.match(again.stdout, new RegExp(`^manager runs already, pid ${started.pid}\n`));
  const status = await manager.json(["status"]);
  assert.deepEqual([status.state, status.pid, status.setupNeeded], ["ok", started.pid, true]);
  assert.deepEqual(status.components.filter(({ state }: { state: string }) => state !== "ok"), []);
  assert.equal((await manager.ask("/readyz")).status, 200);
  const { stdout } = await manager.expect(0, ["restart"]);
  assert.match(stdout, new RegExp(`^manager stopped, pid ${started.pid}\nmanager started, pid`));
  await manager.expect(0, ["stop"]);
  assert.match((await manager.expect(3, ["status"])).stderr, /The manager is not running: nothing answers on/);
  assert.match((await manager.expect(3, ["stop"])).stderr, /not running/);
  assert.deepEqual(await manager.world.processes(), []);
  assert.deepEqual([...Deno.readDirSync(manager.dataDir)].map(({ name }) => name).sort(), [
    "manager.db",
    "manager.lock",
    "manager.log",
    "manager.stderr",
    "recordings",
  ]);
});

managerScenario("a manager that was killed starts again with all that it knew", async (manager) => {
  await manager.expect(0, ["start"]);
  await manager.given(SECRET, 0, ["user", "add", "ada", "--role", "admin", "--password-file", "-"]);
  const { managerId } = await manager.json(["status"]);
  const pid = await manager.pid();
  Deno.kill(pid, "SIGKILL");
  await until(async () => (await manager.world.processes()).length === 0, "it is gone");
  assert.equal((await manager.expect(3, ["status"])).code, 3);
  await manager.expect(0, ["start"]);
  const status = await manager.json(["status"]);
  assert.deepEqual([status.managerId, status.setupNeeded], [managerId, false]);
  assert.notEqual(status.pid, pid);
  assert.match(await manager.log(), /replaced a stale pid file/);
  const { users } = await manager.json(["user", "list"]);
  assert.deepEqual(users.map(({ name, role }: Record<string, string>) => [name, role]), [["ada", "admin"]]);
});

managerScenario("a second manager on the same directory is refused with exit code 7", async (manager) => {
  const first = await manager.foreground();
  const second = await manager.run(["run", "--set", "listen=http://127.0.0.1:0"], { env: { MANAGER_LISTEN: "" } });
  assert.equal(second.code, 7);
  assert.match(second.stderr, /Another manager runs on .*manager; stop it, or give this one its own --data-dir/);
  first.signal("SIGTERM");
  assert.equal((await first.ended).code, 0);
});

managerScenario(
  "a busy port, a bad certificate and a directory of others are told with what to do",
  async (manager) => {
    const { hostname, port } = new URL(manager.url);
    {
      using _ = Deno.listen({ hostname, port: Number(port) });
      const { stderr } = await manager.expect(1, ["start"]);
      assert.match(stderr, /Cannot listen on .*: another program does; stop it, or choose another address by --listen/);
    }
    const files = { MANAGER_LISTEN: `https://${hostname}:${port}`, MANAGER_TLS_CERT_FILE: "/no/cert" };
    const bad = await manager.expect(2, ["start"], { env: { ...files, MANAGER_TLS_KEY_FILE: "/no/key" } });
    assert.match(bad.stderr, /Cannot use tls\.cert_file: Cannot read \/no\/cert/);
    await Deno.mkdir(`${manager.world.dir}/shared`, { mode: 0o755 });
    await Deno.writeTextFile(`${manager.world.dir}/shared/precious`, "");
    const open = await manager.run(["start"], { env: { MANAGER_DATA_DIR: `${manager.world.dir}/shared` } });
    assert.equal(open.code, 4);
    assert.match(open.stderr, /other users can enter it, and it is not empty/);
    assert.deepEqual(await manager.world.processes(), []);
  },
);

managerScenario("signals stop it, reload it, and nothing of it stays", async (manager) => {
  const config = `${manager.world.dir}/manager.yaml`;
  await Deno.writeTextFile(config, "log: { level: info }\n");
  const running = await manager.foreground("--config", config, "--set", "log.file=./own.log");
  await Deno.writeTextFile(config, "log: { level: debug }\nhosts: { max_sessions: 5 }\n");
  running.signal("SIGHUP");
  await running.printed("config reloaded");
  assert.match(running.stderr, /applied=\["log\.level"\] needsRestart=\["hosts\.max_sessions"\]/);
  await Deno.writeTextFile(config, "log: { level: loud }\n");
  running.signal("SIGHUP");
  await running.printed("config not reloaded");
  running.signal("SIGINT");
  assert.equal((await running.ended).code, 0);
  assert.match(running.stderr, /manager stopped/);
});

secureScenario("it makes a certificate that its authority vouches for, and keeps both", async (manager) => {
  await manager.expect(0, ["start"]);
  const { caFingerprint } = await manager.json(["status"]);
  using anybody = Deno.createHttpClient({ caCerts: [] });
  await assert.rejects(fetch(`${manager.url}/ca.pem`, { client: anybody }), "a stranger does not trust it");
  const ca = (await Deno.readTextFile(`${manager.dataDir}/tls/authority.pem`)).replace(/-----BEGIN PRIVATE[^]*/, "");
  const served = await manager.ask("/ca.pem", { ca });
  assert.deepEqual([served.status, served.body], [200, ca]);
  const der = Uint8Array.fromBase64(ca.replaceAll(/-----.*-----|\s/g, ""));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", der)).toHex();
  assert.equal(caFingerprint, `sha256:${digest}`);
  const made = await manager.json(["token", "create"]);
  assert.match(made.commands.linux, new RegExp(`agent join ${manager.url} --ca-fingerprint sha256:${digest} --token`));
  await manager.expect(0, ["restart"]);
  assert.equal((await manager.json(["status"])).caFingerprint, caFingerprint);
  assert.equal((await manager.ask("/healthz", { ca })).status, 200);
  for (const name of ["tls", "tls/authority.pem", "tls/server.pem", "manager.sock", "manager.db"]) {
    assert.equal(((await Deno.stat(`${manager.dataDir}/${name}`)).mode ?? 0) & 0o077, 0, name);
  }
});

managerScenario("the first admin is made by the one-time link, which is in no log and good once", async (manager) => {
  const running = await manager.foreground();
  await running.printed("/setup#");
  const [link = ""] = /http\S+\/setup#\S+/.exec(running.stdout + running.stderr) ?? [];
  assert.equal((await manager.expect(0, ["setup-link"])).stdout, `${link}\n`);
  const secret = link.split("#")[1] ?? "";
  assert.ok(secret.length > 20 && !(await manager.log()).includes(secret));
  const setup = (body: unknown) =>
    manager.ask("/api/v1/setup", {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
  const ada = { name: "ada", password: SECRET };
  assert.equal((await setup({ ...ada, secret: `${secret}x` })).status, 401);
  assert.equal((await setup({ ...ada, secret })).status, 200);
  assert.equal((await setup({ ...ada, name: "eve", secret })).status, 409);
  assert.match((await manager.expect(1, ["setup-link"])).stderr, /There are users already/);
  const { entries } = await manager.json(["audit", "list"]);
  assert.deepEqual(entries.map(({ action, result }: Record<string, string>) => [action, result]), [
    ["setup.link", "ok"],
    ["setup.finish", "refused"],
    ["setup.finish", "ok"],
    ["setup.finish", "failed"],
  ]);
  running.signal("SIGTERM");
  await running.ended;
});

secureScenario(
  "a renewed certificate of the user's is served after a reload; a bad one changes nothing",
  async (manager) => {
    const { dir } = manager.world;
    const made = [];
    for (const name of ["old", "new"]) {
      await Deno.mkdir(`${dir}/${name}`);
      made.push(await testCertificates(`${dir}/${name}`));
    }
    const [old, next] = made;
    if (!old || !next) return console.log("skipped: there is no openssl program here");
    const install = async ({ good, key }: typeof old) => {
      await Deno.writeTextFile(`${dir}/cert.pem`, good);
      await Deno.writeTextFile(`${dir}/key.pem`, key);
    };
    const port = new URL(manager.url).port;
    const served = async (ca: string) => {
      using client = Deno.createHttpClient({ caCerts: [ca] });
      const answer = await fetch(`https://localhost:${port}/healthz`, { client });
      await answer.body?.cancel();
      return answer.ok;
    };
    const env = {
      MANAGER_LISTEN: `https://127.0.0.1:${port}`,
      MANAGER_TLS_CERT_FILE: `${dir}/cert.pem`,
      MANAGER_TLS_KEY_FILE: `${dir}/key.pem`,
    };
    await install(old);
    await manager.expect(0, ["start"], { env });
    assert.equal(await served(old.ca), true);
    await install(next);
    assert.match((await manager.expect(0, ["reload"], { env })).stdout, /in force now: tls$/m);
    assert.equal(await served(next.ca), true);
    await Deno.writeTextFile(`${dir}/key.pem`, old.key);
    const { stderr } = await manager.expect(0, ["reload"], { env });
    assert.match(
      stderr,
      /warning: certificate: Cannot use tls\.key_file .*: it is not the key of the first certificate/,
    );
    assert.equal(await served(next.ca), true);
    const { state, components } = await manager.json(["status"], { env });
    const certificates = components.find(({ name }: { name: string }) => name === "certificates");
    assert.deepEqual([state, certificates.state], ["degraded", "degraded"]);
    await install(next);
    await manager.expect(0, ["reload"], { env });
    assert.equal((await manager.json(["status"], { env })).state, "ok");
  },
);
