import assert from "node:assert/strict";
import * as z from "zod/mini";
import { openApiProblems } from "../../tests/helpers/openapi.ts";
import { openApiDocument } from "./openapi.ts";
import { defineRawRoute, defineRoute } from "./route.ts";

const widget = z.object({
  id: z.number().check(z.describe("Its number.")),
  name: z.nullable(z.string()),
  tags: z.optional(z.array(z.enum(["a", "b"]))),
});
const routes = [
  defineRoute({
    method: "GET",
    path: "/v1/systems/{system}/widgets/{id}",
    summary: "Show a widget",
    access: "owner",
    params: z.object({ system: z.string(), id: z.coerce.number() }),
    query: z.object({ upper: z.optional(z.enum(["yes", "no"])), limit: z.string() }),
    response: widget,
    handle: () => ({ id: 1, name: null }),
  }),
  defineRoute({
    method: "PUT",
    path: "/v1/systems/{system}/widgets/{id}",
    summary: "Change a widget",
    access: "owner",
    params: z.object({ system: z.string(), id: z.coerce.number() }),
    body: z.strictObject({ name: z.string() }),
    response: widget,
    handle: () => ({ id: 1, name: null }),
  }),
  defineRoute({
    method: "GET",
    path: "/healthz",
    summary: "Is it alive",
    access: "public",
    response: z.null(),
    handle: () => null,
  }),
];

const documentOf = (list = routes) =>
  JSON.parse(JSON.stringify(openApiDocument({ title: "T", version: "1.0.0", routes: list })));

Deno.test("the document keeps the rules of OpenAPI 3.1", () => {
  assert.deepEqual(openApiProblems(documentOf()), []);
  assert.deepEqual(openApiProblems(documentOf([])), []);
});

Deno.test("the document says which parameters and fields must be given", () => {
  const { get, put } = documentOf().paths["/v1/systems/{system}/widgets/{id}"];
  assert.deepEqual(
    get.parameters.map((each: Record<string, unknown>) => [each.name, each.in, each.required]),
    [["system", "path", true], ["id", "path", true], ["upper", "query", false], ["limit", "query", true]],
  );
  assert.deepEqual(put.requestBody.content["application/json"].schema.required, ["name"]);
  const { data } = get.responses["200"].content["application/json"].schema.properties;
  assert.deepEqual(data.required, ["id", "name"]);
  assert.equal(data.properties.id.description, "Its number.");
  assert.deepEqual(data.properties.name.type, ["string", "null"]);
});

Deno.test("each operation has its own name, and a public one needs no token", () => {
  const { paths } = documentOf();
  assert.equal(paths["/healthz"].get.operationId, "get_healthz");
  assert.equal(paths["/healthz"].get.security, undefined);
  assert.equal("401" in paths["/healthz"].get.responses, false);
  const { put } = paths["/v1/systems/{system}/widgets/{id}"];
  assert.equal(put.operationId, "put_systems__system__widgets__id_");
  assert.deepEqual(put.security, [{ token: [] }]);
});

Deno.test("what a document is told of its API stands in it, and codes of one status stand together", () => {
  const hand = defineRawRoute({
    method: "ANY",
    path: "/hosts/{path}",
    takesRest: true,
    summary: "Hand on",
    description: "Whatever it is.",
    tags: ["hosts"],
    access: "public",
    checksCaller: true,
    params: z.object({ path: z.string().check(z.describe("The rest.")) }),
    produces: ["application/json", "text/plain"],
    consumes: ["application/zip"],
    answers: { 101: "It begins", default: "What the host says" },
    errors: ["unavailable", "host_offline"],
    handle: () => new Response(),
  });
  const document = JSON.parse(JSON.stringify(openApiDocument({
    ...{ title: "T", version: "1.0.0", routes: [hand], description: "Read this." },
    tags: [{ name: "hosts", description: "Hosts." }],
    securitySchemes: {
      bearer: { type: "http", scheme: "bearer" },
      cookie: { type: "apiKey", in: "cookie", name: "c" },
    },
    commonErrors: ["rate_limited"],
  })));
  assert.deepEqual(openApiProblems(document), []);
  assert.equal(document.info.description, "Read this.");
  assert.deepEqual(document.tags, [{ name: "hosts", description: "Hosts." }]);
  const { get, post } = document.paths["/hosts/{path}"];
  assert.deepEqual(Object.keys(document.paths["/hosts/{path}"]), ["get", "post", "put", "patch", "delete"]);
  assert.deepEqual([post.description, post.tags], ["Whatever it is.", ["hosts"]]);
  assert.deepEqual(post.security, [{ bearer: [] }, { cookie: [] }]);
  assert.equal(post.parameters[0].description, "The rest.");
  assert.deepEqual(post.requestBody.content, { "application/zip": { schema: {} } });
  assert.equal(get.requestBody, undefined);
  assert.deepEqual(post.responses[101], { description: "It begins", content: {} });
  assert.deepEqual(post.responses.default.content, {
    "application/json": { schema: {} },
    "text/plain": { schema: { type: "string" } },
  });
  assert.equal(post.responses[503].description, "unavailable (10011); host offline (20001)");
  assert.equal(post.responses[429].description, "rate limited (10009)");
});

// deno-lint-ignore no-explicit-any -- a document that is broken on purpose
type Break = (document: any) => void;
const BREAKS: Readonly<Record<string, Break>> = {
  "openapi is not 3.1.x": (document) => document.openapi = "3.0.3",
  "info lacks title or version": (document) => delete document.info.version,
  "get /healthz: no responses": (document) => document.paths["/healthz"].get.responses = {},
  "get /healthz 200: no description": (document) => delete document.paths["/healthz"].get.responses[200].description,
  "get /v1/systems/{system}/widgets/{id}: {system} is not described": (document) =>
    document.paths["/v1/systems/{system}/widgets/{id}"].get.parameters.shift(),
  "get /v1/systems/{system}/widgets/{id}: no security scheme token": (document) =>
    document.components.securitySchemes = {},
};

for (const [problem, spoil] of Object.entries(BREAKS)) {
  Deno.test(`the rules notice: ${problem}`, () => {
    const document = documentOf();
    spoil(document);
    assert.ok(openApiProblems(document).includes(problem), openApiProblems(document).join("\n"));
  });
}

Deno.test("the rules notice a reference that leads nowhere, two operations of one name, and what 3.0 had", () => {
  const document = documentOf();
  document.components.schemas = {};
  document.paths["/healthz"].get.operationId = document.paths["/v1/systems/{system}/widgets/{id}"].get.operationId;
  document.paths["/healthz"].get.responses[200].content["application/json"].schema.nullable = true;
  const problems = openApiProblems(document).join("\n");
  for (const expected of [/leads nowhere/, /not unique/, /nullable is of OpenAPI 3\.0/]) {
    assert.match(problems, expected);
  }
});
