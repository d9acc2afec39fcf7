/** Who is a host and means no good, who was one, and who would like to be one: against the program as it is. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { type ErrorCode, ERRORS } from "../../src/core/mod.ts";
import { REPORT_PATHS, type Task } from "../../src/protocol/mod.ts";
import { TUNNEL_ORIGIN } from "../../src/tunnel/mod.ts";
import { type Attacked, attacks } from "../helpers/hostile/attacked.ts";
import {
  enrol,
  enrolBody,
  heartbeat,
  type HostileHost,
  HostileHost as Host,
  newKey,
  type Tamper,
  toldBy,
} from "../helpers/hostile/host.ts";
import { exists, until } from "../helpers/host.ts";
import { PASSWORD, USER } from "../helpers/managed.ts";

const CONFIG = "policy:\n  exec: on\nprocesses:\n  - id: web\n    command: [sleep, '1000']\n";
const LOGIN = "/api/v1/sessions";
const DAY_MS = 24 * 3_600_000;
/** What moves a terminal's cursor, rings its bell, or turns the order of its text round. */
// deno-lint-ignore no-control-regex
const HARMFUL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

/** What a thief has: the files of the database, as they lie there. */
async function stolen({ managed, host }: Attacked): Promise<{ rows(table: string): Row[]; bytes: string }> {
  const dir = `${host.dir}/stolen`;
  await Deno.mkdir(dir);
  let bytes = "";
  for (const name of ["manager.db", "manager.db-wal"]) {
    await Deno.copyFile(`${managed.dataDir}/${name}`, `${dir}/${name}`);
    bytes += new TextDecoder("latin1").decode(await Deno.readFile(`${dir}/${name}`));
  }
  const db = new DatabaseSync(`${dir}/manager.db`);
  return { rows: (table) => db.prepare(`SELECT * FROM ${table}`).all() as Row[], bytes };
}

type Row = Readonly<Record<string, string>>;

async function refusedAt(attacked: Attacked, path: string, init: RequestInit, code: ErrorCode): Promise<void> {
  const { url } = attacked;
  const headers = { "content-type": "application/json", ...init.headers as Record<string, string> };
  const told = await toldBy(await fetch(url + path, { ...init, headers }));
  assert.deepEqual([told.status, told.code], [ERRORS[code].http, ERRORS[code].number], told.msg);
}

async function isRefused(host: HostileHost, tamper: Tamper, code: ErrorCode): Promise<void> {
  const { verdict, newcomer } = await host.present(tamper);
  assert.equal(verdict.type, "refusal");
  if (verdict.type === "refusal") assert.equal(verdict.code, ERRORS[code].number, verdict.message);
  await newcomer.closed();
}

/** A task of the host that nobody may harm, which goes on until there is a file `go`. */
async function runningTask(attacked: Attacked): Promise<() => Promise<Task>> {
  const { managed, host: { dir }, hostId } = attacked;
  const argv = ["sh", "-c", `touch ${dir}/begun; until [ -e ${dir}/go ]; do sleep 0.1; done`];
  const { envelope } = await attacked.post("/api/v1/tasks", {
    title: "wait",
    hosts: [hostId],
    operation: { method: "POST", path: "/v1/exec", body: { argv } },
  });
  const [{ taskId }] = envelope.data["hosts"] as [{ taskId: string }];
  const task = async () => (await managed.api(`/api/v1/tasks/${taskId}`)).envelope.data as unknown as Task;
  await until(() => exists(`${dir}/begun`), "the task runs");
  return task;
}

