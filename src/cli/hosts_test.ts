import assert from "node:assert/strict";
import { join } from "node:path";
import {
  type Asked,
  execStream,
  hostView,
  Refused,
  TOKEN,
  withAnsweringApi,
} from "../../tests/helpers/answering_api.ts";
import { runCli } from "../../tests/helpers/run_cli.ts";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";

const hosts = [
  hostView("web-1", { latest: { timeMs: 1, values: { "cpu.usage_percent": 12.5 } }, labels: { env: "prod" } }),
  hostView("web-2", { state: "offline", reason: "the connection was lost", processes: { total: 3, bad: 1 } }),
];

/** The list of hosts as the manager filters it. */
function listed({ path }: Asked) {
  const text = new URLSearchParams(path.split("?")[1]).get("text") ?? "";
  const found = hosts.filter(({ name }) => name.includes(text));
  return { hosts: found, total: found.length };
}

Deno.test("hosts are listed with their state, use and reason; a login is asked for where there is none", async () => {
  const nobody = await runCli(["hosts"]);
  assert.equal(nobody.code, 4);
  assert.match(nobody.stderr, /^error: No manager to ask: use "agent login URL" first/);
  await withAnsweringApi(listed, async ({ env, asked }) => {
    const { code, stdout } = await runCli(["hosts", "--select", "env=prod"], { env });
    assert.equal(code, 0);
    assert.match(stdout, /^NAME +STATE +SINCE +CPU .*\nweb-1 +online .*12\.5.*env=prod/);
    assert.match(stdout, /\nweb-2 +offline .*3, 1 bad .*the connection was lost/);
    assert.equal(asked[0]?.token, `Bearer ${TOKEN}`);
    assert.match(asked[0]?.path ?? "", /select=env%3Dprod/);
    assert.equal((await runCli(["hosts", "-q"], { env })).stdout, "web-1\nweb-2\n");
    assert.equal(JSON.parse((await runCli(["hosts", "--json"], { env })).stdout).hosts.length, 2);
  });
});

Deno.test("--host asks another host's agent by the same routes, and says where it cannot", async () => {
  const answers = (asked: Asked) =>
    asked.path.startsWith("/api/v1/hosts?")
      ? listed(asked)
      : asked.path === "/api/v1/hosts/h-web-1/agent/v1/processes"
      ? { processes: [] }
      : new Refused(20001, "web-2 is not connected", 503);
  await withAnsweringApi(answers, async ({ env }) => {
    const asked = await runCli(["ps", "--json", "--host", "web-1"], { env });
    assert.deepEqual([asked.code, JSON.parse(asked.stdout)], [0, { processes: [] }]);
    assert.equal((await runCli(["ps", "--json", "--host", "h-web-1"], { env })).code, 0, "an id names a host, too");
    const offline = await runCli(["ps", "--host", "web-2"], { env });
    assert.deepEqual([offline.code, offline.stderr], [8, "error: web-2 is not connected\n"]);
    const unknown = await runCli(["ps", "--host", "web-3"], { env });
    assert.match(unknown.stderr, /knows no host "web-3"; did you mean web-[12]\?/);
    const here = await runCli(["stop", "--host", "web-1"], { env });
    assert.deepEqual(here.code, 2);
    assert.match(here.stderr, /"agent stop" works on this host only: leave --host out/);
  });
});

Deno.test("exec shows whose line each is, and ends with the first code that is not 0", async () => {
  const answers = (asked: Asked) =>
    asked.path.startsWith("/api/v1/hosts?")
      ? listed(asked)
      : asked.path.includes("h-web-1")
      ? execStream("one\ntwo", "oops\n", { code: 0 })
      : execStream("", "", { code: 3 });
  await withAnsweringApi(answers, async ({ env, asked }) => {
    const both = await runCli(["exec", "web-1", "web-2", "--", "ls", "--all"], { env });
    assert.equal(both.code, 3);
    assert.equal(both.stdout, "web-1 | one\nweb-1 | two\n");
    assert.match(both.stderr, /^web-1 \| oops\nFAIL web-2: ended with code 3\n1 of 2 hosts/);
    assert.deepEqual(asked.at(-1)?.body, { argv: ["ls", "--all"], timeoutMs: 600_000 });
    assert.equal((await runCli(["exec", "web-1", "--", "ls"], { env })).stdout, "one\ntwo\n");
    const nothing = await runCli(["exec", "web-1"], { env });
    assert.match(nothing.stderr, /What to run is missing/);
    const twice = await runCli(["exec", "web-1", "--select", "env=prod", "--", "ls"], { env });
    assert.match(twice.stderr, /their names, or --select, and not both/);
  });
});

