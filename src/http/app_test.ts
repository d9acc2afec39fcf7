import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import * as z from "zod/mini";
import { AppError, Secret } from "../core/mod.ts";
import type { LogFields, Logger } from "../log/mod.ts";
import { buildApp } from "./app.ts";
import { tcpGate, trustedGate } from "./gate.ts";
import { Answer, defineRawRoute, defineRoute } from "./route.ts";

function recordingLog() {
  const records: { level: string; message: string; fields?: LogFields | undefined }[] = [];
  const at = (level: string) => (message: string, fields?: LogFields) => void records.push({ level, message, fields });
  const log: Logger = {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: () => log,
    enabled: () => true,
  };
  return { log, records };
}

const widget = z.object({ id: z.number(), name: z.string() });
const routes = [
  defineRoute({
    method: "GET",
    path: "/v1/widgets/{id}",
    summary: "Show a widget",
    access: "owner",
    params: z.object({ id: z.coerce.number().check(z.int(), z.gte(1)) }),
    query: z.object({ upper: z.optional(z.enum(["yes", "no"])) }),
    response: widget,
    handle: ({ params, query }) => ({ id: params.id, name: query.upper === "yes" ? "BOLT" : "bolt" }),
  }),
  defineRoute({
    method: "PUT",
    path: "/v1/widgets/{id}",
    summary: "Change a widget",
    access: "owner",
    params: z.object({ id: z.coerce.number() }),
    body: z.strictObject({ name: z.string().check(z.minLength(1)) }),
    response: widget,
    handle: ({ params, body }) => ({ id: params.id, name: body.name }),
  }),
  defineRoute({
    method: "GET",
    path: "/broken",
    summary: "Fail in a way that nobody foresaw",
    access: "public",
    response: z.null(),
    handle: () => {
      throw new Error("the password is hunter2");
    },
  }),
  defineRoute({
    method: "GET",
    path: "/offline",
    summary: "Fail in a way that was foreseen",
    access: "public",
    response: z.null(),
    handle: () => {
      throw new AppError("unavailable", "Not now", { details: { since: 5 } });
    },
  }),
  defineRawRoute({
    method: "GET",
    path: "/text",
    summary: "Answer with text",
    access: "public",
    query: z.strictObject({ say: z.optional(z.string()) }),
    produces: ["text/plain"],
    handle({ query, headers }) {
      if (query.say === undefined) throw new AppError("unavailable", "Nothing to say");
      return new Response(`${query.say} ${headers.get("accept")}`, { headers: { "content-type": "text/plain" } });
    },
  }),
];

function appWith(
  options: { gate?: Parameters<typeof buildApp>[0]["gate"]; maxBodyBytes?: number; bodyTimeoutMs?: number } = {},
) {
  const { log, records } = recordingLog();
  const app = buildApp({ title: "Test", version: "1.2.3", routes, gate: trustedGate, log, ...options });
  return { app, records };
}

const json = (body: unknown, method = "PUT") => ({
  method,
  body: typeof body === "string" ? body : JSON.stringify(body),
  headers: { "content-type": "application/json" },
});

Deno.test("a route's data comes in the envelope, with its path and query parsed", async () => {
  const response = await appWith().app.request("/v1/widgets/7?upper=yes");
  strictEqual(response.status, 200);
  deepStrictEqual(await response.json(), { code: 0, msg: "ok", data: { id: 7, name: "BOLT" } });
  strictEqual(response.headers.get("cache-control"), "no-store");
});

