import assert from "node:assert/strict";
import { openApiProblems } from "../../../tests/helpers/openapi.ts";
import { recordingLog } from "../../../tests/helpers/recording_log.ts";
import { AppError } from "../../core/mod.ts";
import { buildApp, tcpGate, trustedGate } from "../../http/mod.ts";
import type { HealthReport } from "../../protocol/mod.ts";
import { controlRoutes } from "./routes.ts";
import type { ControlPorts } from "./ports.ts";

const unused = () => Promise.reject(new AppError("internal", "not part of this test"));

const idle: ControlPorts = {
  status: unused,
  health: () => ({ state: "ok", components: [] }),
  reload: unused,
  logLevel: () => ({ level: "info" }),
  setLogLevel: () => {},
  stop: unused,
};

/** The control API of an agent that does what is given. */
function api(ports: Partial<ControlPorts>, gate = trustedGate) {
  const routes = controlRoutes({ ...idle, ...ports });
  return buildApp({ title: "Control", version: "1.0.0", routes, gate, log: recordingLog().log });
}

const send = (method: string, body: unknown) => ({
  method,
  body: JSON.stringify(body),
  headers: { "content-type": "application/json" },
});

async function answerOf(answer: Response | Promise<Response>) {
  const response = await answer;
  return [response.status, await response.json()] as const;
}

const states = ["starting", "ok", "degraded", "failed", "stopping", "stopped"] as const;
for (const state of states) {
  const healthy = state !== "failed";
  const ready = state === "ok" || state === "degraded";
  Deno.test(`an agent that is ${state} is ${healthy ? "" : "not "}healthy and ${ready ? "" : "not "}ready`, async () => {
    const report: HealthReport = { state, components: [{ name: "uplink", state, sinceMs: 1, reason: "because" }] };
    const app = api({ health: () => report });
    for (const [path, good] of [["/healthz", healthy], ["/readyz", ready]] as const) {
      const [status, { code, msg, data }] = await answerOf(app.request(path));
      assert.deepEqual([status, code, data], good ? [200, 0, report] : [503, 10011, report]);
      assert.equal(msg, good ? "ok" : `The agent is ${state}: uplink (because)`);
    }
  });
}

Deno.test("health names only the components that are to blame, with a reason where there is one", async () => {
  const components = [
    { name: "a", state: "ok", sinceMs: 1 },
    { name: "b", state: "failed", sinceMs: 1, reason: "disk full" },
    { name: "c", state: "failed", sinceMs: 1 },
  ] as const;
  const app = api({ health: () => ({ state: "failed", components: [...components] }) });
  const [, { msg }] = await answerOf(app.request("/healthz"));
  assert.equal(msg, "The agent is failed: b (disk full), c");
  const [, { msg: bare }] = await answerOf(
    api({ health: () => ({ state: "stopping", components: [] }) }).request("/readyz"),
  );
  assert.equal(bare, "The agent is stopping");
});

Deno.test("the log level is shown, changed, and never set to what is none", async () => {
  let level: "debug" | "info" | "warn" | "error" = "info";
  const app = api({ logLevel: () => ({ level }), setLogLevel: (next) => level = next });
  assert.deepEqual((await answerOf(app.request("/v1/log-level")))[1].data, { level: "info" });
  assert.deepEqual((await answerOf(app.request("/v1/log-level", send("PUT", { level: "debug" }))))[1].data, {
    level: "debug",
  });
  for (const body of [{ level: "loud" }, {}, { level: "warn", for: "1h" }, "warn"]) {
    const [status, { msg }] = await answerOf(app.request("/v1/log-level", send("PUT", body)));
    assert.equal(status, 400);
    assert.match(msg, /body/);
  }
  assert.equal(level, "debug");
});

Deno.test("a stop is given its time limit and answers with what came of it", async () => {
  const components = [{ name: "trim", state: "failed", sinceMs: 5, reason: "did not stop within 5s" }] as const;
  const limits: (number | undefined)[] = [];
  const processes: boolean[] = [];
  const app = api({
    stop({ timeoutMs, withProcesses = false }) {
      limits.push(timeoutMs);
      processes.push(withProcesses);
      return Promise.resolve({ components: [...components] });
    },
  });
  assert.deepEqual(await answerOf(app.request("/v1/stop", send("POST", { timeoutMs: 5_000 }))), [200, {
    code: 0,
    msg: "ok",
    data: { components },
  }]);
  await answerOf(app.request("/v1/stop", send("POST", { withProcesses: true })));
  for (const timeoutMs of [-1, 3_600_001, "5s", null]) {
    assert.equal((await answerOf(app.request("/v1/stop", send("POST", { timeoutMs }))))[0], 400, String(timeoutMs));
  }
  assert.deepEqual([limits, processes], [[5_000, undefined], [false, true]]);
});

Deno.test("a reload that fails says why and has the config's own status", async () => {
  const reload = () => Promise.reject(new AppError("invalid_config", "Cannot read config a.yaml: line 7: no"));
  const [status, { code, msg }] = await answerOf(api({ reload }).request("/v1/reload", { method: "POST" }));
  assert.deepEqual([status, code, msg], [422, 10002, "Cannot read config a.yaml: line 7: no"]);
});

Deno.test("over TCP a stranger may ask for health, and for nothing else", async () => {
  const app = api({}, tcpGate({ hostname: "127.0.0.1" }));
  for (const { method, path } of controlRoutes(idle)) {
    const response = await app.request(path, { method, headers: { host: "127.0.0.1" } });
    const open = path === "/healthz" || path === "/readyz";
    assert.equal(response.status, open ? 200 : 401, `${method} ${path}`);
    await response.body?.cancel();
  }
});

Deno.test("the API describes itself by the rules of OpenAPI 3.1, every route of it", async () => {
  const document = await (await api({}).request("/openapi.json")).json();
  assert.deepEqual(openApiProblems(document), []);
  assert.deepEqual(Object.keys(document.paths), [
    "/healthz",
    "/readyz",
    "/v1/status",
    "/v1/reload",
    "/v1/log-level",
    "/v1/stop",
  ]);
});