attacks("a host that means harm, and who has stolen from the manager, gets no further than it may", {
  async "a stolen database opens nothing"(attacked) {
    const { managed, host, hostId, url } = attacked;
    const join = await attacked.token();
    const login = await Deno.readTextFile(`${managed.managerWorld.dir}/login.json`);
    const session = await attacked.signIn();
    const made = await session.ask("POST", "/api/v1/tokens", { name: "ci", role: "admin" });
    const apiToken = (made.data as { secret: string }).secret;
    const secrets = [PASSWORD, join.secret, session.secret, apiToken, /fhs_[\w-]{43}/.exec(login)?.[0] ?? ""];
    const identity = JSON.parse(await Deno.readTextFile(`${host.workDir}/identity.json`));
    const { rows, bytes } = await stolen(attacked);
    for (const secret of [...secrets, identity.privateKey]) {
      assert.ok(secret.length > 12 && !bytes.includes(secret), `${secret.slice(0, 4)}… is in the database`);
    }

    const [known] = rows("hosts").filter(({ id }) => id === hostId);
    assert.equal(known?.["public_key"], identity.publicKey);
    const thief = new Host(url, await newKey(), hostId);
    await isRefused(thief, (proof) => proof, "unauthorized");
    await isRefused(
      thief,
      (proof) => ({ ...proof, signature: known?.["public_key"]?.padEnd(86, "A") }),
      "unauthorized",
    );
    const [{ password_hash: passwordHash } = {}] = rows("users");
    const body = JSON.stringify({ name: USER, password: passwordHash, bearer: true });
    await refusedAt(attacked, LOGIN, { method: "POST", body }, "unauthorized");
    for (const { hash } of [...rows("sessions"), ...rows("api_tokens")]) {
      const raw = Uint8Array.fromHex(hash ?? "").toBase64({ alphabet: "base64url", omitPadding: true });
      for (const secret of [`fhs_${raw}`, `fht_${raw}`, `fht_${hash}`]) {
        await refusedAt(attacked, "/api/v1/me", { headers: { authorization: `Bearer ${secret}` } }, "unauthorized");
        await refusedAt(attacked, "/api/v1/me", { headers: { cookie: `farhand_session=${secret}` } }, "unauthorized");
      }
    }
    for (const { hash = "" } of rows("join_tokens")) {
      assert.equal((await enrol(url, await enrolBody(await newKey(), hash))).status, 401);
    }
  },

  async "a host answers for itself alone, whatever it says in its reports"(attacked) {
    const { hostId } = attacked;
    const mallory = await attacked.mallory();
    using session = await mallory.connect();
    const lies = { hostId, id: hostId, host: "web-1", state: "degraded", reason: "all is lost" };
    assert.equal((await session.report(REPORT_PATHS.heartbeat, heartbeat(lies))).status, 200);
    assert.match((await attacked.view(mallory.hostId)).reason, /all is lost/);
    assert.doesNotMatch((await attacked.view(hostId)).reason, /all is lost/);

    const task = await runningTask(attacked);
    const { id } = await task();
    const result = { id, hostId, outcome: "failed", message: "no", output: "", truncated: false, endedMs: Date.now() };
    for (const told of [{ ...result }, { ...result, id: "nothing-like-it" }]) {
      assert.equal((await session.report(REPORT_PATHS.taskResult, told)).status, 404);
    }
    assert.match((await task()).state, /^(sent|running)$/);
    await Deno.writeTextFile(`${attacked.host.dir}/go`, "");
    await until(async () => (await task()).state === "done", "the task is done by whom it was given to");
  },

  async "through its tunnel a host sees where it reports to, and nothing else of the manager"(attacked) {
    const mallory = await attacked.mallory();
    using session = await mallory.connect();
    const paths = ["/api/v1/hosts", "/api/v1/tasks", "/healthz", "/metrics", "/v1/stop", "/v1/tasks", "/tunnel", "/"];
    const odd = [
      "/v1/heartbeat/",
      "//v1/heartbeat",
      "/v1/heartbeat?x=1",
      "/V1/heartbeat",
      "/v1/%68eartbeat",
      "/v1/enrol",
    ];
    for (const path of [...paths, ...odd]) {
      for (const method of ["GET", "POST", "DELETE"]) {
        const told = await session.ask(path, { method, ...method === "POST" && { body: "{}" } });
        assert.deepEqual([told.status, told.code], [404, ERRORS.not_found.number], `${method} ${path}`);
      }
    }
    for (const path of [REPORT_PATHS.heartbeat, "/terminal"]) {
      const answer = await session.session.duplex(new Request(TUNNEL_ORIGIN + path));
      assert.equal(answer.isUpgraded, false, "no stream of raw bytes is opened");
      if (!answer.isUpgraded) assert.ok([404, 405].includes(answer.response.status));
    }
  },

  async "hostile reports are refused or bounded, and names are text"(attacked) {
    const mallory = await attacked.mallory();
    using session = await mallory.connect();
    const brief = { id: "p", name: "x", state: "running", sinceMs: 1, reason: "", labels: {}, restarts: 0 };
    const many = (count: number) => Array.from({ length: count }, (_, at) => ({ ...brief, id: `p${at}` }));
    const cases: [what: string, body: unknown, status: number][] = [
      ["nothing", null, 400],
      ["a list", [], 400],
      ["no JSON", "{", 400],
      ["NaN", '{"timeMs":NaN,"state":"ok","sample":null,"settingsVersion":0}', 400],
      ["infinity", '{"timeMs":1e999,"state":"ok","sample":null,"settingsVersion":0}', 400],
      ["a deep list", "[".repeat(500_000), 400],
      ["a long reason", heartbeat({ state: "degraded", reason: "x".repeat(1024 * 1024) }), 400],
      ["a text for a number", heartbeat({ timeMs: "now" }), 400],
      ["a process without a state", heartbeat({ processes: [{ ...brief, state: "<b>" }] }), 400],
      ["100,000 processes", heartbeat({ processes: many(100_000) }), 413],
      ["6,000 processes", heartbeat({ processes: many(6_000) }), 400],
      ["too many bytes", " ".repeat(5 * 1024 * 1024), 413],
      ["huge numbers", heartbeat({ timeMs: 1e300, uptimeMs: -1e300, latencyMs: 1e300, settingsVersion: -1e300 }), 200],
    ];
    for (const [what, body, status] of cases) {
      assert.equal((await session.report(REPORT_PATHS.heartbeat, body)).status, status, what);
    }
    const proto =
      `{"timeMs":${Date.now()},"state":"ok","sample":null,"settingsVersion":0,"__proto__":{"isAdmin":true},` +
      `"constructor":{"prototype":{"isAdmin":true}},"processes":[{"id":"__proto__","name":"x","state":"running",` +
      `"sinceMs":1,"reason":"","labels":{"__proto__":"a","constructor":"b"},"restarts":0}]}`;
    assert.equal((await session.report(REPORT_PATHS.heartbeat, proto)).status, 200);
    assert.equal(({} as { isAdmin?: boolean }).isAdmin, undefined);
    const evil = "<script>alert(1)</script>\u001b[31m\u202egnp.exe";
    const named = heartbeat({ state: "degraded", reason: evil, processes: [{ ...brief, name: evil, reason: evil }] });
    assert.equal((await session.report(REPORT_PATHS.heartbeat, named)).status, 200);
    const { envelope } = await attacked.managed.api("/api/v1/processes");
    assert.ok(JSON.stringify(envelope.data).includes("<script>alert(1)</script>"), "it is told as it was said");
    const { stdout } = await attacked.managed.expectUser(0, ["hosts"]);
    assert.match(stdout, /<script>alert\(1\)/);
    assert.doesNotMatch(stdout, HARMFUL);
  },

  async "what a host answers to a command line is shown as text, and can do nothing to the terminal"(attacked) {
    const { managed, hostId } = attacked;
    const mallory = await attacked.mallory("liar");
    const processes = JSON.stringify((await managed.api(`/api/v1/hosts/${hostId}/agent/v1/processes`)).envelope);
    assert.match(processes, /"web"/);
    const lies = processes.replaceAll('"web"', JSON.stringify("web\u001b[2J\u202e\u0007"));
    const headers = { "content-type": "application/json", "set-cookie": "farhand_session=mine" };
    using _ = await mallory.connect(() => new Response(lies, { headers }));
    const { stdout } = await managed.expectUser(0, ["ps", "--host", "liar"]);
    assert.match(stdout, /web/);
    assert.doesNotMatch(stdout, HARMFUL);
    const answer = await fetch(`${attacked.url}/api/v1/hosts/liar/agent/v1/processes`, {
      headers: { authorization: `Bearer ${(await attacked.signIn()).secret}` },
    });
    assert.deepEqual([answer.status, answer.headers.get("set-cookie")], [200, null]);
    await answer.body?.cancel();
  },

  async "a host that reports without end, and what is slow to read, keeps nobody waiting"(attacked) {
    const mallory = await attacked.mallory();
    using session = await mallory.connect();
    const process = {
      id: "p",
      name: "x".repeat(200),
      state: "running",
      sinceMs: 1,
      reason: "y".repeat(500),
      restarts: 0,
    };
    const processes = Array.from({ length: 4_900 }, (_, at) => ({ ...process, id: `p${at}`, labels: {} }));
    const bodies = [JSON.stringify(heartbeat({ processes })), "[".repeat(4_000_000)];
    const endMs = performance.now() + 3_000;
    let refused = 0;
    const flood = async (body: string) => {
      while (performance.now() < endMs) {
        if ((await session.report(REPORT_PATHS.heartbeat, body)).status === 429) refused++;
      }
    };
    const waits: number[] = [];
    const ask = async () => {
      while (performance.now() < endMs) {
        const begunMs = performance.now();
        await (await fetch(`${attacked.url}/healthz`)).text();
        waits.push(performance.now() - begunMs);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    await Promise.all([...bodies, ...bodies, ...bodies].map(flood).concat(ask()));
    assert.ok(refused > 100, `${refused} were refused`);
    const median = waits.toSorted((a, b) => a - b)[Math.floor(waits.length / 2)] ?? Infinity;
    assert.ok(median < 200, `others wait for ${median} ms`);
  },

  async "a proof is good for its own connection, manager and host, once"(attacked) {
    const mallory = await attacked.mallory();
    const other = await attacked.mallory("other");
    let kept: unknown;
    const { verdict, newcomer } = await mallory.present((proof) => kept = proof);
    assert.equal(verdict.type, "welcome");
    newcomer.socket.close();
    await newcomer.closed();
    const cases: [tamper: Tamper, code: ErrorCode][] = [
      [() => kept, "unauthorized"],
      [(proof) => ({ ...proof, signature: "A".repeat(86) }), "unauthorized"],
      [(proof) => ({ ...proof, hostId: other.hostId }), "unauthorized"],
      [(_, challenge) => mallory.proof({ ...challenge, managerId: "another-manager" }), "unauthorized"],
      [(_, challenge) => mallory.proof({ ...challenge, timeMs: challenge.timeMs - 1 }), "unauthorized"],
      [(_, challenge) => mallory.proof(challenge, "nobody"), "not_found"],
      [(proof) => ({ ...proof, runId: "x" }), "invalid_input"],
      [() => "no JSON", "invalid_input"],
      [() => "null", "invalid_input"],
      [() => `"${"x".repeat(20_000)}"`, "invalid_input"],
    ];
    for (const [tamper, code] of cases) await isRefused(mallory, tamper, code);
  },

  async "a second who claims to be a host that is connected is refused, and both are shown"(attacked) {
    const mallory = await attacked.mallory();
    using session = await mallory.connect();
    const twin = new Host(attacked.url, mallory.key, mallory.hostId);
    await isRefused(twin, (proof) => ({ ...proof, facts: { ...proof.facts, hostname: "twin" } }), "conflict");
    assert.equal((await session.report(REPORT_PATHS.heartbeat, heartbeat())).status, 200);
    const { duplicates, reason } = await attacked.view(mallory.hostId);
    assert.deepEqual(duplicates.map(({ hostname }) => hostname), ["twin"]);
    assert.match(reason, /claimed by two/);
  },

  async "a join token that is not good, or was not meant for this key, makes no host"(attacked) {
    const { url, managed } = attacked;
    const [expiring, single, revoked, good] = [
      await attacked.token({ expiresIn: "1s" }),
      await attacked.token({ maxUses: 1 }),
      await attacked.token(),
      await attacked.token(),
    ];
    await managed.api(`/api/v1/join-tokens/${revoked.id}`, { method: "DELETE" });
    assert.equal((await enrol(url, await enrolBody(await newKey(), single.secret))).status, 200);
    const key = await newKey();
    const told = async (token: string, change: Parameters<typeof enrolBody>[2] = {}) => {
      const { status, code } = await enrol(url, await enrolBody(key, token, change));
      return [status, code];
    };
    const [unauthorized, invalid] = [ERRORS.unauthorized, ERRORS.invalid_input].map((
      { http, number },
    ) => [http, number]);
    await until(() => Date.now() > expiring.expiresMs, "the token has expired");
    for (const { secret } of [expiring, single, revoked]) assert.deepEqual(await told(secret), unauthorized);
    assert.deepEqual(await told(`fhj_${"A".repeat(43)}`), unauthorized);
    assert.deepEqual(await told(good.secret, { signer: await newKey() }), unauthorized);
    for (const timeMs of [Date.now() - DAY_MS, Date.now() + DAY_MS]) {
      assert.deepEqual(await told(good.secret, { timeMs }), invalid);
    }
    const body = await enrolBody(key, good.secret);
    assert.equal((await enrol(url, { ...body, token: expiring.secret })).status, 401);
    assert.equal((await enrol(url, { ...body, timeMs: body.timeMs + 1 })).status, 401);
    assert.equal((await enrol(url, { ...body, facts: { ...body.facts, hostname: "x".repeat(300) } })).status, 400);
    assert.equal((await enrol(url, body)).status, 200);
  },
}, { hostConfig: CONFIG });