Deno.test("bad path, query and body are refused with the field's name", async () => {
  const { app } = appWith();
  for (
    const [path, init, expected] of [
      ["/v1/widgets/zero", undefined, /path\.id/],
      ["/v1/widgets/0", undefined, /path\.id/],
      ["/v1/widgets/1?upper=maybe", undefined, /query\.upper/],
      ["/v1/widgets/1", json({ name: "" }), /body\.name/],
      ["/v1/widgets/1", json({ name: "x", colour: "red" }), /colour/],
      ["/v1/widgets/1", json("{"), /not JSON/],
      ["/v1/widgets/1", { method: "PUT", body: "{}", headers: { "content-type": "text/plain" } }, /application\/json/],
    ] as const
  ) {
    const response = await app.request(path, init);
    const body = await response.json();
    strictEqual(response.status, 400, path);
    strictEqual(body.code, 10001);
    match(body.msg, expected);
  }
});

Deno.test("an unknown path is 404 and a wrong method 405 that names the right ones", async () => {
  const { app } = appWith();
  const unknown = await app.request("/v1/gadgets");
  strictEqual(unknown.status, 404);
  strictEqual((await unknown.json()).code, 10005);
  const wrong = await app.request("/v1/widgets/1", { method: "DELETE" });
  strictEqual(wrong.status, 405);
  strictEqual(wrong.headers.get("allow"), "GET, PUT");
  strictEqual((await wrong.json()).code, 10006);
});

Deno.test("an unforeseen failure tells the caller only a request id, under which the log has it all", async () => {
  const { app, records } = appWith();
  const response = await app.request("/broken", { headers: { "x-request-id": "abc-1" } });
  const text = await response.text();
  strictEqual(response.status, 500);
  ok(!text.includes("hunter2"));
  match(text, /abc-1/);
  strictEqual(response.headers.get("x-request-id"), "abc-1");
  const logged = records.find((record) => record.level === "error");
  strictEqual(logged?.fields?.["requestId"], "abc-1");
  match(String(logged?.fields?.["error"]), /hunter2/);
});

Deno.test("a foreseen failure keeps its code, status and details", async () => {
  const response = await appWith().app.request("/offline");
  strictEqual(response.status, 503);
  deepStrictEqual(await response.json(), { code: 10011, msg: "Not now", data: { since: 5 } });
});

Deno.test("a request id that could forge a log line is replaced", async () => {
  const response = await appWith().app.request("/offline", { headers: { "x-request-id": "a b;c" } });
  match(response.headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/);
  await response.body?.cancel();
});

Deno.test("a body over the limit is refused, whether its length was declared or not", async () => {
  const { app } = appWith({ maxBodyBytes: 100 });
  const big = JSON.stringify({ name: "x".repeat(200) });
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(big));
      controller.close();
    },
  });
  for (const body of [big, stream]) {
    const request = new Request("http://localhost/v1/widgets/1", {
      method: "PUT",
      body,
      headers: { "content-type": "application/json" },
    });
    const response = await app.request(request);
    strictEqual(response.status, 413);
    strictEqual((await response.json()).code, 10008);
  }
});

Deno.test("what anybody may send can be bounded more closely than what the owner may", async () => {
  const post = {
    method: "POST",
    body: z.object({ text: z.string() }),
    response: z.null(),
    handle: () => null,
  } as const;
  const app = buildApp({
    ...{ title: "T", version: "1", gate: trustedGate, log: recordingLog().log, maxPublicBodyBytes: 100 },
    routes: [
      defineRoute({ ...post, path: "/public", summary: "Say", access: "public" }),
      defineRoute({ ...post, path: "/owner", summary: "Say", access: "owner" }),
    ],
  });
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ text: "x".repeat(200) });
  const status = async (path: string) => (await app.request(path, { method: "POST", headers, body })).status;
  deepStrictEqual([await status("/public"), await status("/owner")], [413, 200]);
});

Deno.test("a body that does not come to its end is not waited for, however slowly it goes on", async () => {
  const { app } = appWith({ bodyTimeoutMs: 50 });
  let isCancelled = false;
  const body = new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (!isCancelled) controller.enqueue(new TextEncoder().encode(" "));
    },
    cancel: () => void (isCancelled = true),
  });
  const headers = { "content-type": "application/json" };
  const response = await app.request(new Request("http://localhost/v1/widgets/1", { method: "PUT", body, headers }));
  deepStrictEqual([response.status, (await response.json()).code, isCancelled], [504, 10010, true]);
});

