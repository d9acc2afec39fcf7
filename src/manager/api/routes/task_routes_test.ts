import assert from "node:assert/strict";
import { dataOf, fakeApi, fakePorts, statusOf } from "../../../../tests/helpers/fake_manager_api.ts";
import { hostView } from "../../../../tests/helpers/fake_hub.ts";
import { fakeTask } from "../../../../tests/helpers/fake_manager_parts.ts";
import type { Batch, Task } from "../../../protocol/mod.ts";

const HOSTS = [
  hostView("web-1", { labels: { env: "dev" } }),
  hostView("web-2", { labels: { env: "dev" }, state: "offline" }),
  hostView("db-1", { labels: { env: "prod" } }),
  hostView("worker-1", { kind: "worker", labels: { env: "dev" } }),
];
const RELOAD = { method: "POST", path: "/v1/reload" };

Deno.test("tasks go to the hosts of a selector that the caller may use, and to none that only report", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  const { tasks } = api.ports;
  const made = async (as: string, body: object) =>
    (await dataOf(api.ask(as, "POST", "/api/v1/tasks", { operation: RELOAD, ...body }))).hosts.map((
      { id }: { id: string },
    ) => id);
  assert.deepEqual(await made("operator", { select: "" }), ["web-1", "web-2", "db-1"]);
  assert.deepEqual(await made("dev", { select: "" }), ["web-1", "web-2"]);
  assert.deepEqual(await made("dev", { select: "env=prod" }), []);
  assert.deepEqual(await made("operator", { hosts: ["db-1", "web-1", "db-1"] }), ["db-1", "web-1"]);
  assert.deepEqual(tasks.made.at(-1)?.request.hosts, ["db-1", "web-1"]);
});

for (
  const [as, body, status] of [
    ["dev", { hosts: ["db-1"] }, 404],
    ["dev", { hosts: ["web-1", "unknown"] }, 404],
    ["viewer", { hosts: ["web-1"] }, 403],
    ["operator", { hosts: ["worker-1"] }, 501],
    ["operator", {}, 400],
    ["operator", { hosts: ["web-1"], select: "" }, 400],
    ["operator", { select: "=" }, 400],
    ["operator", { select: "", operation: { method: "POST", path: "/v1/stop" } }, 400],
    ["operator", { select: "", operation: { method: "POST", path: "/v1/%72eload" } }, 400],
    ["operator", { select: "", operation: { method: "POST", path: "/v1/x/../reload" } }, 400],
    ["operator", { select: "", operation: { method: "TRACE", path: "/v1/reload" } }, 400],
  ] as const
) {
  Deno.test(`${as} makes no tasks by ${JSON.stringify(body)}`, async () => {
    await using api = fakeApi(fakePorts(...HOSTS));
    assert.equal(await statusOf(api.ask(as, "POST", "/api/v1/tasks", { operation: RELOAD, ...body })), status);
    assert.deepEqual(api.ports.tasks.made, []);
  });
}

Deno.test("a task needs the verb of what it does, when it is made and when it is cancelled", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  const { auth, tasks } = api.ports;
  const { mayUse } = auth;
  auth.mayUse = (who, verb, host) => verb !== "host.exec" && mayUse.call(auth, who, verb, host);
  const operation = { method: "POST", path: "/v1/exec", body: { argv: ["id"], env: { SECRET: "hunter2" } } } as const;
  assert.equal(await statusOf(api.ask("operator", "POST", "/api/v1/tasks", { operation, hosts: ["web-1"] })), 403);
  assert.equal(await statusOf(api.ask("operator", "POST", "/api/v1/tasks", { operation, select: "" })), 403);
  tasks.change(fakeTask("t-1", "web-1", { operation }), fakeTask("t-2", "web-1"));
  assert.equal(await statusOf(api.ask("operator", "DELETE", "/api/v1/tasks/t-1")), 403);
  assert.equal((await dataOf(api.ask("operator", "DELETE", "/api/v1/tasks/t-2"))).state, "cancelled");
  const [entry] = api.ports.audit.take();
  assert.deepEqual(entry?.details.operation, { action: "host.exec", details: { argv: ["id"] } });
});

