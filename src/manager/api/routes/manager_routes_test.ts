import assert from "node:assert/strict";
import { dataOf, fakeApi, fakePorts, statusOf } from "../../../../tests/helpers/fake_manager_api.ts";
import { hostView } from "../../../../tests/helpers/fake_hub.ts";

const HOSTS = [
  hostView("web-1", { labels: { env: "dev" } }),
  hostView("web-2", { labels: { env: "dev" }, state: "offline" }),
  hostView("db-1", { labels: { env: "prod" } }),
  hostView("worker-1", { kind: "worker", labels: { env: "dev" } }),
];

Deno.test("the status counts the hosts that the caller may see", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  assert.deepEqual((await dataOf(api.ask("dev", "GET", "/api/v1/status"))).hosts, {
    ...{ online: 2, degraded: 0, unreachable: 0, offline: 1, unknown: 0 },
  });
});

Deno.test("health is for everybody, its reasons are not", async () => {
  await using api = fakeApi();
  const { manager } = api.ports;
  assert.doesNotMatch(await (await api.ask(null, "GET", "/healthz")).text(), /\/var\/lib/);
  assert.match(await (await api.ask("viewer", "GET", "/readyz")).text(), /\/var\/lib/);
  manager.state = "failed";
  const failed = await api.ask(null, "GET", "/healthz");
  assert.equal(failed.status, 503);
  assert.doesNotMatch(await failed.text(), /\/var\/lib/);
});

Deno.test("the authority is given where the manager has one of its own", async () => {
  await using api = fakeApi();
  const response = await api.ask(null, "GET", "/ca.pem");
  assert.equal(response.headers.get("content-type"), "application/x-pem-file");
  assert.match(await response.text(), /^-----BEGIN CERTIFICATE-----/);
  api.ports.manager.pem = null;
  assert.equal(await statusOf(api.ask(null, "GET", "/ca.pem")), 404);
});