Deno.test("over TCP without a token the public routes answer and the owner's do not", async () => {
  const { app } = appWith({ gate: tcpGate({ hostname: "127.0.0.1" }) });
  const ask = (path: string) => app.request(`http://127.0.0.1:8081${path}`, { headers: { host: "127.0.0.1:8081" } });
  const open = await ask("/offline");
  strictEqual(open.status, 503);
  await open.body?.cancel();
  const closed = await ask("/v1/widgets/1");
  strictEqual(closed.status, 401);
  strictEqual(closed.headers.get("www-authenticate"), "Bearer");
  await closed.body?.cancel();
});

Deno.test("over TCP the right token opens the owner's routes and a wrong one nothing", async () => {
  const { app } = appWith({ gate: tcpGate({ hostname: "127.0.0.1", token: new Secret("s3cret-enough") }) });
  const ask = (token: string) =>
    app.request("/v1/widgets/1", { headers: { host: "127.0.0.1:8081", authorization: `Bearer ${token}` } });
  const right = await ask("s3cret-enough");
  strictEqual(right.status, 200);
  await right.body?.cancel();
  for (const token of ["s3cret-enougH", "s3cret", "s3cret-enoughs3cret-enough", ""]) {
    const wrong = await ask(token);
    strictEqual(wrong.status, 401, token);
    await wrong.body?.cancel();
  }
});

Deno.test("the OpenAPI document describes every route, its parts and its refusals", async () => {
  const document = await (await appWith().app.request("/openapi.json")).json();
  strictEqual(document.openapi, "3.1.0");
  deepStrictEqual(document.info, { title: "Test", version: "1.2.3" });
  deepStrictEqual(Object.keys(document.paths).sort(), ["/broken", "/offline", "/text", "/v1/widgets/{id}"]);
  const { get, put } = document.paths["/v1/widgets/{id}"];
  deepStrictEqual(get.parameters.map((p: { name: string; in: string }) => [p.name, p.in]), [["id", "path"], [
    "upper",
    "query",
  ]]);
  deepStrictEqual(put.requestBody.content["application/json"].schema.required, ["name"]);
  deepStrictEqual(Object.keys(put.responses), ["200", "400", "401", "403", "413", "500", "504"]);
  deepStrictEqual(get.security, [{ token: [] }]);
  strictEqual(document.paths["/broken"].get.security, undefined);
});

Deno.test("who may not use a route is told so before the body has come", async () => {
  const { app } = appWith({ gate: tcpGate({ hostname: "127.0.0.1" }) });
  const response = await app.request("http://127.0.0.1/v1/widgets/1", {
    method: "PUT",
    body: new ReadableStream(), // never says anything
    headers: { "content-type": "application/json", host: "127.0.0.1" },
  });
  strictEqual(response.status, 401);
  await response.body?.cancel();
});

Deno.test("a request whose caller has gone is no failure of ours", async () => {
  const gone = new AbortController();
  const waiting = defineRoute({
    method: "POST",
    path: "/wait",
    summary: "Wait until the caller goes",
    access: "owner",
    response: z.null(),
    handle: ({ signal }) => {
      gone.abort(new Error("connection closed"));
      signal.throwIfAborted();
      return null;
    },
  });
  const { log, records } = recordingLog();
  const app = buildApp({ title: "Test", version: "1.2.3", routes: [waiting], gate: trustedGate, log });
  const response = await app.request(new Request("http://agent/wait", { method: "POST", signal: gone.signal }));
  strictEqual(response.status, 499);
  strictEqual((await response.json()).code, 10015);
  deepStrictEqual(records.filter(({ level }) => level === "error"), []);
});