Deno.test("a host that refuses a command says so, and the others run it", async () => {
  const answers = (asked: Asked) =>
    asked.path.startsWith("/api/v1/hosts?")
      ? listed(asked)
      : asked.path.includes("h-web-1")
      ? new Refused(20002, "The host's policy does not allow it: policy.exec is off", 403)
      : execStream("fine\n", "", { code: 0 });
  await withAnsweringApi(answers, async ({ env }) => {
    const { code, stdout, stderr } = await runCli(["exec", "web-1", "web-2", "--", "true"], { env });
    assert.deepEqual([code, stdout], [4, "web-2 | fine\n"]);
    assert.match(stderr, /^error: web-1: The host's policy does not allow it: policy.exec is off\n1 of 2/);
  });
});

Deno.test("a login is remembered for this user alone, used by the next commands, and forgotten by logout", () =>
  inTempDir(async (dir) => {
    const file = join(dir, "login.json");
    const password = join(dir, "password");
    await Deno.writeTextFile(password, "correct horse battery\n");
    const user = { id: "u1", name: "ada", role: "admin", scope: "", disabled: false, createdMs: 0 };
    const answers = (asked: Asked) => {
      if (asked.path.startsWith("/api/v1/hosts")) return listed(asked);
      if (asked.method === "DELETE") return { id: "s1", revoked: true };
      const { password: given } = asked.body as { password: string };
      return given === "correct horse battery"
        ? { user, expiresMs: 4e12, csrf: "", token: "fhs_session" }
        : new Refused(10003, "The user name or the password is wrong", 401);
    };
    await withAnsweringApi(answers, async ({ url, asked }) => {
      const env = { FARHAND_LOGIN_FILE: file };
      const login = await runCli(["login", url, "--user", "ada", "--password-file", password], { env });
      assert.deepEqual([login.code, login.stderr], [0, ""]);
      assert.match(login.stdout, /^logged in to http:\/\/127\.0\.0\.1:\d+ as ada until /);
      if (Deno.build.os !== "windows") assert.equal((await Deno.stat(file)).mode! & 0o777, 0o600);
      assert.equal((await runCli(["hosts"], { env })).code, 0);
      assert.equal(asked.at(-1)?.token, "Bearer fhs_session");
      await Deno.writeTextFile(password, "wrong");
      const refused = await runCli(["login", url, "--user", "ada", "--password-file", password], { env });
      assert.deepEqual([refused.code, refused.stderr], [4, "error: The user name or the password is wrong\n"]);
      assert.equal((await runCli(["logout"], { env })).stdout, `logged out of ${url}\n`);
      assert.equal((await runCli(["hosts"], { env })).code, 4);
      await Deno.writeTextFile(file, "{}");
      assert.match((await runCli(["hosts"], { env })).stderr, /it does not hold logins; remove it and use/);
    });
  }));

Deno.test("tasks are made with a key, listed and cancelled", async () => {
  const one = {
    id: "t1",
    batchId: "b1",
    hostId: "h-web-1",
    host: "web-1",
    title: "uptime",
    operation: { method: "POST", path: "/v1/exec" },
    state: "queued",
    reason: "the host is offline",
    createdBy: "ada",
    createdMs: 0,
    expiresMs: 1,
    timeoutMs: 1,
  };
  const answers = (asked: Asked) => {
    if (asked.path.startsWith("/api/v1/hosts")) return listed(asked);
    if (asked.method === "DELETE") return { ...one, state: "cancelled" };
    if (asked.method === "GET") return { tasks: [one] };
    return { dryRun: false, hosts: [{ id: "h-web-1", name: "web-1", state: "online", taskId: "t1" }] };
  };
  await withAnsweringApi(answers, async ({ env, asked }) => {
    const made = await runCli(["tasks", "run", "web-1", "--max-failures", "2", "--", "uptime", "-p"], { env });
    assert.equal(made.code, 0, made.stderr);
    const { idempotencyKey, ...body } = asked.at(-1)?.body as Record<string, unknown>;
    assert.match(String(idempotencyKey), /^[\w-]{36}$/);
    assert.deepEqual(body, {
      hosts: ["h-web-1"],
      operation: { method: "POST", path: "/v1/exec", body: { argv: ["uptime", "-p"], timeoutMs: 600_000 } },
      title: "uptime -p",
      expiresIn: "1h",
      timeout: "10m",
      maxFailures: 2,
      dryRun: false,
    });
    assert.match((await runCli(["tasks"], { env })).stdout, /\nt1 +web-1 +queued .*the host is offline/);
    assert.match((await runCli(["tasks", "cancel", "t1"], { env })).stdout, /cancelled/);
    assert.equal((await runCli(["tasks", "run", "web-1", "--max-failures", "x", "--", "a"], { env })).code, 2);
  });
});

Deno.test("an API token is printed alone, so that it can be put into a file", async () => {
  const token = { id: "t1", name: "ci", userId: "u", user: "ada", role: "viewer", scope: "", createdMs: 0 };
  const answers = (asked: Asked) => asked.method === "POST" ? { token, secret: "fht_x" } : { tokens: [token] };
  await withAnsweringApi(answers, async ({ env, asked }) => {
    const { stdout, stderr } = await runCli(["token", "create", "ci", "--expires", "30d"], { env });
    assert.equal(stdout, "fht_x\n");
    assert.match(stderr, /not shown again/);
    assert.deepEqual(asked[0]?.body, { name: "ci", role: "viewer", expiresIn: "30d" });
    assert.match((await runCli(["token", "list"], { env })).stdout, /\nt1 +ci +ada +viewer +all +never +never\n/);
  });
});

Deno.test("what is no manager's address, and a manager that is not there, are told as such", async () => {
  for (const address of ["ftp://x", `https://a:b${"@"}c`, "https://", "https://x/?y"]) {
    assert.match((await runCli(["login", address])).stderr, /A manager's address is such as/, address);
  }
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  free.close();
  const env = { FARHAND_URL: `http://127.0.0.1:${free.addr.port}`, FARHAND_TOKEN: "x" };
  assert.match((await runCli(["hosts"], { env })).stderr, /Cannot reach the manager at .*: connection refused; is it/);
});