Deno.test("a list tells no more of each output than was asked for", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  const result = { outcome: "done" as const, message: "ok", truncated: false, endedMs: 2 };
  const tasks = ["long output", "short", ""].map((output, at) =>
    fakeTask(`t-${at}`, "web-1", { state: "done", result: { ...result, output }, createdMs: 3 - at })
  );
  api.ports.tasks.change(...tasks, fakeTask("t-3", "web-1", { createdMs: 0 }));
  const outputs = async (query: string) =>
    (await dataOf(api.ask("viewer", "GET", `/api/v1/tasks${query}`))).tasks.map((task: Task) =>
      task.result === undefined ? null : [task.result.output, task.result.truncated]
    );
  assert.deepEqual(await outputs("?output=5"), [["long ", true], ["short", false], ["", false], null]);
  assert.deepEqual(await outputs(""), [["long output", false], ["short", false], ["", false], null]);
  assert.equal(await statusOf(api.ask("viewer", "GET", "/api/v1/tasks?output=all")), 400);
});

Deno.test("a list by batches has the newest task of each, with the counts of all", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  const make = (id: string, batchId: string, createdMs: number) => fakeTask(id, "web-1", { batchId, createdMs });
  api.ports.tasks.change(make("t-1", "b-1", 1), make("t-2", "b-2", 2), make("t-3", "b-2", 3));
  const { tasks, batches } = await dataOf(api.ask("viewer", "GET", "/api/v1/tasks?group=batch"));
  assert.deepEqual(tasks.map(({ id }: Task) => id), ["t-3", "t-1"]);
  assert.deepEqual(batches.map(({ id, counts }: Batch) => [id, counts.queued]), [["b-2", 2], ["b-1", 1]]);
  assert.equal((await dataOf(api.ask("viewer", "GET", "/api/v1/tasks"))).batches, undefined);
  assert.equal(await statusOf(api.ask("viewer", "GET", "/api/v1/tasks?group=host")), 400);
});

Deno.test("tasks of hosts that are not his to see, or are gone, are for who sees all", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  const { tasks } = api.ports;
  tasks.change(...["web-1", "db-1", "gone"].map((host, at) => fakeTask(`t-${host}`, host, { createdMs: at })));
  const ids = async (as: string, query = "") =>
    (await dataOf(api.ask(as, "GET", `/api/v1/tasks${query}`))).tasks.map(({ id }: { id: string }) => id);
  assert.deepEqual(await ids("viewer"), ["t-gone", "t-db-1", "t-web-1"]);
  assert.deepEqual(await ids("viewer", "?host=gone"), ["t-gone"]);
  assert.deepEqual(await ids("dev"), ["t-web-1"]);
  assert.deepEqual(["t-web-1", "t-db-1", "t-gone"].map((id) => api.ask("dev", "GET", `/api/v1/tasks/${id}`)).length, 3);
  const statuses = await Promise.all(
    ["t-web-1", "t-db-1", "t-gone"].map((id) => statusOf(api.ask("dev", "GET", `/api/v1/tasks/${id}`))),
  );
  assert.deepEqual(statuses, [200, 404, 404]);
  assert.equal(await statusOf(api.ask("dev", "GET", "/api/v1/batches/b-1")), 200);
  tasks.kept.delete("t-web-1");
  assert.equal(await statusOf(api.ask("dev", "GET", "/api/v1/batches/b-1")), 404);
  const first = await dataOf(api.ask("viewer", "GET", "/api/v1/tasks?limit=1"));
  assert.deepEqual(await ids("viewer", `?limit=5&cursor=${first.next}`), ["t-db-1"]);
  assert.equal(await statusOf(api.ask("viewer", "GET", "/api/v1/tasks?cursor=x")), 400);
});
