import assert from "node:assert/strict";
import { dataOf, fakeApi, fakePorts, statusOf } from "../../../../tests/helpers/fake_manager_api.ts";
import { Secret } from "../../../core/mod.ts";

const HEARTBEAT = { info: { hostname: "old-1", ip: null, cpu_cores: "4" }, status: { cpu_usage: 3 } };

Deno.test("workers report with their own token, where that is turned on", async () => {
  const token = new Secret("a-token-of-the-workers");
  await using api = fakeApi(fakePorts(), { workerToken: token });
  const report = (authorization: string, body: unknown) =>
    Promise.resolve(api.fetch(
      new Request("http://manager/api/worker/heartbeat", {
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
      { address: "203.0.113.8" },
    ));
  assert.deepEqual(await dataOf(report(`Bearer ${token.reveal()}`, HEARTBEAT)), {
    host_id: "w-1",
    heartbeat_interval: 3,
    settings: { "collectors.interval": "10s" },
  });
  assert.equal(await statusOf(report("Bearer something-else-of-that", HEARTBEAT)), 401);
  assert.equal(await statusOf(report(`Bearer ${token.reveal()}`, { info: {} })), 400);
  assert.deepEqual(api.ports.audit.take(), []);
  await using off = fakeApi();
  assert.equal(await statusOf(off.ask(null, "POST", "/api/worker/heartbeat", HEARTBEAT)), 404);
});

Deno.test("an enrolment is in the audit as the new host's, and never with its token", async () => {
  await using api = fakeApi();
  const body = {
    token: "fhj_very_secret",
    publicKey: "A".repeat(43),
    timeMs: 1,
    signature: "B".repeat(86),
    facts: { hostname: "box", os: "linux", arch: "x86_64", version: "1" },
  };
  await dataOf(api.ask(null, "POST", "/api/v1/enrol", body));
  const [entry] = api.ports.audit.take();
  assert.deepEqual([entry?.actor, entry?.action, entry?.subject], ["host:new", "host.enrol", "host new"]);
  assert.doesNotMatch(JSON.stringify(entry), /very_secret|BBBB/);
});
