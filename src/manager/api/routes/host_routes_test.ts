import assert from "node:assert/strict";
import { dataOf, fakeApi, fakePorts, statusOf } from "../../../../tests/helpers/fake_manager_api.ts";
import { hostView } from "../../../../tests/helpers/fake_hub.ts";

const HOSTS = [
  hostView("web-1", { labels: { env: "dev" } }),
  hostView("web-2", { labels: { env: "dev" }, state: "offline" }),
  hostView("db-1", { labels: { env: "prod" } }),
  hostView("worker-1", { kind: "worker", labels: { env: "dev" } }),
];

Deno.test("who has a scope cannot move a host out of it", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  api.ports.auth.mayUse = (who, _, host) =>
    who !== null && (host === undefined || who.scopes.length === 0 || host.labels.env === "dev");
  assert.equal(await statusOf(api.ask("dev", "PATCH", "/api/v1/hosts/web-1", { labels: { env: "prod" } })), 403);
  assert.equal(
    await statusOf(api.ask("dev", "PATCH", "/api/v1/hosts/web-1", { labels: { env: "dev", team: "x" } })),
    200,
  );
});

Deno.test("the fleet's samples have null for what was not measured", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  api.ports.samples.latestOf.set("web-1", { timeMs: 5, values: Float64Array.from([1, NaN]) });
  api.ports.samples.latestOf.set("db-1", { timeMs: 5, values: Float64Array.from([1, 2]) });
  const { hosts } = await dataOf(api.ask("dev", "GET", "/api/v1/samples"));
  assert.deepEqual(hosts, [{ id: "web-1", timeMs: 5, values: [1, null] }]);
  const range = await dataOf(api.ask("dev", "GET", "/api/v1/hosts/web-1/samples?from=1000&to=5000&step=1s"));
  assert.deepEqual([range.fromMs, range.toMs, range.stepMs], [1_000, 5_000, 1_000]);
  for (const query of ["from=9&to=1", "from=x", "step=0s", "duration=-1h"]) {
    assert.equal(await statusOf(api.ask("dev", "GET", `/api/v1/hosts/web-1/samples?${query}`)), 400, query);
  }
});
