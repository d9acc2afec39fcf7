import assert from "node:assert/strict";
import * as fc from "fast-check";
import { AGENT_ROUTES } from "../../../protocol/mod.ts";
import { agentTarget, partAfterAgent } from "./agent_target.ts";

for (const route of AGENT_ROUTES) {
  const path = route.path.replace("{id}", "api");
  Deno.test(`${route.method} ${path} may be asked for, with a query and with what is encoded`, () => {
    assert.equal(agentTarget(route.method, path)?.access, route);
    assert.equal(agentTarget(route.method, `${path}?a=%2F..%2F&b=1`)?.path, `${path}?a=%2F..%2F&b=1`);
    const encoded = route.path.replace("{id}", "my%20api%231");
    assert.equal(agentTarget(route.method, encoded)?.access, route);
    assert.equal(agentTarget(route.method, encoded)?.path, encoded);
  });
}

for (
  const [method, path, why] of [
    ["POST", "/v1/stop", "it would cut the host off"],
    ["POST", "/v1/tasks", "that is the manager's own"],
    ["POST", "/v1/%73top", "it decodes to what may not be"],
    ["POST", "/v1/processes/%61ctions", "it is another route once it is decoded"],
    ["GET", "/v1/processes/a%2Flogs", "it has more parts once it is decoded"],
    ["GET", "/v1/processes/..%2f..%2fx", "it climbs"],
    ["GET", "/v1/processes/%2e%2e", "it climbs"],
    ["GET", "/v1/processes/../status/x", "it is none once the dots are gone"],
    ["GET", "/v1/processes/a%5Cb", "a backslash is a slash for some"],
    ["GET", "/v1/processes/%00", "it is no text"],
    ["GET", "/v1/processes/%ff", "it is no UTF-8"],
    ["GET", "//evil/v1/status", "that is another host"],
    ["GET", "v1/status", "it does not begin with a slash"],
    ["GET", "/v1/status#x", "it has a fragment"],
    ["DELETE", "/v1/status", "the method is another one"],
    ["TRACE", "/v1/status", "there is no such method"],
    ["GET", "/v1/status/", "it is longer than the route"],
  ] as const
) {
  Deno.test(`${method} ${path} may not: ${why}`, () => assert.equal(agentTarget(method, path), null));
}

Deno.test("whatever is asked for, what is sent reads as the route that was checked, decoded or not", () => {
  const part = fc.oneof(
    fc.constantFrom("v1", "processes", "exec", "stop", "..", ".", "%2e", "%2F", "api", ""),
    fc.webSegment(),
    fc.string(),
  );
  const path = fc.array(part, { maxLength: 6 }).map((parts) => `/${parts.join("/")}`);
  fc.assert(
    fc.property(fc.constantFrom("GET", "POST", "DELETE", "PUT"), path, (method, asked) => {
      const target = agentTarget(method, asked);
      if (target === null) return;
      const { pathname } = new URL(target.path, "http://tunnel");
      const raw = pathname.split("/");
      const decoded = decodeURIComponent(pathname).split("/");
      const wanted = target.access.path.split("/");
      assert.equal(raw.length, wanted.length);
      assert.equal(decoded.length, wanted.length);
      wanted.forEach((each, at) => {
        if (!each.startsWith("{")) assert.deepEqual([raw[at], decoded[at]], [each, each]);
      });
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("what follows /agent is passed on as it was written", () => {
  const at = (url: string) => partAfterAgent(url, "web-1");
  const base = "http://m/api/v1/hosts/web-1/agent";
  assert.equal(at(`${base}/v1/processes/a%23b/logs?lines=5&grep=%2F`), "/v1/processes/a%23b/logs?lines=5&grep=%2F");
  assert.equal(at("http://m/api/v1/hosts/web%2D1/agent/v1/status"), "/v1/status");
  for (const wrong of [base, "http://m/api/v1/hosts/web-2/agent/v1/status", `${base}/../../x`, "http://m/x/agent/y"]) {
    assert.equal(at(wrong), null, wrong);
  }
});
