import assert from "node:assert/strict";
import { dataOf, fakeApi, fakePorts, statusOf } from "../../../../tests/helpers/fake_manager_api.ts";
import { hostView } from "../../../../tests/helpers/fake_hub.ts";
import type { FleetProcess } from "../../../protocol/mod.ts";

const HOSTS = [
  hostView("web-1", { labels: { env: "dev" } }),
  hostView("web-2", { labels: { env: "dev" }, state: "offline" }),
  hostView("db-1", { labels: { env: "prod" } }),
  hostView("worker-1", { kind: "worker", labels: { env: "dev" } }),
];

Deno.test("processes are told by host, filtered, and only of hosts that are there and his to see", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  const process = (hostId: string, id: string, state: FleetProcess["state"]): FleetProcess => ({
    ...{ hostId, host: hostId, hostState: "online", reportedMs: 1, id, name: id, state, sinceMs: 1, reason: "" },
    ...{ labels: {}, restarts: 0 },
  });
  api.ports.hub.processList = [
    process("web-2", "api", "running"),
    process("web-1", "web", "failed"),
    process("web-1", "api", "running"),
    process("db-1", "db", "running"),
    process("gone", "x", "running"),
  ];
  const told = async (as: string, query = "") => {
    const { processes, total } = await dataOf(api.ask(as, "GET", `/api/v1/processes${query}`));
    return [processes.map(({ hostId, id }: FleetProcess) => `${hostId}/${id}`), total];
  };
  assert.deepEqual(await told("viewer"), [["db-1/db", "web-1/api", "web-1/web", "web-2/api"], 4]);
  assert.deepEqual(await told("dev", "?state=running&limit=1"), [["web-1/api"], 2]);
  assert.deepEqual(await told("viewer", "?text=API&select=name=web-2"), [["web-2/api"], 1]);
  assert.equal(await statusOf(api.ask("viewer", "GET", "/api/v1/processes?state=asleep")), 400);
});
