import assert from "node:assert/strict";
import * as fc from "fast-check";
import { fakeApi, fakePorts } from "../../../tests/helpers/fake_manager_api.ts";
import { hostView } from "../../../tests/helpers/fake_hub.ts";

const HOSTS = [
  hostView("web-1", { labels: { env: "dev" } }),
  hostView("web-2", { labels: { env: "dev" }, state: "offline" }),
  hostView("db-1", { labels: { env: "prod" } }),
  hostView("worker-1", { kind: "worker", labels: { env: "dev" } }),
];

Deno.test("every answer forbids a browser to make more of it than it is", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  for (
    const [as, method, path] of [
      [null, "GET", "/healthz"],
      [null, "GET", "/api/v1/hosts"],
      ["viewer", "GET", "/nothing"],
      [null, "OPTIONS", "/api/v1/hosts"],
      ["viewer", "GET", "/metrics"],
      ["viewer", "GET", "/api/v1/hosts/web-1/agent/v1/status"],
    ] as const
  ) {
    const { headers, body } = await api.ask(as, method, path);
    await body?.cancel();
    assert.match(headers.get("content-security-policy") ?? "", /default-src 'none'; frame-ancestors 'none'/, path);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("strict-transport-security"), "max-age=31536000");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.equal(headers.get("access-control-allow-origin"), null);
    assert.match(headers.get("x-request-id") ?? "", /^[\w-]{36}$/);
  }
});

Deno.test("whatever is asked of any route, the answer is one that it may give", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  const { paths } = await (await api.ask(null, "GET", "/openapi.json")).json();
  const routes = api.api.routes.filter(({ path }) => path !== "/api/v1/events/stream");
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.constantFrom("web-1", "..", "0", "-1", "env=dev"),
  );
  const query = fc.dictionary(
    fc.constantFrom("limit", "cursor", "select", "sort", "state", "text", "after", "host", "from", "x"),
    text,
    { maxKeys: 3 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...routes),
      text,
      query,
      fc.jsonValue(),
      fc.constantFrom("admin", "dev", null),
      async (route, id, asked, body, as) => {
        const method = route.method === "ANY" ? "POST" : route.method;
        const path = route.path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(id.toWellFormed()) || "x");
        const search = new URLSearchParams(Object.entries(asked).map(([key, value]) => [key, value.toWellFormed()]));
        const response = await api.ask(as, method, `${path}?${search}`, method === "GET" ? undefined : body);
        const { status } = response;
        await response.body?.cancel();
        assert.ok(status < 500 || status === 501, `${method} ${path}: ${status}`);
        const { responses } = paths[route.path][method.toLowerCase()];
        // An id with dots or slashes in it may lead to no route at all.
        assert.ok(
          String(status) in responses || "default" in responses || status === 404 || status === 405,
          `${method} ${path}: ${status}`,
        );
      },
    ),
    { numRuns: 1_500 },
  );
});
