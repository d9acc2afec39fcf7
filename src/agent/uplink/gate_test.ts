import assert from "node:assert/strict";
import fc from "fast-check";
import { recordingLog } from "../../../tests/helpers/recording_log.ts";
import { type AnyRoute, buildApp, defineRawRoute } from "../../http/mod.ts";
import { AGENT_ROUTES, routeAccess, TASK_PATH } from "../../protocol/mod.ts";
import { isManager, plainPath, type Policy, policyGate } from "./gate.ts";

const OFF: Policy = {
  terminal: false,
  exec: false,
  deploy: false,
  files: "off",
  forward: false,
  update: false,
  jobs: false,
};
const ON: Policy = {
  terminal: true,
  exec: true,
  deploy: true,
  files: "write",
  forward: true,
  update: true,
  jobs: true,
};

/** Routes of every method and path that is named, and some that are nobody's business; each says which it is. */
function tunnel(policy: () => Policy, takesTasks = true) {
  const called: string[] = [];
  const route = (method: "GET" | "POST" | "PUT" | "DELETE" | "PATCH", path: string): AnyRoute =>
    defineRawRoute({
      method,
      path,
      summary: "s",
      access: "owner",
      produces: [],
      handle: ({ caller }) => {
        assert.ok(isManager(caller));
        called.push(`${method} ${path}`);
        return new Response("reached");
      },
    });
  const routes = [
    ...AGENT_ROUTES.map(({ method, path }) => route(method as "GET", path)),
    route("POST", "/v1/stop"),
    route("GET", "/v1/secret"),
    route("POST", TASK_PATH),
    route("DELETE", `${TASK_PATH}/{id}`),
  ];
  const gate = policyGate({ policy, takesTasks });
  const app = buildApp({ title: "t", version: "1", routes, gate, log: recordingLog().log });
  const ask = async (method: string, path: string, headers: Record<string, string> = {}) => {
    const response = await app.request(`http://tunnel${path}`, { method, headers });
    const text = await response.text();
    return { status: response.status, msg: text.startsWith("{") ? JSON.parse(text).msg ?? "" : text };
  };
  return { called, ask };
}

const filled = (path: string) => path.replaceAll(/\{\w+\}/g, "web.1");

Deno.test("what every host allows is reached whatever its policy, the rest by its key, and the refusal names the line", async () => {
  for (const policy of [OFF, ON]) {
    const { ask } = tunnel(() => policy);
    for (const { method, path, policy: need } of AGENT_ROUTES) {
      const { status, msg } = await ask(method, filled(path));
      const isRefused = need !== undefined && policy === OFF;
      assert.equal(status, isRefused ? 403 : 200, `${method} ${path}`);
      const word = need?.key !== "files" ? "on" : need.write === true ? "write" : "read";
      if (isRefused) assert.ok(msg.includes(`"policy.${need.key}: ${word}"`), msg);
    }
  }
});

Deno.test("what is not named is not reached, and neither is what does not exist", async () => {
  const { ask, called } = tunnel(() => ON);
  for (
    const [method, path] of [["POST", "/v1/stop"], ["GET", "/v1/secret"], ["GET", "/v1/nothing"], ["PUT", "/v1/status"]]
  ) {
    const { status, msg } = await ask(method ?? "", path ?? "");
    assert.equal(status, 403);
    assert.match(msg, /cannot be reached through the tunnel/);
  }
  assert.deepEqual(called, []);
});

Deno.test("a policy that changes holds at once", async () => {
  let policy = OFF;
  const { ask } = tunnel(() => policy);
  assert.equal((await ask("POST", "/v1/exec")).status, 403);
  policy = { ...OFF, exec: true };
  assert.equal((await ask("POST", "/v1/exec")).status, 200);
  policy = OFF;
  assert.equal((await ask("POST", "/v1/exec")).status, 403);
});

Deno.test("tasks are delivered through the tunnel, and by no task", async () => {
  for (const [method, path] of [["POST", TASK_PATH], ["DELETE", `${TASK_PATH}/t-12345678`]] as const) {
    assert.equal((await tunnel(() => OFF).ask(method, path)).status, 200);
    assert.equal((await tunnel(() => ON, false).ask(method, path)).status, 403);
  }
  for (const path of [`${TASK_PATH}/a/b`, `${TASK_PATH}/`, TASK_PATH]) {
    assert.equal((await tunnel(() => ON).ask("DELETE", path)).status, 403);
  }
});

Deno.test("no header widens what is allowed", async () => {
  const { ask } = tunnel(() => OFF);
  for (
    const headers of [
      { "x-http-method-override": "GET" },
      { "x-original-url": "/healthz" },
      { "x-rewrite-url": "/healthz" },
      { "x-forwarded-prefix": "/healthz" },
      { host: "localhost" },
      { authorization: "Bearer 0123456789abcdef0123456789abcdef" },
    ]
  ) {
    assert.equal(
      (await ask("POST", "/v1/exec", headers as Record<string, string>)).status,
      403,
      JSON.stringify(headers),
    );
  }
});

Deno.test("a path that could be read in two ways is refused", () => {
  for (
    const path of [
      "/v1/%73top",
      "/v1/processes/a%2Fb",
      "/v1/processes/a%5cb",
      "/v1/processes/%2e%2e",
      "/v1/processes/%252e",
      "/v1//status",
      "/v1/status/",
      "/v1/processes/a%00",
      "/v1/processes/%ff",
      "/v1/processes/a%",
      "/v1/processes/...",
      "/v1/proc\\esses",
    ]
  ) {
    assert.equal(plainPath(`http://tunnel${path}`), null, path);
  }
  for (const path of ["/v1/status", "/v1/processes/web.1", "/v1/processes/a%20b", "/v1/processes/caf%C3%A9"]) {
    assert.equal(plainPath(`http://tunnel${path}?x=%2F#y`), path);
  }
});

Deno.test("property: whatever the path, a route is reached only if the table names it for that very path", async () => {
  const { ask, called } = tunnel(() => OFF);
  const part = fc.oneof(
    fc.constantFrom("v1", "exec", "stop", "status", "processes", "actions", "..", ".", "", "%2e%2e", "%2f", "stream"),
    fc.constantFrom("%65xec", "exe%63", "tasks", "%74asks", "secret", "%2E", "st%6Fp", "EXEC", "exec;x", "exec%20"),
    fc.string({ maxLength: 4 }).map((text) => encodeURIComponent(text.toWellFormed())),
  );
  const path = fc.array(part, { maxLength: 5 }).map((parts) => `/${parts.join("/")}`);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom("GET", "POST", "DELETE"), path, async (method, path) => {
      called.length = 0;
      await ask(method, path);
      for (const each of called) {
        if (each === `POST ${TASK_PATH}` || each === `DELETE ${TASK_PATH}/{id}`) continue;
        const [calledMethod = "", pattern = ""] = each.split(" ");
        const access = routeAccess(calledMethod, filled(pattern));
        assert.ok(access !== null && access.policy === undefined, `${method} ${path} reached ${each}`);
      }
    }),
    { numRuns: 2_000 },
  );
});
