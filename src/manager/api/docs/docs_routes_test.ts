import assert from "node:assert/strict";
import { fakeApi } from "../../../../tests/helpers/fake_manager_api.ts";
import { openApiProblems } from "../../../../tests/helpers/openapi.ts";
import { Html, html } from "./html.ts";
import { schemaText } from "./schema_text.ts";

Deno.test("the API describes itself by the rules of OpenAPI 3.1, every route of it, under a heading", async () => {
  await using api = fakeApi();
  const document = await (await api.ask(null, "GET", "/openapi.json")).json();
  assert.deepEqual(openApiProblems(document), []);
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`)
  );
  for (const { method, path } of api.api.routes) {
    assert.ok(described.includes(method === "ANY" ? `POST ${path}` : `${method} ${path}`), path);
  }
  const headings = document.tags.map(({ name }: { name: string }) => name);
  for (const [path, methods] of Object.entries<Record<string, { tags?: string[] }>>(document.paths)) {
    for (const { tags } of Object.values(methods)) assert.ok(headings.includes(tags?.[0]), path);
  }
});

Deno.test("who needs a caller says so, and by what he is known", async () => {
  await using api = fakeApi();
  const { paths, components } = await (await api.ask(null, "GET", "/openapi.json")).json();
  assert.deepEqual(Object.keys(components.securitySchemes), ["bearer", "cookie"]);
  assert.deepEqual(paths["/api/v1/hosts"].get.security, [{ bearer: [] }, { cookie: [] }]);
  assert.deepEqual(paths["/metrics"].get.security, [{ bearer: [] }, { cookie: [] }]);
  assert.equal(paths["/healthz"].get.security, undefined);
  assert.deepEqual(Object.keys(paths["/api/v1/live"].get.responses).filter((status) => status < "300"), ["101"]);
  assert.ok("application/zip" in paths["/api/v1/hosts/{id}/agent/{path}"].post.requestBody.content === false);
});

Deno.test("the reference is one page without scripts or anything from elsewhere", async () => {
  await using api = fakeApi();
  const response = await api.ask(null, "GET", "/docs");
  const policy = response.headers.get("content-security-policy") ?? "";
  const page = await response.text();
  assert.match(policy, /^default-src 'none'; style-src 'sha256-[\w+/=]+';/);
  assert.doesNotMatch(page, /<script|javascript:|https?:\/\/|\son\w+=/i);
  assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
  for (const { path } of api.api.routes) assert.ok(page.includes(`<code>${path}</code>`), path);
  const style = /<style>(.*)<\/style>/s.exec(page)?.[1] ?? "";
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style)));
  assert.ok(policy.includes(btoa(String.fromCharCode(...hash))), "the style is the one that is let in");
  assert.equal(page, await (await api.ask(null, "GET", "/docs")).text());
});

Deno.test("text stays text in the page", () => {
  const evil = `<img src=x onerror="alert('x')">&`;
  assert.equal(html`<p title="${evil}">${[html`<b>${evil}</b>`]}${7}</p>`.text.includes("<img"), false);
  assert.equal(html`${new Html("<i>")}`.text, "<i>");
});

Deno.test("a schema reads like what it describes", () => {
  const schema = {
    type: "object",
    properties: {
      name: { type: "string", description: "What it is called." },
      state: { enum: ["on", "off"] },
      list: { type: "array", items: { anyOf: [{ type: "number" }, { type: "null" }] } },
      labels: { type: "object", additionalProperties: { type: "string" } },
    },
    required: ["name"],
  };
  assert.equal(
    schemaText(schema),
    `{
  name: string  // What it is called.
  state?: "on" | "off"
  list?: [number | null]
  labels?: { [name]: string }
}`,
  );
  const loop: Record<string, unknown> = {};
  loop.items = loop;
  assert.match(schemaText(loop), /any/);
});
