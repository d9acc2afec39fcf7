import assert from "node:assert/strict";
import { fakeApi, fakePorts } from "../../../../tests/helpers/fake_manager_api.ts";
import { hostView } from "../../../../tests/helpers/fake_hub.ts";
import { AppError } from "../../../core/mod.ts";

const HOSTS = [hostView("web-1", { labels: { env: "dev" } }), hostView("db-1", { labels: { env: "prod" } })];

Deno.test("a change is in the audit once, with its result: done, refused, failed", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  const { audit, hub } = api.ports;
  await api.ask("admin", "PATCH", "/api/v1/hosts/web-1", { name: "web-9" });
  await api.ask("viewer", "PATCH", "/api/v1/hosts/web-1", { name: "web-9" });
  hub.change = () => Promise.reject(new AppError("conflict", "There is a host web-9 already"));
  await api.ask("admin", "PATCH", "/api/v1/hosts/web-1", { name: "web-9" });
  assert.deepEqual(
    audit.take().map(({ actor, action, result, hostId, details }) => ({ actor, action, result, hostId, ...details })),
    [
      { actor: "admin", action: "host.change", result: "ok", hostId: "web-1", name: "web-9" },
      {
        actor: "viewer",
        action: "host.change",
        result: "refused",
        hostId: undefined,
        code: "forbidden",
        reason: "viewer may not host.manage",
      },
      {
        actor: "admin",
        action: "host.change",
        result: "failed",
        hostId: "web-1",
        name: "web-9",
        code: "conflict",
        reason: "There is a host web-9 already",
      },
    ],
  );
});

Deno.test("a host that is not there and one that is not his to see answer alike", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  const answers = await Promise.all(["db-1", "nothing"].map(async (id) => {
    const response = await api.ask("dev", "GET", `/api/v1/hosts/${id}`);
    return [response.status, (await response.text()).replaceAll(id, "ID")];
  }));
  assert.deepEqual(answers[0], answers[1]);
  assert.equal(answers[0]?.[0], 404);
});

Deno.test("who may not is turned away before a byte of the body is waited for", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  const endless = new ReadableStream({ pull: () => new Promise<void>(() => {}) });
  const request = new Request("http://manager/api/v1/hosts/web-1", {
    method: "PATCH",
    headers: { "x-caller": "viewer", "content-type": "application/json" },
    body: endless,
  });
  assert.equal((await api.fetch(request, { address: "" })).status, 403);
});

Deno.test("what is no body of the route is refused and was no attempt", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  for (const body of [{ name: 1 }, { nothing: true }, [], "x", null]) {
    const response = await api.ask("admin", "PATCH", "/api/v1/hosts/web-1", body);
    assert.equal(response.status, 400, JSON.stringify(body));
    await response.body?.cancel();
  }
  assert.deepEqual(api.ports.audit.take(), []);
});

Deno.test("rights that are lost while the body comes are lost for the handler", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  const { auth, audit } = api.ports;
  let asked = 0;
  const { authorise } = auth;
  auth.authorise = (...given) => {
    if (asked++ > 0) throw new AppError("forbidden", "not any more");
    authorise.apply(auth, given);
  };
  assert.equal((await api.ask("admin", "DELETE", "/api/v1/hosts/web-1")).status, 403);
  assert.ok(api.ports.hub.view("web-1") !== null);
  assert.deepEqual(audit.take().map(({ result }) => result), ["refused"]);
});

Deno.test("what was done and is not in the audit is told as such", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  api.ports.audit.failing = true;
  const response = await api.ask("admin", "DELETE", "/api/v1/hosts/web-1");
  assert.equal(response.status, 503);
  assert.match(await response.text(), /host\.remove was done, but could not be written to the audit/);
});