Deno.test("a raw route's answer goes out as it is, and its errors in the envelope", async () => {
  const { app } = appWith();
  const answer = await app.request("/text?say=hi", { headers: { accept: "text/plain" } });
  deepStrictEqual([answer.headers.get("content-type"), await answer.text()], ["text/plain", "hi text/plain"]);
  ok(answer.headers.has("x-request-id"));
  const silent = await app.request("/text");
  deepStrictEqual([silent.status, (await silent.json()).msg], [503, "Nothing to say"]);
  strictEqual((await app.request("/text?sya=hi")).status, 400);
});

Deno.test("every answer carries the headers of the app, but for those that it sets itself", async () => {
  const { log } = recordingLog();
  const headers = { "content-security-policy": "default-src 'none'", "x-content-type-options": "nosniff" };
  const page = defineRawRoute({
    method: "GET",
    path: "/page",
    summary: "Show a page",
    access: "public",
    produces: ["text/html"],
    handle: () => new Response("<p>", { headers: { "content-security-policy": "default-src 'self'" } }),
  });
  const app = buildApp({ title: "T", version: "1", routes: [...routes, page], gate: trustedGate, log, headers });
  for (const path of ["/v1/widgets/1", "/v1/widgets/x", "/broken", "/nothing", "/openapi.json"]) {
    const response = await app.request(path);
    strictEqual(response.headers.get("content-security-policy"), "default-src 'none'", path);
    strictEqual(response.headers.get("x-content-type-options"), "nosniff", path);
  }
  const response = await app.request("/page");
  strictEqual(response.headers.get("content-security-policy"), "default-src 'self'");
  strictEqual(response.headers.get("x-content-type-options"), "nosniff");
});

Deno.test("an answer can have headers besides its data", async () => {
  const { log } = recordingLog();
  const login = defineRoute({
    method: "POST",
    path: "/login",
    summary: "Log in",
    access: "public",
    response: widget,
    handle: () => new Answer({ id: 1, name: "x" }, { "set-cookie": "a=b" }),
  });
  const app = buildApp({ title: "T", version: "1", routes: [login], gate: trustedGate, log });
  const response = await app.request("/login", { method: "POST" });
  strictEqual(response.headers.get("set-cookie"), "a=b");
  deepStrictEqual(await response.json(), { code: 0, msg: "ok", data: { id: 1, name: "x" } });
});

Deno.test("whoever counts requests is told of each with the route as it is written", async () => {
  const { log } = recordingLog();
  const counted: unknown[] = [];
  const app = buildApp({
    ...{ title: "T", version: "1", routes, gate: tcpGate({ hostname: "localhost" }), log },
    ownerNeeds: "a login",
    onAnswered: ({ durationMs, ...answered }) => {
      ok(durationMs >= 0);
      counted.push(answered);
    },
  });
  const refused = await app.request("http://localhost/v1/widgets/7");
  match(await refused.text(), /GET \/v1\/widgets\/\{id\} needs a login/);
  for (const path of ["/broken", "/nothing/7"]) await app.request(`http://localhost${path}`);
  deepStrictEqual(counted, [
    { route: "/v1/widgets/{id}", method: "GET", status: 401 },
    { route: "/broken", method: "GET", status: 500 },
    { route: null, method: "GET", status: 404 },
  ]);
});

Deno.test("whoever has to wait is told for how long, in whole seconds", async () => {
  const thrown = (retryAfterMs: number) =>
    new AppError("rate_limited", "Too often", { retryable: true, details: { retryAfterMs } });
  const route = (path: string, retryAfterMs: number) =>
    defineRoute({
      ...{ method: "GET", path, summary: "Wait", access: "public", response: z.null() },
      handle: () => {
        throw thrown(retryAfterMs);
      },
    });
  const app = buildApp({
    ...{ title: "T", version: "1", gate: trustedGate, log: recordingLog().log },
    routes: [route("/long", 1_500), route("/short", 1)],
  });
  const told = async (path: string) => (await app.request(path)).headers.get("retry-after");
  deepStrictEqual([await told("/long"), await told("/short")], ["2", "1"]);
});
